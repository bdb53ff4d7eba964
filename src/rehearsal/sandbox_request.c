#include "rehearsal/sandbox_request.h"

#include "core/account.h"

enum { LIFETIME_S = 3600 };

/* Any port of this machine: an exact loopback callback leaves it free (RFC 8252 7.3). */
#define USUAL_CALLBACK "http://127.0.0.1/callback"

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static bool read_name(struct http_request *req, struct http_reply *rep,
	const struct json_body *body, struct str *out)
{
	enum json_member is = json_body_text(req->arena, body, "name", out);

	if (is == JSON_ABSENT)
		return true;
	*out = str_trim(*out);
	if (is == JSON_HERE && app_name_check(*out) == FIELD_OK &&
		characters(*out) <= LIMIT_SANDBOX_NAME)
		return true;
	return rehearsal_refuse_member(req, rep, "name",
		"a text of 1 to 60 characters, none of them a control or invisible one");
}

static bool refuse_callback(
	struct http_request *req, struct http_reply *rep, struct str uri, const char *why)
{
	return rehearsal_refuse_member(req, rep, "callbacks",
		str_c(req->arena,
			str_printf(req->arena, "URLs that an app may register; '%.*s': %s",
				STR_ARG(uri), why)));
}

static bool add_callback(struct http_request *req, struct http_reply *rep, struct str uri,
	struct sandbox_request *out)
{
	struct redirect_uri parsed;
	enum redirect_uri_fault fault = redirect_uri_parse(uri, &parsed);

	if (fault != REDIRECT_URI_OK)
		return refuse_callback(req, rep, uri, redirect_uri_fault_text(fault));
	for (size_t i = 0; i < out->callbacks_n; i++)
		if (str_eq(out->callbacks[i].uri, uri))
			return refuse_callback(req, rep, uri, "it is there twice");
	out->callbacks[out->callbacks_n++] = (struct callback){uri, REDIRECT_EXACT};
	return true;
}

static bool read_callbacks(struct http_request *req, struct http_reply *rep,
	const struct json_body *body, struct sandbox_request *out)
{
	struct str *uris;
	size_t n;
	enum json_member is = json_body_texts(req->arena, body, "callbacks", &uris, &n);

	if (is == JSON_WRONG || n > LIMIT_CALLBACKS)
		return rehearsal_refuse_member(req, rep, "callbacks", "a list of ten URLs at most");
	for (size_t i = 0; i < n; i++)
		if (!add_callback(req, rep, uris[i], out))
			return false;
	return n > 0 || add_callback(req, rep, STR(USUAL_CALLBACK), out);
}

static bool read_flag(struct http_request *req, struct http_reply *rep,
	const struct json_body *body, const char *name, bool *out)
{
	return json_body_flag(body, name, out) != JSON_WRONG ||
	       rehearsal_refuse_member(req, rep, name, "true or false");
}

bool sandbox_request_read(struct http_request *req, struct http_reply *rep,
	const struct json_body *body, struct sandbox_request *out)
{
	*out = (struct sandbox_request){.lifetime_s = LIFETIME_S, .users = 1};
	if (!read_name(req, rep, body, &out->name) ||
		!rehearsal_span(
			req, rep, body, "lifetime", 1, LIMIT_SANDBOX_LIFETIME, &out->lifetime_s) ||
		!read_flag(req, rep, body, "device_flow", &out->device_flow) ||
		!read_flag(req, rep, body, "token_expiration", &out->token_expiration))
		return false;
	if (json_body_number(body, "users", &out->users) == JSON_WRONG || out->users < 1 ||
		out->users > LIMIT_SANDBOX_USERS)
		return rehearsal_refuse_member(req, rep, "users", "a number from 1 to 20");
	return read_callbacks(req, rep, body, out);
}
