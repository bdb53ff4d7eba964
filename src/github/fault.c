#include "github/fault.h"

#include "base/log.h"
#include "core/device_pacing.h"
#include "flow/authorize_reply.h"
#include "flow/rehearsal.h"
#include "github/oauth.h"
#include "web/web.h"

/* The token endpoint's shape, with a status that says it is not the client's mistake. */
static void answer_program(struct context *c, struct http_request *req, struct http_reply *rep,
	int status, enum wire_error wire)
{
	const struct wire_row *row = wire_row(wire);
	const struct reply_field fields[] = {
		{"error", str_from(row->code), false},
		{"error_description", str_from(row->description), false},
		{"error_uri", error_uri_of(c, row), false},
	};

	github_reply_fields(
		req, rep, status, github_negotiate(req->headers[HTTP_ACCEPT]), fields, 3);
}

static void answer(struct context *c, struct http_request *req, struct http_reply *rep,
	enum fault_place place, int status)
{
	switch (place) {
	case FAULT_AT_TOKEN:
	case FAULT_AT_POLL:
	case FAULT_AT_DEVICE:
		answer_program(c, req, rep, status, WIRE_SERVER_ERROR);
		break;
	case FAULT_AT_API:
		github_api_error(c, req, rep, status);
		break;
	case FAULT_AT_AUTHORIZE:
		web_show_error(c, req, rep, status);
		break;
	case FAULT_AT_SIGNATURE:
		break;
	}
}

static void answer_too_often(struct context *c, struct http_request *req, struct http_reply *rep)
{
	int64_t wait_s = c->settings->device_interval_s + DEVICE_SLOW_DOWN_S;

	answer_program(c, req, rep, 429, WIRE_SLOW_DOWN);
	http_header_str(req, rep, "Retry-After", str_printf(req->arena, "%lld", (long long)wait_s));
}

/* What is answered, and what the caller is to know. */
static enum fault_kind happen(struct context *c, struct http_request *req, struct http_reply *rep,
	enum fault_kind kind, enum fault_place place, int64_t seconds)
{
	switch (kind) {
	case FAULT_SERVER_ERROR:
		answer(c, req, rep, place, 500);
		break;
	case FAULT_TIMEOUT:
		answer(c, req, rep, place, 504);
		rep->delay_ms = seconds * 1000;
		break;
	case FAULT_SLOW_DOWN:
		if (place != FAULT_AT_POLL)
			answer_too_often(c, req, rep);
		break;
	case FAULT_DROP_AFTER_COMMIT:
		rep->drop = true;
		return FAULT_NONE;
	case FAULT_NONE:
	case FAULT_EXPIRED_KEY: /* never a request's */
	case FAULT_KINDS:
		break;
	}
	return kind;
}

enum fault_kind github_fault_take(struct context *c, struct http_request *req,
	struct http_reply *rep, struct str client_id, enum fault_place place)
{
	int64_t seconds = 0;
	enum fault_kind kind = faults_take(&c->rehearsal->faults, client_id, place, &seconds);

	if (kind == FAULT_NONE)
		return FAULT_NONE;
	LOG(LOG_INFO, "rehearsed fault", LOG_STR("request", c->request_id),
		LOG_CSTR("fault", fault_kind_word(kind)), LOG_STR("client_id", client_id),
		LOG_STR("path", req->path));
	return happen(c, req, rep, kind, place, seconds);
}
