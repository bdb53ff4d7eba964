/* POST /login/oauth/access_token: GitHub reference sections 3 and 4. */
#include "github/token_reply.h"

#include "explain/refusal.h"
#include "flow/device_poll.h"
#include "flow/redeem_code.h"
#include "flow/refresh.h"
#include "github/describe.h"
#include "github/device_code.h"
#include "github/fault.h"
#include "github/oauth.h"

/* RFC 6749 3.2: "Request and response parameters MUST NOT be included more than once." */
static const char *repeated(const struct params *p)
{
	static const char *const names[] = {"client_id", "client_secret", "code", "redirect_uri",
		"code_verifier", "grant_type", "refresh_token", "device_code"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (params_count(p, names[i]) > 1)
			return names[i];
	return NULL;
}

static void by_code(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct params *p, const struct client_credentials *given)
{
	const struct redeem_request request = {
		.edge = DIALECT_GITHUB,
		.credentials = *given,
		.grant_type = params_get(p, "grant_type"),
		.code = params_get(p, "code"),
		.redirect_uri = params_get(p, "redirect_uri"),
		.code_verifier = params_get(p, "code_verifier"),
	};
	struct redeem redeem;
	enum step_result result = redeem_code(c, &request, &redeem);

	describe_redeem(c, &redeem);
	if (result == STEP_DONE)
		explain_step(c, "token", redeem.client.app_id, redeem.code.token_id);
	github_token_result(
		c, req, rep, "token", result, &redeem.issued, given->client_id, &redeem.refusal);
}

static void by_refresh_token(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct params *p, const struct client_credentials *given)
{
	const struct refresh_request request = {
		.edge = DIALECT_GITHUB,
		.credentials = *given,
		.refresh_token = params_get(p, "refresh_token"),
	};
	struct refresh r;
	enum step_result result = refresh(c, &request, &r);

	if (result == STEP_DONE)
		explain_step(c, "refresh", r.client.app_id, r.family.id);
	github_token_result(
		c, req, rep, "refresh", result, &r.issued, given->client_id, &r.refusal);
}

/* A device's poll looks for its fault itself: it is told to slow down in words of its own. */
static bool goes_wrong(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct client_credentials *given)
{
	return github_fault(c, req, rep, given->client_id, FAULT_AT_TOKEN) != FAULT_NONE;
}

/* Reference 3.1: the dispatch rule. Whatever is no other grant is treated as a code exchange, which
 * refuses a grant_type it does not know. */
static const struct grant_type {
	const char *name;
	void (*run)(struct context *, struct http_request *, struct http_reply *,
		const struct params *, const struct client_credentials *);
} grant_types[] = {
	{"authorization_code", by_code},
	{"refresh_token", by_refresh_token},
	{DEVICE_GRANT_TYPE, github_poll_device},
};

/* Without a grant type that is known here: a device code says what was meant. */
static bool means_device(const struct params *p)
{
	return str_has_text(params_get(p, "device_code")) && !str_has_text(params_get(p, "code")) &&
	       !str_eq_c(params_get(p, "grant_type"), "authorization_code");
}

static void dispatch(
	struct context *c, struct http_request *req, struct http_reply *rep, const struct params *p)
{
	const struct grant_type *chosen = &grant_types[means_device(p) ? 2 : 0];
	struct client_credentials given;

	client_auth_read(req->arena, req->headers[HTTP_AUTHORIZATION], params_get(p, "client_id"),
		params_get(p, "client_secret"), &given);
	context_secret(c, given.raw_secret);
	for (size_t i = 0; i < sizeof grant_types / sizeof grant_types[0]; i++)
		if (str_eq_c(params_get(p, "grant_type"), grant_types[i].name))
			chosen = &grant_types[i];
	if (chosen->run != github_poll_device && goes_wrong(c, req, rep, &given))
		return;
	chosen->run(c, req, rep, p, &given);
}

void github_access_token(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct params p;
	enum read_status read = github_read_params(req, &p);

	if (github_negotiate(req->headers[HTTP_ACCEPT]) == FORMAT_NONE) {
		/* Nothing that could be said would be understood; and nothing has been done. */
		github_reply_fields(req, rep, 406, FORMAT_NONE, NULL, 0);
		return;
	}
	describe_program(c, github_described(req, read == READ_OK ? &p : NULL));
	if (read != READ_OK) {
		const struct refusal unreadable =
			describe_unreadable(github_described(req, NULL), read == READ_BAD_TYPE);

		github_token_refuse(c, req, rep, "token", read == READ_BAD_TYPE ? 415 : 400,
			STR_NONE, &unreadable);
		return;
	}
	if (repeated(&p)) {
		const struct str client_id = params_get(&p, "client_id");
		struct refusal twice = {.cause = CAUSE_TOKEN_PARAMETER_REPEATED,
			.closer = look_for_app,
			.closer_of = &client_id};

		refusal_add(&twice, EVIDENCE_parameter, str_from(repeated(&p)));
		github_token_refuse(c, req, rep, "token", 400, client_id, &twice);
		return;
	}
	dispatch(c, req, rep, &p);
}

/* Reference 3.1 and question 3 of section 15: not by GET, where secrets end up in logs. */
void github_access_token_by_get(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct reply_field fields[] = {{"error", STR("Not Found"), false}};
	const struct str client_id = params_get(&req->query, "client_id");
	const struct refusal r = {
		.cause = CAUSE_TOKEN_BY_GET, .closer = look_for_app, .closer_of = &client_id};

	describe_program(c, github_described(req, &req->query));
	explain_refusal(c, "token", client_id, &r);
	github_reply_fields(req, rep, 404, github_negotiate(req->headers[HTTP_ACCEPT]), fields, 1);
}
