/* Who may rehearse, and how is answered. */
#include "base/clock.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "core/client_auth.h"
#include "core/duration.h"
#include "rehearsal/handlers.h"

void rehearsal_reply(struct http_reply *rep, int status, struct str json)
{
	http_reply(rep, status, "application/json; charset=utf-8", json);
	http_header(rep, "Cache-Control", "no-store");
	http_header(rep, "X-Content-Type-Options", "nosniff");
}

void rehearsal_refuse(struct http_request *req, struct http_reply *rep, int status,
	const char *error, struct str description)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_addf(&b, "{\"error\":\"%s\",\"error_description\":", error);
	buf_add_json(&b, description);
	buf_add_char(&b, '}');
	rehearsal_reply(rep, status, buf_str(&b));
}

/* Digests are compared: how much of a guess is right shows in no time. */
bool rehearsal_open(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str token = STR_NONE;
	uint8_t hash[SHA256_LEN];

	if (client_auth_read_token(req->arena, req->headers[HTTP_AUTHORIZATION], &token)) {
		sha256(token, hash);
		if (ct_equal(hash, c->settings->rehearsal_token_hash, sizeof hash))
			return true;
	}
	rehearsal_refuse(req, rep, 401, "invalid_token",
		STR("Send 'Authorization: Bearer TOKEN' with the rehearsal_token of demo.json or "
		    "rehearsal.json in the server's data folder."));
	http_header(rep, "WWW-Authenticate",
		str_is_set(token) ? "Bearer realm=\"llavero rehearsal\", error=\"invalid_token\""
				  : "Bearer realm=\"llavero rehearsal\"");
	return false;
}

bool rehearsal_open_body(
	struct context *c, struct http_request *req, struct http_reply *rep, struct json_body *body)
{
	if (!rehearsal_open(c, req, rep))
		return false;
	if (json_body_read(req->arena, req->body, body) == JSON_READ)
		return true;
	rehearsal_refuse(req, rep, 400, "invalid_request", STR("The body must be a JSON object."));
	return false;
}

bool rehearsal_refuse_member(
	struct http_request *req, struct http_reply *rep, const char *name, const char *wanted)
{
	rehearsal_refuse(req, rep, 400, "invalid_request",
		str_printf(req->arena, "'%s' must be %s.", name, wanted));
	return false;
}

bool rehearsal_span(struct http_request *req, struct http_reply *rep, const struct json_body *body,
	const char *name, int64_t least, int64_t most, int64_t *out)
{
	struct str text;
	int64_t seconds;
	enum json_member is = json_body_text(req->arena, body, name, &text);
	bool good = is == JSON_HERE && duration_read(text, most, &seconds);

	if (is == JSON_ABSENT)
		return true;
	if (is == JSON_WRONG)
		good = json_body_number(body, name, &seconds) == JSON_HERE;
	if (!good || seconds < least || seconds > most)
		return rehearsal_refuse_member(req, rep, name,
			str_c(req->arena,
				str_printf(req->arena,
					"a span of time such as \"11m\" or \"1h30m\", from %lld to "
					"%lld seconds",
					(long long)least, (long long)most)));
	*out = seconds;
	return true;
}

void rehearsal_add_time(struct buf *b, const char *name, int64_t s)
{
	char text[24];

	clock_format_iso(s, text);
	buf_addf(b, "\"%s\":\"%s\"", name, text);
}

void rehearsal_add_text(struct buf *b, const char *name, struct str text)
{
	buf_addf(b, "\"%s\":", name);
	if (str_is_set(text))
		buf_add_json(b, text);
	else
		buf_add_c(b, "null");
}
