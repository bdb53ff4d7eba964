/* The page of one request: for the owner of its app, and for administrators. */
#include "explain/access.h"
#include "web/own_app.h"
#include "web/refusal_view.h"
#include "web/requests_flow.h"

/* The flow that the request belongs to, or what was different the last time that such a request
 * went well; when that says more than the request itself. */
static void add_flow(struct context *c, const struct requests_of *of, const struct log_entry *entry,
	struct refusal_view *view)
{
	const struct sequence_of sequences = {c->store, c->arena, c->visit->lang, of->app_id};
	struct sequence flow;
	enum db_status status = sequence_of_entry(&sequences, entry, &flow);

	if (context_failed(c, status) || status == DB_NONE ||
		(flow.n < 2 && !flow.steps[0].differences_n))
		return;
	view->alone = flow.n < 2;
	view->diagram = requests_diagram(c, of, &flow, entry->request_id);
	if (flow.flow_id)
		view->flow_href = requests_flow_href(c->arena, of, flow.flow_id);
}

/* The flow stands with the first part, which is what was refused. */
static const struct page_app_request_part *parts_of(
	struct context *c, const struct requests_of *of, const struct log_entry *entries, size_t n)
{
	struct page_app_request_part *parts =
		ARENA_ARRAY(c->arena, struct page_app_request_part, n);

	for (size_t i = 0; i < n; i++) {
		struct refusal_view view = {
			.of = of, .number = (int64_t)i + 1, .href = STR(""), .flow_href = STR("")};

		if (i == 0 && of->app_id)
			add_flow(c, of, &entries[i], &view);
		parts[i].body = refusal_view(c, &entries[i], &view);
	}
	return parts;
}

void app_request_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct log_entry *entries;
	size_t n;
	enum db_status status = DB_NONE;

	if (!own_app(c, req, rep, &app))
		return;
	const struct requests_of of = requests_of_app(c->arena, app.id);

	if (requests_is_id(req->vars[1]))
		status = explain_request_of_app(
			c->store, c->arena, req->vars[1], app.id, &entries, &n);
	if (context_failed(c, status))
		return;
	if (status == DB_NONE) {
		web_show_error(c, req, rep, 404);
		return;
	}
	struct page_app_request page = {
		.id = app.id,
		.name = app.name,
		.list_href = of.path,
		.request_id = req->vars[1],
		.parts = parts_of(c, &of, entries, n),
		.parts_n = n,
	};

	if (c->failed)
		return;
	page.layout = web_layout(c, req, rep);
	WEB_SHOW(c, rep, 200, app_request, &page);
}

void admin_request_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct requests_of of;
	struct log_entry *entries;
	struct app app = {.name = STR(""), .owner_login = STR("")};
	size_t n;

	if (!requests_of_nobody(c, req, rep, &of))
		return;
	enum db_status status = requests_find(c, req->vars[0], &entries, &n);

	if (status == DB_OK && entries[0].app_id &&
		context_failed(c, app_by_id(c->store, c->arena, entries[0].app_id, &app)))
		return;
	if (context_failed(c, status))
		return;
	if (status == DB_NONE) {
		web_show_error(c, req, rep, 404);
		return;
	}
	const struct page_admin_request page = {
		.layout = web_layout(c, req, rep),
		.request_id = req->vars[0],
		.app_name = app.name,
		.app_owner = app.id ? web_owner_of(c, &app) : STR(""),
		.parts = parts_of(c, &of, entries, n),
		.parts_n = n,
	};

	WEB_SHOW(c, rep, 200, admin_request, &page);
}
