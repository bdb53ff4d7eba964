/* /login/oauth/authorize and its account picker: GitHub reference section 2. The rules are in
 * flow/authorize.c; here parameters are read and answers worded. */
#include <string.h>

#include "explain/refusal.h"
#include "flow/authorize_reply.h"
#include "github/describe.h"
#include "github/fault.h"
#include "github/oauth.h"
#include "web/web.h"

/* Those that decide where an answer goes come first: which one was doubled matters. */
static const char *const known[] = {"client_id", "redirect_uri", "scope", "state", "response_type",
	"code_challenge", "code_challenge_method", "prompt", "login", "allow_signup"};

static void read_request(const struct params *p, struct authorize_request *out)
{
	memset(out, 0, sizeof *out);
	out->edge = DIALECT_GITHUB;
	for (size_t i = 0; i < sizeof known / sizeof known[0] && !out->repeated; i++)
		if (params_count(p, known[i]) > 1)
			out->repeated = known[i];
	out->client_id = params_get(p, "client_id");
	out->redirect_uri = params_get(p, "redirect_uri");
	out->scope = params_get(p, "scope");
	out->state = params_count(p, "state") == 1 ? params_get(p, "state") : STR_NONE;
	out->response_type = params_get(p, "response_type");
	out->code_challenge = params_get(p, "code_challenge");
	out->code_challenge_method = params_get(p, "code_challenge_method");
	out->prompt = params_get(p, "prompt");
}

/* GitHub's documented answer to a wrong redirect URI goes to the registered callback: a setting,
 * and only when there is no doubt which that is. */
static struct str mismatch_location(struct context *c, const struct authorize *a)
{
	if (c->settings->authorize_mismatch != MISMATCH_REDIRECT || a->callbacks_n != 1 ||
		cause_wire(a->refusal.cause) != WIRE_REDIRECT_URI_MISMATCH)
		return STR_NONE;
	const struct authorize_answer error = authorize_error(c, a, a->callbacks[0].uri);

	return authorize_location(c, &error);
}

static void refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a, struct str location)
{
	explain_refusal(c, "authorize", a->request->client_id, &a->refusal);
	if (!str_is_set(location))
		location = mismatch_location(c, a);
	if (str_is_set(location))
		http_redirect(req, rep, 302, location);
	else
		web_show_refusal(c, req, rep, a);
}

static void run(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct params *p, bool picked, enum authorize_decision decision)
{
	struct authorize_request request;
	struct authorize a = {.request = &request,
		.account = web_account(c),
		.picked = picked,
		.decision = decision};
	struct str location;

	read_request(p, &request);
	if (github_fault(c, req, rep, request.client_id, FAULT_AT_AUTHORIZE) != FAULT_NONE)
		return;
	describe_authorize(c, &a);
	switch (authorize(c, &a, &location)) {
	case STEP_DONE:
		explain_step(c, "authorize", a.app.id, a.refusal.flow_id);
		explain_dropped_scopes(c, &a);
		http_redirect(req, rep, 302, location);
		break;
	case STEP_REFUSE:
		refuse(c, req, rep, &a, location);
		break;
	case STEP_ASK:
		web_ask(c, req, rep, &a, p);
		break;
	case STEP_NEXT:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}

static void refuse_query(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct refusal r = {.cause = CAUSE_AUTHORIZE_QUERY_MALFORMED};

	explain_refusal(c, "authorize", STR_NONE, &r);
	web_show_error(c, req, rep, 400);
}

void github_authorize(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (req->query_status != FORM_OK)
		refuse_query(c, req, rep);
	else
		run(c, req, rep, &req->query, false, DECISION_NONE);
}

void github_authorize_decide(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct params *form = web_form(c);
	struct str decision = params_get(form, "authorize");

	/* A session that ended while the page was open: sign in, and be asked again. */
	if (!web_account(c))
		run(c, req, rep, form, true, DECISION_NONE);
	else
		run(c, req, rep, form, true,
			str_eq_c(decision, "1") ? DECISION_ALLOW : DECISION_DENY);
}

void github_select_account(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (req->query_status != FORM_OK)
		refuse_query(c, req, rep);
	else
		run(c, req, rep, web_picker_params(req), false, DECISION_NONE);
}

void github_account_selected(struct context *c, struct http_request *req, struct http_reply *rep)
{
	run(c, req, rep, web_form(c), true, DECISION_NONE);
}
