#include "oauth/reply.h"

#include "base/arena.h"
#include "base/limits.h"
#include "explain/refusal.h"
#include "flow/authorize_reply.h"

void oauth_begin(struct context *c, struct buf *b)
{
	buf_init(b, c->arena, LIMIT_REPLY);
}

static void add_name(struct buf *b, const char *name)
{
	buf_add_char(b, b->n ? ',' : '{');
	buf_add_json(b, str_from(name));
	buf_add_char(b, ':');
}

void oauth_add_text(struct buf *b, const char *name, struct str value)
{
	if (!str_is_set(value))
		return;
	add_name(b, name);
	buf_add_json(b, value);
}

void oauth_add_number(struct buf *b, const char *name, int64_t value)
{
	add_name(b, name);
	buf_addf(b, "%lld", (long long)value);
}

void oauth_add_flag(struct buf *b, const char *name, bool value)
{
	add_name(b, name);
	buf_add_c(b, value ? "true" : "false");
}

void oauth_add_json(struct buf *b, const char *name, struct str json)
{
	if (!str_is_set(json))
		return;
	add_name(b, name);
	buf_add(b, json);
}

void oauth_retry_after(
	struct http_request *req, struct http_reply *rep, const struct refusal *refusal)
{
	struct str wait = refusal_evidence(refusal, EVIDENCE_wait);

	if (str_is_set(wait))
		http_header_str(req, rep, "Retry-After", wait);
}

void oauth_send(struct oauth_request *q, int status, struct buf *b)
{
	struct http_reply *rep = q->reply;

	buf_add_char(b, '}');
	http_reply(rep, status, "application/json; charset=utf-8", buf_str(b));
	http_header(rep, "Cache-Control", "no-store"); /* RFC 6749 5.1 */
	http_header(rep, "Pragma", "no-cache");
	http_header(rep, "X-Content-Type-Options", "nosniff");
}

/* `interval_s` 0: the error has none. */
static void send_error(struct context *c, struct oauth_request *q, int status, enum wire_error wire,
	int64_t interval_s)
{
	const struct wire_row *row = wire_row(wire);
	struct buf b;

	oauth_begin(c, &b);
	oauth_add_text(&b, "error", str_from(row->rfc_code));
	oauth_add_text(&b, "error_description", str_from(row->description));
	oauth_add_text(&b, "error_uri", error_uri_absolute(c, row));
	if (interval_s)
		oauth_add_number(&b, "interval", interval_s);
	oauth_send(q, status, &b);
	/* RFC 6749 5.2, RFC 9110 15.5.2: a 401 says how to authenticate. */
	if (status == 401)
		http_header(q->reply, "WWW-Authenticate", "Basic realm=\"llavero\"");
}

static void explain(struct context *c, struct oauth_request *q, const struct refusal *refusal)
{
	struct refusal explained = *refusal;

	look_at_request(q->described, &explained);
	explain_refusal(c, q->endpoint->name, q->credentials.client_id, &explained);
}

static void refuse(struct context *c, struct oauth_request *q, int status,
	const struct refusal *refusal, int64_t interval_s)
{
	explain(c, q, refusal);
	send_error(c, q, status, cause_wire(refusal->cause), interval_s);
	oauth_retry_after(q->http, q->reply, refusal);
}

void oauth_refuse_as(struct context *c, struct oauth_request *q, enum wire_error wire,
	const struct refusal *refusal)
{
	explain(c, q, refusal);
	send_error(c, q, wire_row(wire)->rfc_status, wire, 0);
}

void oauth_refuse(struct context *c, struct oauth_request *q, const struct refusal *refusal)
{
	refuse(c, q, wire_row(cause_wire(refusal->cause))->rfc_status, refusal, 0);
}

void oauth_refuse_with(
	struct context *c, struct oauth_request *q, int status, const struct refusal *refusal)
{
	refuse(c, q, status, refusal, 0);
}

void oauth_refuse_slow_down(struct context *c, struct oauth_request *q,
	const struct refusal *refusal, int64_t interval_s)
{
	refuse(c, q, wire_row(cause_wire(refusal->cause))->rfc_status, refusal, interval_s);
}

void oauth_error_reply(struct context *c, struct oauth_request *q, int status, enum wire_error wire)
{
	send_error(c, q, status, wire, 0);
}

/* RFC 6749 5.1; "scope" is always told. */
static void reply_token(struct context *c, struct oauth_request *q, const struct issued *issued)
{
	struct buf b;

	oauth_begin(c, &b);
	oauth_add_text(&b, "access_token", issued->access_token);
	if (issued->issued_token_type)
		oauth_add_text(&b, "issued_token_type", str_from(issued->issued_token_type));
	oauth_add_text(&b, "token_type", issued->dpop ? STR("DPoP") : STR("Bearer"));
	if (issued->expires_in_s)
		oauth_add_number(&b, "expires_in", issued->expires_in_s);
	if (issued->refreshes)
		oauth_add_text(&b, "refresh_token", str_from(issued->refresh_token));
	oauth_add_text(&b, "scope", str_is_set(issued->scopes) ? issued->scopes : STR(""));
	/* RFC 9396 7 */
	oauth_add_json(&b, "authorization_details", issued->details);
	/* OpenID Connect Core 3.1.3.3 */
	oauth_add_text(&b, "id_token", issued->id_token);
	oauth_send(q, 200, &b);
}

void oauth_token_result(struct context *c, struct oauth_request *q, enum step_result result,
	const struct issued *issued, const struct refusal *refusal)
{
	switch (result) {
	case STEP_DONE:
		reply_token(c, q, issued);
		break;
	case STEP_REFUSE:
		oauth_refuse(c, q, refusal);
		break;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}
