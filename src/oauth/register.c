/* POST /oauth2/register, and GET, PUT and DELETE of /oauth2/register/:client_id. RFC 7591 3, RFC
 * 7592
 * 2. Errors are told as RFC 7591 3.2.2 and RFC 6750 3 have them. */
#include "oauth/register.h"

#include <string.h>

#include "core/client_auth.h"
#include "explain/refusal.h"
#include "flow/register.h"
#include "oauth/reply.h"

enum { REPLY_MAX = 4 * LIMIT_METADATA };

static void reply(struct http_reply *rep, int status, const struct buf *json)
{
	http_reply(rep, status, "application/json", buf_str(json));
	http_header(rep, "Cache-Control", "no-store");
	http_header(rep, "Pragma", "no-cache");
	http_header(rep, "X-Content-Type-Options", "nosniff");
}

static void add(struct buf *b, const char *name, struct str value)
{
	buf_add_char(b, b->n > 1 ? ',' : ' ');
	buf_add_json(b, str_from(name));
	buf_add_char(b, ':');
	buf_add_json(b, value);
}

/* "redirect_uris: it has a fragment (https://app.example/#x)"; RFC 6749 5.2 allows no quotation
 * marks and no back-slashes. */
static struct str describe(struct arena *a, const struct registration *r)
{
	const struct metadata_verdict *v = &r->verdict;
	struct str text = str_from(wire_row(cause_wire(r->refusal.cause))->description);

	if (v->why)
		text = *v->member ? str_printf(a, "%s: %s%s%.*s%s", v->member, v->why,
					    str_is_set(v->value) ? " (" : "", STR_ARG(v->value),
					    str_is_set(v->value) ? ")" : "")
				  : str_from(v->why);
	char *copy = str_c(a, text);

	for (char *p = copy; *p; p++)
		if (*p == '"' || *p == '\\')
			*p = '\'';
	return str_from(copy);
}

static void challenge(
	struct http_request *req, struct http_reply *rep, const struct registration *r)
{
	bool absent = r->refusal.cause == CAUSE_REGISTRATION_TOKEN_ABSENT;

	(void)req;
	http_header(rep, "WWW-Authenticate",
		absent ? "Bearer realm=\"registration\""
		       : "Bearer realm=\"registration\", error=\"invalid_token\"");
}

static void refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct registration *r)
{
	const struct wire_row *wire = wire_row(cause_wire(r->refusal.cause));
	struct buf b;

	explain_refusal(c, "register", r->client_id, &r->refusal);
	buf_init(&b, req->arena, REPLY_MAX);
	buf_add_char(&b, '{');
	add(&b, "error", str_from(wire->rfc_code));
	add(&b, "error_description", describe(req->arena, r));
	add(&b, "error_uri",
		str_printf(req->arena, "%.*s%s#%s", STR_ARG(c->settings->error_uri_base),
			wire->page, wire->anchor));
	buf_add_char(&b, '}');
	reply(rep, wire->rfc_status, &b);
	if (wire->rfc_status == 401)
		challenge(req, rep, r);
	oauth_retry_after(req, rep, &r->refusal);
}

/* RFC 7591 3.2.1, RFC 7592 3 */
static void show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	const struct registration *r)
{
	struct arena *a = req->arena;
	struct str metadata = client_metadata_write(a, &r->metadata, METADATA_WHOLE);
	struct buf b, uri;

	buf_init(&uri, a, REWRITTEN_URL);
	buf_add(&uri, c->settings->base_url);
	buf_add_c(&uri, "/oauth2/register/");
	buf_add_percent(&uri, r->app.client_id);
	buf_init(&b, a, REPLY_MAX);
	buf_add_char(&b, '{');
	add(&b, "client_id", r->app.client_id);
	buf_addf(&b, ",\"client_id_issued_at\":%lld", (long long)r->app.created_at);
	if (*r->client_secret)
		add(&b, "client_secret", str_from(r->client_secret));
	if (r->app.auth_method == AUTH_SECRET)
		buf_add_c(&b, ",\"client_secret_expires_at\":0");
	add(&b, "registration_access_token", str_from(r->access_token));
	add(&b, "registration_client_uri", buf_str(&uri));
	buf_add_char(&b, ',');
	buf_add(&b, str_slice(metadata, 1, metadata.n));
	reply(rep, status, &b);
}

static void wait_for(struct http_reply *rep, struct registration *r,
	void (*done)(struct context *, struct http_request *, struct http_reply *, void *))
{
	rep->job.work = registration_work;
	rep->job.arg = r;
	rep->job.done = done;
	rep->job.outgoing = true;
}

static void registering(
	struct context *c, struct http_request *req, struct http_reply *rep, void *arg);
static void replacing(
	struct context *c, struct http_request *req, struct http_reply *rep, void *arg);

static void answer(struct context *c, struct http_request *req, struct http_reply *rep,
	struct registration *r, enum step_result result)
{
	bool is_new = req->method == HTTP_POST;

	switch (result) {
	case STEP_DONE:
		show(c, req, rep, is_new ? 201 : 200, r);
		break;
	case STEP_REFUSE:
		refuse(c, req, rep, r);
		break;
	case STEP_ASK: /* another server, that is */
		wait_for(rep, r, is_new ? registering : replacing);
		break;
	case STEP_NEXT:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}

static void registering(
	struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	answer(c, req, rep, arg, register_client(c, arg));
}

static void replacing(
	struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	answer(c, req, rep, arg, registration_replace(c, arg));
}

static struct registration *read_request(struct http_request *req)
{
	struct registration *r = ARENA_NEW(req->arena, struct registration);

	r->body = req->body;
	r->client_id = req->vars[0];
	r->token = STR_NONE;
	client_auth_read_token(req->arena, req->headers[HTTP_AUTHORIZATION], &r->token);
	return r;
}

/* Where nobody may register there is no such place. */
static bool is_off(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct buf b;

	if (c->settings->registration != REGISTRATION_OFF)
		return false;
	buf_init(&b, req->arena, REPLY_MAX);
	buf_add_c(&b, "{\"error\":\"not_found\",\"error_description\":\"Apps cannot be "
		      "registered by programs here.\"}");
	reply(rep, 404, &b);
	return true;
}

void oauth_register(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (!is_off(c, req, rep))
		registering(c, req, rep, read_request(req));
}

void oauth_registration_replace(struct context *c, struct http_request *req, struct http_reply *rep)
{
	replacing(c, req, rep, read_request(req));
}

void oauth_registration_show(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct registration *r = read_request(req);

	answer(c, req, rep, r, registration_show(c, r));
}

void oauth_registration_delete(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct registration *r = read_request(req);
	enum step_result result = registration_delete(c, r);

	if (result != STEP_DONE) {
		answer(c, req, rep, r, result);
		return;
	}
	http_reply(rep, 204, NULL, STR(""));
	http_header(rep, "Cache-Control", "no-store");
}
