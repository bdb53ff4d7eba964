/* /oauth2/authorize and its account picker: RFC 6749 4.1.1, RFC 9207, RFC 9700. The rules are in
 * flow/authorize.c; here parameters are read and answers worded. */
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "explain/describe.h"
#include "explain/refusal.h"
#include "flow/resolve_client.h"
#include "flow/sign_in_again.h"
#include "oauth/fault.h"
#include "oauth/oauth.h"
#include "oauth/request.h"
#include "web/authorize_paths.h"
#include "web/web.h"

/* Which one was doubled matters when it decides where an answer goes: those are looked at first. */
static const char *repeated(struct arena *a, const struct params *p)
{
	for (const char *const *name = authorize_targets; *name; name++)
		if (params_count(p, *name) > 1)
			return *name;
	return oauth_repeated(a, p);
}

static void read_request(struct arena *a, const struct params *p, struct authorize_request *out)
{
	authorize_parameters(p, out);
	out->repeated = repeated(a, p);
}

static void send(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a, struct str location)
{
	if (a->form.n)
		web_post_answer(c, req, rep, a);
	else
		http_redirect(req, rep, 302, location);
}

static void refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a, struct str location)
{
	explain_refusal(c, "authorize", a->request->client_id, &a->refusal);
	if (a->form.n || str_is_set(location))
		send(c, req, rep, a, location);
	else
		web_show_refusal(c, req, rep, a);
}

/* Where the person stands with the account picker. */
enum picker { PICKER_UNASKED, PICKER_WANTED, PICKER_ANSWERED };

static void run(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct params *p, enum picker picker, enum authorize_decision decision)
{
	struct authorize_request request;
	struct authorize a = {.request = &request,
		.account = web_account(c),
		.signed_on = web_signed_on(c),
		.pick = picker == PICKER_WANTED,
		.picked = picker == PICKER_ANSWERED,
		.decision = decision};
	struct str location;

	read_request(c->arena, p, &request);
	if (oauth_fault_of_page(c, req, rep, request.client_id))
		return;
	a.bound = (struct bound){.standard = true};
	describe_authorize(c, &a);
	switch (authorize(c, &a, &location)) {
	case STEP_DONE:
		explain_step(c, "authorize", a.app.id, a.refusal.flow_id);
		explain_dropped_scopes(c, &a);
		send(c, req, rep, &a, location);
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

static void refuse_query(
	struct context *c, struct http_request *req, struct http_reply *rep, int status)
{
	const struct refusal r = {.cause = CAUSE_AUTHORIZE_QUERY_MALFORMED};

	explain_refusal(c, "authorize", STR_NONE, &r);
	web_show_error(c, req, rep, status);
}

/* Of a client whose document is of no use nothing is known that could be redirected to. */
static void refuse_document(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct resolve_client *r)
{
	struct authorize_request request;
	struct authorize a = {.request = &request, .refusal = r->refusal};

	read_request(c->arena, &req->query, &request);
	explain_refusal(c, "client_document", r->client_id, &a.refusal);
	web_show_refusal(c, req, rep, &a);
}

static void document_fetched(
	struct context *c, struct http_request *req, struct http_reply *rep, void *arg);

/* The client may be known by a document of its own, which is fetched first
 * (flow/resolve_client.h). */
static void run_with_client(struct context *c, struct http_request *req, struct http_reply *rep,
	struct resolve_client *r, enum resolve result)
{
	switch (result) {
	case RESOLVE_READY:
		run(c, req, rep, &req->query, PICKER_UNASKED, DECISION_NONE);
		break;
	case RESOLVE_FETCH:
		rep->job.work = resolve_client_work;
		rep->job.arg = r;
		rep->job.done = document_fetched;
		rep->job.outgoing = true;
		break;
	case RESOLVE_REFUSED:
		refuse_document(c, req, rep, r);
		break;
	case RESOLVE_FAILED:
		c->failed = true;
		break;
	}
}

static void document_fetched(
	struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct resolve_client *r = arg;

	run_with_client(c, req, rep, r, resolve_client_take(c, r));
}

void oauth_authorize(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct resolve_client *r = ARENA_NEW(req->arena, struct resolve_client);

	if (req->query_status != FORM_OK)
		refuse_query(c, req, rep, 400);
	else if (params_count(&req->query, "client_id") != 1)
		run(c, req, rep, &req->query, PICKER_UNASKED, DECISION_NONE);
	else
		run_with_client(
			c, req, rep, r, resolve_client(c, params_get(&req->query, "client_id"), r));
}

/* An app's own request (OpenID Connect Core 3.1.2.1 wants POST too). It comes from elsewhere, so
 * the browser has left our cookies out; asked again by GET, it sends them. */
static void go_on_by_get(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct params *form)
{
	struct buf b;

	buf_init(&b, c->arena, REWRITTEN_BODY);
	buf_add(&b, authorize_paths_of(DIALECT_STANDARD).authorize);
	for (size_t i = 0; i < form->n; i++) {
		buf_add_char(&b, i ? '&' : '?');
		buf_add_form(&b, form->v[i].name);
		buf_add_char(&b, '=');
		buf_add_form(&b, form->v[i].value);
	}
	if (b.n > LIMIT_REQUEST_TARGET)
		refuse_query(c, req, rep, 413);
	else
		http_redirect(req, rep, 303, buf_str(&b));
}

static void decide(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct params *form = web_form(c);
	bool allow = str_eq_c(params_get(form, "authorize"), "1");

	/* A session that ended while the page was open: sign in, and be asked again. */
	if (!web_account(c))
		run(c, req, rep, form, PICKER_ANSWERED, DECISION_NONE);
	else
		run(c, req, rep, form, PICKER_ANSWERED, allow ? DECISION_ALLOW : DECISION_DENY);
}

void oauth_authorize_post(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct params form;
	struct str type = http_media_type(c->arena, req->headers[HTTP_CONTENT_TYPE]);

	if (!str_eq_c(type, "application/x-www-form-urlencoded"))
		refuse_query(c, req, rep, 415);
	else if (form_parse(c->arena, req->body, LIMIT_PARAMS, &form) != FORM_OK)
		refuse_query(c, req, rep, 400);
	else if (params_count(&form, "authenticity_token") == 0)
		go_on_by_get(c, req, rep, &form);
	else if (web_open_form(c, req, rep))
		decide(c, req, rep);
}

void oauth_select_account(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (req->query_status != FORM_OK)
		refuse_query(c, req, rep, 400);
	else
		run(c, req, rep, web_picker_params(req), PICKER_WANTED, DECISION_NONE);
}

void oauth_account_selected(struct context *c, struct http_request *req, struct http_reply *rep)
{
	run(c, req, rep, web_form(c), PICKER_ANSWERED, DECISION_NONE);
}
