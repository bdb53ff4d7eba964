#include "oauth/fault.h"

#include "base/log.h"
#include "core/device_pacing.h"
#include "oauth/reply.h"
#include "web/web.h"

static enum fault_kind take(struct context *c, struct http_request *req, struct str client_id,
	enum fault_place place, int64_t *seconds)
{
	enum fault_kind kind = faults_take(&c->rehearsal->faults, client_id, place, seconds);

	if (kind != FAULT_NONE)
		LOG(LOG_INFO, "rehearsed fault", LOG_STR("request", c->request_id),
			LOG_CSTR("fault", fault_kind_word(kind)), LOG_STR("client_id", client_id),
			LOG_STR("path", req->path));
	return kind;
}

static void answer_too_often(struct context *c, struct oauth_request *q)
{
	int64_t wait_s = c->settings->device_interval_s + DEVICE_SLOW_DOWN_S;

	oauth_error_reply(c, q, 429, WIRE_SLOW_DOWN);
	http_header_str(
		q->http, q->reply, "Retry-After", str_printf(c->arena, "%lld", (long long)wait_s));
}

enum fault_kind oauth_fault_take(struct context *c, struct oauth_request *q, enum fault_place place)
{
	int64_t seconds = 0;
	enum fault_kind kind = take(c, q->http, q->credentials.client_id, place, &seconds);

	switch (kind) {
	case FAULT_SERVER_ERROR:
		oauth_error_reply(c, q, 500, WIRE_SERVER_ERROR);
		break;
	case FAULT_TIMEOUT:
		oauth_error_reply(c, q, 504, WIRE_SERVER_ERROR);
		q->reply->delay_ms = seconds * 1000;
		break;
	case FAULT_SLOW_DOWN:
		if (place != FAULT_AT_POLL)
			answer_too_often(c, q);
		break;
	case FAULT_DROP_AFTER_COMMIT:
		q->reply->drop = true;
		return FAULT_NONE;
	case FAULT_NONE:
	case FAULT_EXPIRED_KEY: /* never a request's */
	case FAULT_KINDS:
		break;
	}
	return kind;
}

bool oauth_fault_of_page(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str client_id)
{
	int64_t seconds = 0;
	enum fault_kind kind =
		c->rehearsal ? take(c, req, client_id, FAULT_AT_AUTHORIZE, &seconds) : FAULT_NONE;

	rep->drop = kind == FAULT_DROP_AFTER_COMMIT;
	if (kind == FAULT_NONE || rep->drop)
		return false;
	web_show_error(c, req, rep, kind == FAULT_TIMEOUT ? 504 : 500);
	rep->delay_ms = seconds * 1000;
	return true;
}
