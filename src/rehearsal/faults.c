/* Faults on purpose: what goes wrong with the next requests of an app. */
#include <string.h>

#include "base/limits.h"
#include "base/log.h"
#include "rehearsal/handlers.h"
#include "store/app.h"

enum { HELD_S = 30 };

static void add_fault(struct buf *b, const struct fault *f)
{
	buf_add_char(b, '{');
	rehearsal_add_text(b, "client_id", str_from(f->client_id));
	buf_addf(b, ",\"fault\":\"%s\",\"endpoint\":\"%s\",\"left\":%lld", fault_kind_word(f->kind),
		fault_endpoint_word(f->endpoint), (long long)f->left);
	if (f->kind == FAULT_TIMEOUT)
		buf_addf(b, ",\"seconds\":%lld", (long long)f->seconds);
	buf_add_char(b, '}');
}

static bool read_number(struct http_request *req, struct http_reply *rep,
	const struct json_body *body, const char *name, int64_t most, int64_t *out)
{
	if (json_body_number(body, name, out) != JSON_WRONG && *out >= 1 && *out <= most)
		return true;
	return rehearsal_refuse_member(req, rep, name,
		str_c(req->arena,
			str_printf(req->arena, "a number from 1 to %lld", (long long)most)));
}

/* What and where. */
static bool read_words(struct http_request *req, struct http_reply *rep,
	const struct json_body *body, struct fault *out)
{
	struct str kind, endpoint;

	json_body_text(req->arena, body, "fault", &kind);
	out->kind = fault_kind_of(kind);
	if (out->kind == FAULT_NONE)
		return rehearsal_refuse_member(req, rep, "fault",
			"server_error, timeout, slow_down, drop_after_commit or "
			"expired_key");
	out->endpoint = FAULT_ENDPOINT_ANY;
	if (json_body_text(req->arena, body, "endpoint", &endpoint) != JSON_ABSENT)
		out->endpoint = fault_endpoint_of(endpoint);
	if (out->endpoint == FAULT_ENDPOINTS)
		return rehearsal_refuse_member(
			req, rep, "endpoint", "token, device, api, authorize or any");
	if (!fault_fits(out->kind, out->endpoint))
		return rehearsal_refuse_member(
			req, rep, "endpoint", "token, device or any for slow_down");
	return true;
}

/* The app that is meant must be there: a script for a mistyped one would never happen. */
static bool read_app(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct json_body *body, struct fault *out)
{
	struct str client_id;
	struct app app;

	if (json_body_text(req->arena, body, "client_id", &client_id) != JSON_HERE)
		return rehearsal_refuse_member(req, rep, "client_id", "the client id of an app");
	enum db_status status = client_id.n > LIMIT_CLIENT_ID
					? DB_NONE
					: app_by_client_id(c->store, c->arena, client_id, &app);

	if (context_failed(c, status))
		return false;
	if (status == DB_NONE)
		rehearsal_refuse(
			req, rep, 404, "not_found", STR("There is no app with this client_id."));
	else
		memcpy(out->client_id, client_id.p, client_id.n);
	return status == DB_OK;
}

void rehearsal_fault_add(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct fault fault = {.left = 1, .seconds = HELD_S};
	struct json_body body;
	struct buf b;

	if (!rehearsal_open_body(c, req, rep, &body) || !read_words(req, rep, &body, &fault) ||
		!read_number(req, rep, &body, "count", LIMIT_FAULT_COUNT, &fault.left) ||
		!read_number(req, rep, &body, "seconds", LIMIT_FAULT_SECONDS, &fault.seconds) ||
		!read_app(c, req, rep, &body, &fault))
		return;
	if (!faults_add(&c->rehearsal->faults, &fault)) {
		rehearsal_refuse(req, rep, 409, "limit_reached",
			str_printf(req->arena, "There are %d faults already; clear some first.",
				LIMIT_FAULTS));
		return;
	}
	LOG(LOG_INFO, "fault scripted", LOG_CSTR("client_id", fault.client_id),
		LOG_CSTR("fault", fault_kind_word(fault.kind)), LOG_INT("count", fault.left));
	buf_init(&b, req->arena, LIMIT_REPLY);
	add_fault(&b, &fault);
	rehearsal_reply(rep, 201, buf_str(&b));
}

void rehearsal_fault_list(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct buf b;

	if (!rehearsal_open(c, req, rep))
		return;
	struct fault *list = ARENA_ARRAY(c->arena, struct fault, LIMIT_FAULTS);
	size_t n = faults_list(&c->rehearsal->faults, list);

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_c(&b, "{\"faults\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&b, ',');
		add_fault(&b, &list[i]);
	}
	buf_add_c(&b, "]}");
	rehearsal_reply(rep, 200, buf_str(&b));
}

void rehearsal_fault_clear(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (!rehearsal_open(c, req, rep))
		return;
	if (req->query_status != FORM_OK) {
		rehearsal_refuse(
			req, rep, 400, "invalid_request", STR("The query cannot be read."));
		return;
	}
	size_t n = faults_clear(&c->rehearsal->faults, params_get(&req->query, "client_id"));

	rehearsal_reply(rep, 200, str_printf(req->arena, "{\"cleared\":%zu}", n));
}
