/* Why requests of an app were refused, for its owner's own tools: with the app's credentials, as
 * the endpoints beside it. And for administrators, with a token. llavero's own; GitHub has none. */
#include "base/limits.h"
#include "explain/access.h"
#include "explain/explanation.h"
#include "explain/refusal.h"
#include "explain/sequence.h"
#include "flow/manage_token.h"
#include "github/api_body.h"
#include "github/describe.h"
#include "github/paging.h"
#include "github/token_management.h"
#include "web/visit.h"

enum { US = 1000000 };

static enum lang lang_of(const struct http_request *req)
{
	const struct lang_wishes wishes = {params_get(&req->query, "lang"), STR_NONE, STR_NONE,
		req->headers[HTTP_ACCEPT_LANGUAGE]};

	return web_choose_lang(&wishes);
}

/* The app, proven by its secret. False: the reply is ready. */
static bool find_app(struct context *c, struct http_request *req, struct http_reply *rep,
	struct managed_token *m)
{
	enum step_result result =
		manage_token_client(c, req->headers[HTTP_AUTHORIZATION], req->vars[0], m);

	if (result == STEP_REFUSE) {
		github_describe_api(c, req);
		explain_refusal(c, "applications", req->vars[0], &m->refusal);
		github_api_refuse_app(c, req, rep, &m->refusal);
	}
	return result == STEP_NEXT;
}

/* A site administrator's token. False: the reply is ready. */
static bool find_admin(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token admin;

	if (!github_api_authenticate(c, req, rep, "site_admin", &admin))
		return false;
	if (admin.token.account.site_admin && scope_allows(admin.scopes, "site_admin"))
		return true;
	github_api_deny(c, req, rep, 404, CAUSE_ADMIN_REQUIRED, admin.token.client_id);
	return false;
}

static void add_entry(
	struct context *c, struct http_request *req, struct buf *b, const struct log_entry *entry)
{
	struct explanation e;

	explain_entry(c->arena, lang_of(req), entry, &e);
	explanation_json(b, &e, c->settings->base_url);
}

static void reply_list(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct log_entry *entries, size_t n)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&b, ',');
		add_entry(c, req, &b, &entries[i]);
	}
	buf_add_char(&b, ']');
	if (b.overflow)
		github_api_refuse(c, req, rep, 422, "Ask for fewer with per_page.");
	else
		github_api_reply(req, rep, 200, buf_str(&b));
}

/* Microseconds since 1970 of a parameter in seconds, with a fraction or without; or `otherwise`. */
static int64_t time_of(const struct http_request *req, const char *name, int64_t otherwise)
{
	struct str text = params_get(&req->query, name);
	size_t dot = str_find(text, '.');
	int64_t s, us = 0, unit = US;

	if (!str_to_i64(str_slice(text, 0, dot), &s) || s >= INT64_MAX / US)
		return otherwise;
	for (size_t i = dot + 1; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++)
		us += (text.p[i] - '0') * (unit /= 10);
	return s * US + us;
}

/* One more than a page holds tells that there is another page. */
static void list(
	struct context *c, struct http_request *req, struct http_reply *rep, int64_t app_id)
{
	struct str cause = params_get(&req->query, "cause"),
		   endpoint = params_get(&req->query, "endpoint");
	size_t most = (size_t)github_paging_read(req).per_page, n;
	const struct log_query q = {
		.app_id = app_id,
		.before_us = time_of(req, "before", INT64_MAX),
		.since_us = time_of(req, "since", 0),
		.cause = str_has_text(cause) ? cause : STR("*"),
		.endpoint = str_has_text(endpoint) ? endpoint : STR_NONE,
		.most = most + 1,
	};
	struct log_entry *entries;

	if (context_failed(c, request_log_list(c->store, c->arena, &q, &entries, &n)))
		return;
	reply_list(c, req, rep, entries, n < most ? n : most);
	if (n <= most || rep->status != 200)
		return;
	int64_t last_us = entries[most - 1].at_us;

	github_paging_go_on(c, req, rep, "before",
		str_printf(c->arena, "%lld.%06lld", (long long)(last_us / US),
			(long long)(last_us % US)));
}

void github_app_refusals(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct managed_token m;

	if (find_app(c, req, rep, &m))
		list(c, req, rep, m.client.app_id);
}

void github_admin_refusals(struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (find_admin(c, req, rep))
		list(c, req, rep, 0);
}

/* One request: its refusal, or what else is known of it. */
static void show(struct context *c, struct http_request *req, struct http_reply *rep,
	enum db_status status, const struct log_entry *entries)
{
	struct buf b;

	if (context_failed(c, status))
		return;
	if (status == DB_NONE) {
		github_api_not_found(c, req, rep);
		return;
	}
	buf_init(&b, req->arena, LIMIT_REPLY);
	add_entry(c, req, &b, &entries[0]);
	github_api_reply(req, rep, 200, buf_str(&b));
}

void github_app_refusal(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct managed_token m;
	struct log_entry *entries;
	size_t n;

	if (!find_app(c, req, rep, &m))
		return;
	enum db_status status = explain_request_of_app(
		c->store, c->arena, req->vars[1], m.client.app_id, &entries, &n);

	show(c, req, rep, status, entries);
}

void github_admin_refusal(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct log_entry *entries;
	size_t n;

	if (!find_admin(c, req, rep))
		return;
	enum db_status status =
		explain_request_for_operator(c->store, c->arena, req->vars[0], &entries, &n);

	show(c, req, rep, status, entries);
}

static void add_flow(struct context *c, struct buf *b, const struct sequence *flow)
{
	buf_addf(b, "{\"flow_id\":");
	if (flow->flow_id)
		buf_addf(b, "\"%llu\"", (unsigned long long)flow->flow_id);
	else
		buf_add_c(b, "null");
	buf_addf(b, ",\"refused\":%s,\"went_well\":%s,\"steps\":[",
		flow->refused ? "true" : "false", flow->went_well ? "true" : "false");
	for (size_t i = 0; i < flow->n; i++) {
		if (i)
			buf_add_char(b, ',');
		explanation_json(b, &flow->steps[i].e, c->settings->base_url);
	}
	buf_add_c(b, "]}");
}

void github_app_flows(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct managed_token m;
	struct sequence *flows;
	struct buf b;
	size_t n;

	if (!find_app(c, req, rep, &m))
		return;
	const struct sequence_of of = {c->store, c->arena, lang_of(req), m.client.app_id};

	if (context_failed(c, sequence_list(&of, &flows, &n)))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&b, ',');
		add_flow(c, &b, &flows[i]);
	}
	buf_add_char(&b, ']');
	if (b.overflow)
		c->failed = true;
	else
		github_api_reply(req, rep, 200, buf_str(&b));
}
