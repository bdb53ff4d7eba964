/* POST /rehearsal/authorize: a person at a browser, without a browser. The client's authorization
 * URL is decided about as on the consent page, and the code may be spoiled on its way back, so that
 * a client of its author's own runs into the error. */
#include "base/form.h"
#include "base/limits.h"
#include "core/bound.h"
#include "explain/refusal.h"
#include "flow/authorize.h"
#include "rehearsal/handlers.h"
#include "rehearsal/spoil.h"
#include "store/account.h"

#define DEMO_LOGIN "octocat"

struct call {
	struct str url, login, cause;
	bool deny;
	const struct spoil *spoil;
	struct account account;
	enum dialect edge;
	struct params params;
};

/* What is asked for. False: refused. */
static bool read_call(
	struct context *c, struct http_request *req, struct http_reply *rep, struct call *call)
{
	struct json_body body;
	struct str decision = STR_NONE;

	if (!rehearsal_open_body(c, req, rep, &body))
		return false;
	json_body_text(req->arena, &body, "url", &call->url);
	json_body_text(req->arena, &body, "login", &call->login);
	json_body_text(req->arena, &body, "cause", &call->cause);
	json_body_text(req->arena, &body, "decision", &decision);
	call->deny = str_eq_c(decision, "deny");
	if (str_is_set(decision) && !call->deny && !str_eq_c(decision, "allow"))
		return rehearsal_refuse_member(req, rep, "decision", "allow or deny");
	if (str_is_set(call->cause)) {
		call->spoil = spoil_find(cause_find(call->cause));
		if (!call->spoil)
			return rehearsal_refuse_member(req, rep, "cause",
				"one that GET /rehearsal/scenarios lists with after_authorize");
	}
	return true;
}

static bool is_of_edge(struct context *c, struct call *call, enum dialect edge, const char *path)
{
	struct str start = str_printf(c->arena, "%.*s%s?", STR_ARG(c->settings->base_url), path);
	struct str query = str_slice(call->url, start.n, call->url.n);

	call->edge = edge;
	return str_is_set(call->url) && str_starts(call->url, start) &&
	       form_parse(c->arena, query, LIMIT_PARAMS, &call->params) == FORM_OK;
}

/* The parameters of the URL, which must be this server's authorization endpoint. */
static bool read_url(
	struct context *c, struct http_request *req, struct http_reply *rep, struct call *call)
{
	if (is_of_edge(c, call, DIALECT_GITHUB, "/login/oauth/authorize") ||
		is_of_edge(c, call, DIALECT_STANDARD, "/oauth2/authorize"))
		return true;
	return rehearsal_refuse_member(req, rep, "url",
		"an authorization URL of this server: BASE/login/oauth/authorize?... or "
		"BASE/oauth2/authorize?...");
}

static bool find_account(
	struct context *c, struct http_request *req, struct http_reply *rep, struct call *call)
{
	enum db_status status = account_by_login(c->store, c->arena,
		str_has_text(call->login) ? call->login : STR(DEMO_LOGIN), &call->account);

	if (context_failed(c, status))
		return false;
	return status == DB_OK ||
	       rehearsal_refuse_member(req, rep, "login", "the login of an account");
}

static void reply(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	struct str location, struct str code)
{
	struct buf b;

	(void)c;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '{');
	rehearsal_add_text(&b, "location", location);
	buf_add_char(&b, ',');
	rehearsal_add_text(&b, "code", code);
	buf_add_char(&b, '}');
	rehearsal_reply(rep, status, buf_str(&b));
}

/* The answer's URL with the code as it has become. */
static struct str with_code(struct arena *a, struct str location, struct str was, struct str is)
{
	struct buf b;
	size_t at = 0;

	while (at + was.n < location.n && !str_starts(str_slice(location, at, location.n), was))
		at++;
	buf_init(&b, a, REWRITTEN_TARGET);
	buf_add(&b, str_slice(location, 0, at));
	buf_add_form(&b, is);
	buf_add(&b, str_slice(location, at + was.n, location.n));
	return buf_str(&b);
}

static void give_code(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct call *call, const struct authorize *a, struct str location)
{
	struct str code = str_dup(c->arena, str_from(a->code));
	struct spoiling spoiling = {.text = code};
	enum db_status status = DB_OK;

	explain_step(c, "authorize", a->app.id, a->refusal.flow_id);
	if (call->spoil) {
		status = spoil_begin(c, code, &spoiling);
		if (status == DB_OK)
			status = call->spoil->run(&spoiling);
	}
	if (context_failed(c, status))
		return;
	reply(c, req, rep, 200, with_code(c->arena, location, code, spoiling.text), spoiling.text);
}

static void refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a, struct str location)
{
	const struct wire_row *row = wire_row(cause_wire(a->refusal.cause));

	explain_refusal(c, "authorize", a->request->client_id, &a->refusal);
	if (str_is_set(location))
		reply(c, req, rep, 200, location, STR_NONE);
	else
		rehearsal_refuse(req, rep, 409, "refused",
			str_printf(req->arena,
				"The person sees a page: %s. 'llavero explain %.*s' tells why.",
				a->request->edge == DIALECT_STANDARD ? row->rfc_code : row->code,
				STR_ARG(c->request_id)));
}

static void run(
	struct context *c, struct http_request *req, struct http_reply *rep, struct call *call)
{
	const struct params *p = &call->params;
	const struct authorize_request q = {
		.edge = call->edge,
		.client_id = params_get(p, "client_id"),
		.redirect_uri = params_get(p, "redirect_uri"),
		.scope = params_get(p, "scope"),
		.state = params_get(p, "state"),
		.response_type = params_get(p, "response_type"),
		.response_mode = params_get(p, "response_mode"),
		.code_challenge = params_get(p, "code_challenge"),
		.code_challenge_method = params_get(p, "code_challenge_method"),
		.request_uri =
			call->edge == DIALECT_STANDARD ? params_get(p, "request_uri") : STR_NONE,
	};
	struct authorize a = {.request = &q,
		.account = &call->account,
		.picked = true,
		.decision = call->deny ? DECISION_DENY : DECISION_ALLOW,
		.bound = {.standard = q.edge == DIALECT_STANDARD}};
	struct str location;

	switch (authorize(c, &a, &location)) {
	case STEP_DONE:
		give_code(c, req, rep, call, &a, location);
		break;
	case STEP_REFUSE:
		refuse(c, req, rep, &a, location);
		break;
	case STEP_ASK:
		rehearsal_refuse(req, rep, 409, "refused",
			STR("The person would be asked to verify their e-mail address first."));
		break;
	case STEP_NEXT:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}

void rehearsal_authorize(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct call *call = ARENA_NEW(c->arena, struct call);

	if (!read_call(c, req, rep, call) || !read_url(c, req, rep, call) ||
		!find_account(c, req, rep, call))
		return;
	if (call->account.suspended_at) {
		rehearsal_refuse_member(req, rep, "login", "that of an account not suspended");
		return;
	}
	run(c, req, rep, call);
}
