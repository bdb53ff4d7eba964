/* The clock of every deadline, moved forward and set back to real time. */
#include "base/limits.h"
#include "base/log.h"
#include "rehearsal/handlers.h"
#include "store/moved_clock.h"
#include "store/upkeep.h"

enum { US = 1000000 };

static void show(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '{');
	rehearsal_add_time(&b, "now", clock_now_s(c->rehearsal->clock));
	buf_addf(&b, ",\"offset\":%lld}", (long long)(clock_offset_us(c->rehearsal->clock) / US));
	rehearsal_reply(rep, 200, buf_str(&b));
}

void rehearsal_clock_show(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (rehearsal_open(c, req, rep))
		show(c, req, rep);
}

/* The database has the truth: writers take turns, so that of two advances none is lost. Should the
 * commit fail, the clock is ahead of it until the next call. */
static void move(struct context *c, int64_t offset_us)
{
	if (context_failed(c, moved_clock_put(c->store, offset_us)))
		return;
	clock_set_offset(c->rehearsal->clock, offset_us);
	LOG(LOG_INFO, "the clock is moved", LOG_INT("seconds", offset_us / US));
}

static void advance(
	struct context *c, struct http_request *req, struct http_reply *rep, int64_t by_s)
{
	int64_t offset_us;

	if (context_failed(c, moved_clock_read(c->store, &offset_us)))
		return;
	if (offset_us / US + by_s > LIMIT_CLOCK_OFFSET) {
		rehearsal_refuse(req, rep, 400, "invalid_request",
			STR("The clock may be ahead by ten years (3650d) at most."));
		return;
	}
	move(c, offset_us + by_s * US);
	show(c, req, rep);
}

/* What was counted while the clock was ahead ends long after now: it would throttle for years. */
static void reset(struct context *c, struct http_request *req, struct http_reply *rep)
{
	move(c, 0);
	if (!c->failed)
		context_failed(c, throttle_clear_all(c->store));
	show(c, req, rep);
}

void rehearsal_clock_move(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct json_body body;
	int64_t by_s = -1; /* not sent */
	bool back = false;

	if (!rehearsal_open_body(c, req, rep, &body))
		return;
	if (json_body_flag(&body, "reset", &back) == JSON_WRONG)
		rehearsal_refuse_member(req, rep, "reset", "true or false");
	else if (!rehearsal_span(req, rep, &body, "advance", 0, LIMIT_CLOCK_OFFSET, &by_s))
		return;
	else if (back == (by_s >= 0))
		rehearsal_refuse(req, rep, 400, "invalid_request",
			STR("Send either {\"advance\":\"11m\"} or {\"reset\":true}."));
	else if (back)
		reset(c, req, rep);
	else
		advance(c, req, rep, by_s);
}
