/* What is new in a request log, while somebody looks at it: server-sent events. */
#include "explain/follow.h"
#include "web/own_app.h"
#include "web/requests.h"

#define US_PER_S 1000000

struct watch {
	struct str cookie; /* of the session that has to go on */
	int64_t account_id;
	struct follow follow;
};

/* Still signed in, and still allowed to read this log. */
static bool may_go_on(struct context *c, const struct watch *w)
{
	struct session session;
	struct account account;
	struct app app;
	enum db_status status = session_read(
		c->store, c->arena, w->cookie, c->settings->session_idle_s, &session, &account);

	if (context_failed(c, status) || status == DB_NONE || account.suspended_at ||
		account.id != w->account_id)
		return false;
	if (!w->follow.app_id)
		return account.site_admin;
	status = app_by_id(c->store, c->arena, w->follow.app_id, &app);
	return !context_failed(c, status) && status == DB_OK && app.owner_id == account.id;
}

static void tell(struct buf *out, const struct log_entry *e)
{
	buf_add_c(out, "event: entry\ndata: {\"request\":");
	buf_add_json(out, e->request_id);
	buf_addf(out, ",\"at\":%lld,\"cause\":", (long long)(e->at_us / US_PER_S));
	if (str_is_set(e->cause))
		buf_add_json(out, e->cause);
	else
		buf_add_c(out, "null");
	buf_add_c(out, "}\n\n");
}

/* The first look tells nothing but that from now on everything is told. */
static bool look(struct context *c, void *arg, struct buf *out)
{
	struct watch *w = arg;
	struct log_entry *entries;
	bool began = w->follow.began;
	size_t n;

	if (!may_go_on(c, w) ||
		context_failed(c, follow_next(&w->follow, c->store, c->arena, &entries, &n)))
		return false;
	if (!began)
		buf_add_c(out, "event: ready\ndata: {}\n\n");
	for (size_t i = 0; i < n; i++)
		tell(out, &entries[i]);
	return true;
}

static void watch(
	struct context *c, struct http_request *req, struct http_reply *rep, int64_t app_id)
{
	struct watch *w = ARENA_NEW(c->arena, struct watch);

	w->cookie = c->visit->session_cookie;
	w->account_id = web_account(c)->id;
	w->follow.app_id = app_id;
	w->follow.all = str_eq_c(params_get(&req->query, "show"), "all");
	http_event_stream(rep, look, w);
}

void app_requests_events(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;

	if (own_app(c, req, rep, &app))
		watch(c, req, rep, app.id);
}

void admin_requests_events(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct requests_of of;

	if (requests_of_nobody(c, req, rep, &of))
		watch(c, req, rep, 0);
}
