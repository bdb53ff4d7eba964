/* The list: a chart, filters, and a page of entries or the newest flows. */
#include "base/limits.h"
#include "explain/access.h"
#include "explain/sequence.h"
#include "web/own_app.h"
#include "web/requests_chart.h"
#include "web/requests_flow.h"

#define US_PER_S 1000000

struct list {
	const struct requests_of *of;
	struct requests_filter filter;
	struct page_requests_list page;
};

static struct page_requests_list_row row_of(
	struct context *c, const struct requests_of *of, const struct log_entry *e)
{
	enum lang lang = c->visit->lang;
	bool good = !str_is_set(e->cause);
	enum cause cause = good ? CAUSE_NONE : cause_find(e->cause);
	bool notice = cause != CAUSE_NONE && cause_wire(cause) == WIRE_NOTICE;

	return (struct page_requests_list_row){
		.title = good ? message(lang, MSG_REQUESTS_WENT_WELL)
			      : requests_cause(c->arena, lang, e->cause),
		.href = requests_href(c->arena, of, e->request_id),
		.code = told_error(c->arena, e),
		.good = good,
		.notice = notice,
		.endpoint = told_endpoint(c->arena, lang, e->endpoint),
		.address = e->address,
		.id = e->request_id,
		.unproven = of->app_id && !e->proven,
		.at = e->at_us / US_PER_S,
		.age = web_age(c, e->at_us / US_PER_S),
	};
}

/* One more than a page holds tells that there is another page. */
static bool list_entries(struct context *c, struct list *l)
{
	struct log_entry *entries;
	size_t n;
	const struct log_query q = requests_filter_query(c, l->of, &l->filter);

	if (context_failed(c, request_log_list(c->store, c->arena, &q, &entries, &n)))
		return false;
	size_t shown = n > LIMIT_LOG_PAGE ? LIMIT_LOG_PAGE : n;
	struct page_requests_list_row *rows =
		ARENA_ARRAY(c->arena, struct page_requests_list_row, shown + 1);

	for (size_t i = 0; i < shown; i++) {
		rows[i] = row_of(c, l->of, &entries[i]);
		l->page.any_unproven |= rows[i].unproven;
	}
	l->page.rows = rows;
	l->page.rows_n = shown;
	if (n > shown) {
		struct requests_filter older = l->filter;

		older.before_us = entries[shown - 1].at_us;
		l->page.older_href = requests_filter_href(c->arena, l->of, &older);
	}
	return true;
}

/* The page names its choices before its rows: the counts of a cause are of all its endpoints. */
static bool list_requests(struct context *c, struct list *l)
{
	struct requests_chart chart;
	struct page_requests_list *page = &l->page;

	if (!requests_chart_make(c, l->of, &l->filter, &chart) || !list_entries(c, l))
		return false;
	page->chart = chart.html;
	page->causes = chart.causes;
	page->causes_n = chart.causes_n;
	page->endpoints =
		requests_endpoint_choices(c->arena, c->visit->lang, &l->filter, &page->endpoints_n);
	page->days = requests_days_choices(c, &l->filter, &page->days_n);
	return true;
}

static bool list_flows(struct context *c, struct list *l)
{
	return requests_flow_rows(c, l->of, &l->page.flow_rows, &l->page.flow_rows_n);
}

/* The addresses of this list's variants. */
static void link_up(struct context *c, struct list *l)
{
	struct page_requests_list *page = &l->page;
	const struct requests_filter open = {STR(""), STR(""), l->filter.days, false, false, 0};
	struct requests_filter other = l->filter;
	bool all = l->filter.all || l->filter.flows;

	page->path = l->of->path;
	page->all_href = requests_filter_href(c->arena, l->of, &open);
	page->refresh_href = requests_filter_href(c->arena, l->of, &l->filter);
	page->events_href =
		str_printf(c->arena, "%.*s/events%s", STR_ARG(l->of->path), all ? "?show=all" : "");
	other.before_us = 0;
	if (l->filter.before_us)
		page->newer_href = requests_filter_href(c->arena, l->of, &other);
	other.flows = false;
	page->requests_href = requests_filter_href(c->arena, l->of, &other);
	other.flows = true;
	if (l->of->app_id)
		page->flows_href = requests_filter_href(c->arena, l->of, &other);
}

/* Renders the list. False when the store failed. */
static bool render(struct context *c, const struct http_request *req, const struct requests_of *of,
	struct html *out)
{
	struct list l = {.of = of};
	struct buf b = web_buf(c);

	requests_filter_read(&req->query, &l.filter);
	if (!of->app_id)
		l.filter.flows = l.filter.all = false;
	if (l.filter.flows ? !list_flows(c, &l) : !list_requests(c, &l))
		return false;
	link_up(c, &l);
	l.page.flows = l.filter.flows;
	l.page.all = l.filter.all;
	l.page.narrowed = !l.filter.flows && !requests_filter_is_open(&l.filter);
	l.page.empty = true;
	l.page.nobody = of->app_id == 0;
	l.page.demo = c->settings->demo;
	page_requests_list(&b, c->visit->lang, &l.page);
	*out = (struct html){buf_str(&b)};
	return true;
}

void app_requests_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct html list;

	if (!own_app(c, req, rep, &app))
		return;
	const struct requests_of of = requests_of_app(c->arena, app.id);

	if (!render(c, req, &of, &list))
		return;
	c->visit->connects = true;
	const struct page_app_requests page = {
		.layout = web_layout(c, req, rep), .id = app.id, .name = app.name, .list = list};

	WEB_SHOW(c, rep, 200, app_requests, &page);
}

void admin_requests_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct requests_of of;
	struct html list;
	struct str wanted = str_trim(params_get(&req->query, "request"));

	if (!requests_of_nobody(c, req, rep, &of))
		return;
	if (wanted.n) {
		struct log_entry *entries;
		size_t n;
		enum db_status status = requests_find(c, wanted, &entries, &n);

		if (context_failed(c, status))
			return;
		if (status == DB_OK) {
			web_go(c, req, rep, requests_href(c->arena, &of, wanted), MSG_NONE);
			return;
		}
	}
	if (!render(c, req, &of, &list))
		return;
	c->visit->connects = true;
	const struct page_admin_requests page = {
		.layout = web_layout(c, req, rep), .list = list, .request_id = wanted};

	WEB_SHOW(c, rep, wanted.n ? 404 : 200, admin_requests, &page);
}
