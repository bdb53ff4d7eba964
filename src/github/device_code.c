/* POST /login/device/code, and polling at the token endpoint: GitHub reference section 5. */
#include "github/device_code.h"

#include "explain/refusal.h"
#include "flow/authorize_reply.h"
#include "flow/device.h"
#include "flow/device_poll.h"
#include "github/describe.h"
#include "github/fault.h"
#include "github/token_reply.h"

/* Reference 5.1: no such app is a plain 404; the switch being off is HTTP 400, unlike the errors of
 * the token endpoint, and `gh` goes on to another flow then. */
static int status_of(enum cause cause)
{
	enum wire_error wire = cause_wire(cause);

	return wire == WIRE_DEVICE_FLOW_DISABLED || wire == WIRE_INVALID_REQUEST ? 400 : 200;
}

static void refuse_start(struct context *c, struct http_request *req, struct http_reply *rep,
	int status, struct str client_id, const struct refusal *refusal)
{
	const struct wire_row *row = wire_row(cause_wire(refusal->cause));
	bool hidden =
		refusal->cause == CAUSE_CLIENT_UNKNOWN || refusal->cause == CAUSE_CLIENT_ID_MISSING;
	const struct reply_field fields[] = {
		{"error", hidden ? STR("Not Found") : str_from(row->code), false},
		{"error_description", str_from(row->description), false},
		{"error_uri", error_uri_of(c, row), false},
	};

	struct refusal explained = *refusal;

	look_at_request(github_described(req, NULL), &explained);
	explain_refusal(c, "device", client_id, &explained);
	github_reply_fields(req, rep, hidden ? 404 : status,
		github_negotiate(req->headers[HTTP_ACCEPT]), fields, hidden ? 1 : 3);
	if (github_is_throttled(req, rep, refusal))
		rep->status = 429;
}

static struct reply_field number(struct http_request *req, const char *name, int64_t value)
{
	return (struct reply_field){name, str_printf(req->arena, "%lld", (long long)value), true};
}

/* RFC 8628 3.2; no verification_uri_complete, as on GitHub. */
static void reply_codes(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct device_start *d)
{
	const struct reply_field fields[] = {
		{"device_code", str_dup(req->arena, str_from(d->device_code)), false},
		{"user_code", user_code_show(req->arena, d->user_code), false},
		{"verification_uri",
			str_printf(req->arena, "%.*s/login/device", STR_ARG(c->settings->base_url)),
			false},
		number(req, "expires_in", c->settings->device_code_lifetime_s),
		number(req, "interval", c->settings->device_interval_s),
	};

	github_reply_fields(req, rep, 200, github_negotiate(req->headers[HTTP_ACCEPT]), fields, 5);
}

static const char *repeated(const struct params *p)
{
	static const char *const names[] = {"client_id", "client_secret", "scope"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (params_count(p, names[i]) > 1)
			return names[i];
	return NULL;
}

static void note_start(struct context *c, const struct device_start *d)
{
	uint64_t id;

	if (code_locate(&c->store->locator, str_from(d->device_code), &id))
		explain_step(c, "device", d->client.app_id, id);
}

static void start(
	struct context *c, struct http_request *req, struct http_reply *rep, const struct params *p)
{
	struct device_request request = {.edge = DIALECT_GITHUB, .scope = params_get(p, "scope")};
	struct device_start d;

	client_auth_read(req->arena, req->headers[HTTP_AUTHORIZATION], params_get(p, "client_id"),
		params_get(p, "client_secret"), &request.credentials);
	if (github_fault(c, req, rep, request.credentials.client_id, FAULT_AT_DEVICE) != FAULT_NONE)
		return;
	switch (start_device(c, &request, &d)) {
	case STEP_DONE:
		note_start(c, &d);
		reply_codes(c, req, rep, &d);
		break;
	case STEP_REFUSE:
		refuse_start(c, req, rep, status_of(d.refusal.cause), request.credentials.client_id,
			&d.refusal);
		break;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}

void github_device_code(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct params p;
	enum read_status read = github_read_params(req, &p);
	struct str client_id = read == READ_OK ? params_get(&p, "client_id") : STR_NONE;
	struct refusal refusal;

	describe_program(c, github_described(req, read == READ_OK ? &p : NULL));
	if (github_negotiate(req->headers[HTTP_ACCEPT]) == FORMAT_NONE) {
		github_reply_fields(req, rep, 406, FORMAT_NONE, NULL, 0);
	} else if (read != READ_OK) {
		refusal = describe_unreadable(github_described(req, NULL), read == READ_BAD_TYPE);
		refuse_start(c, req, rep, read == READ_BAD_TYPE ? 415 : 400, STR_NONE, &refusal);
	} else if (repeated(&p)) {
		refusal = (struct refusal){.cause = CAUSE_TOKEN_PARAMETER_REPEATED,
			.closer = look_for_app,
			.closer_of = &client_id};
		refusal_add(&refusal, EVIDENCE_parameter, str_from(repeated(&p)));
		refuse_start(c, req, rep, 400, client_id, &refusal);
	} else {
		start(c, req, rep, &p);
	}
}

void github_poll_device(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct params *p, const struct client_credentials *given)
{
	enum fault_kind fault = github_fault(c, req, rep, given->client_id, FAULT_AT_POLL);
	const struct device_poll_request request = {
		.edge = DIALECT_GITHUB,
		.credentials = *given,
		.grant_type = params_get(p, "grant_type"),
		.device_code = params_get(p, "device_code"),
		.slow_down = fault == FAULT_SLOW_DOWN,
	};
	struct device_polling poll;

	if (fault != FAULT_NONE && fault != FAULT_SLOW_DOWN)
		return;
	enum step_result result = poll_device(c, &request, &poll);

	if (result == STEP_DONE)
		explain_step(c, "device_token", poll.client.app_id, poll.device.id);

	if (result == STEP_REFUSE && poll.refusal.cause == CAUSE_DEVICE_TOO_EARLY)
		github_token_slow_down(
			c, req, rep, given->client_id, &poll.refusal, poll.interval_s);
	else
		github_token_result(c, req, rep, "device_token", result, &poll.issued,
			given->client_id, &poll.refusal);
}
