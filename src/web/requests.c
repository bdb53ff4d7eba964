/* What the pages of the request log share. */
#include "web/requests.h"

#include "explain/access.h"

enum { HOUR_S = 3600, DAY_HOURS = 24 };

struct requests_of requests_of_app(struct arena *a, int64_t app_id)
{
	return (struct requests_of){
		app_id, str_printf(a, "/settings/applications/%lld/requests", (long long)app_id)};
}

bool requests_of_nobody(struct context *c, struct http_request *req, struct http_reply *rep,
	struct requests_of *out)
{
	*out = (struct requests_of){0, STR("/admin/requests")};
	if (web_account(c)->site_admin)
		return true;
	web_show_error(c, req, rep, 404);
	return false;
}

struct str requests_href(struct arena *a, const struct requests_of *of, struct str request_id)
{
	struct str piece;
	struct buf b;
	char before = '/';

	buf_init(&b, a, 1024);
	buf_add(&b, of->path);
	/* An id as we make them stays readable. */
	while (str_next(&request_id, ':', &piece)) {
		buf_add_char(&b, before);
		buf_add_percent(&b, piece);
		before = ':';
	}
	return buf_str(&b);
}

struct str requests_flow_href(struct arena *a, const struct requests_of *of, uint64_t flow_id)
{
	return str_printf(a, "/settings/applications/%lld/flows/%llu", (long long)of->app_id,
		(unsigned long long)flow_id);
}

struct str requests_href_for(struct context *c, const struct log_entry *entry)
{
	struct requests_of of = {0, STR("/admin/requests")};
	struct app app;
	enum db_status status = DB_NONE;

	if (entry->app_id)
		status = app_by_id(c->store, c->arena, entry->app_id, &app);
	if (context_failed(c, status))
		return STR("");
	if (status == DB_OK && app.owner_id == web_account(c)->id)
		of = requests_of_app(c->arena, app.id);
	return requests_href(c->arena, &of, entry->request_id);
}

bool requests_is_id(struct str request_id)
{
	return request_id.n > 0 && request_id.n <= HTTP_REQUEST_ID_LEN &&
	       str_is_printable(request_id);
}

enum db_status requests_find(
	struct context *c, struct str request_id, struct log_entry **out, size_t *n)
{
	*n = 0;
	if (!web_account(c) || !requests_is_id(request_id))
		return DB_NONE;
	return explain_request_for(c->store, c->arena, request_id, web_account(c), out, n);
}

struct str requests_cause(struct arena *a, enum lang lang, struct str cause)
{
	enum cause known = cause_find(cause);

	return known == CAUSE_NONE ? cause : told_cause(a, lang, known);
}

bool requests_is_notice(struct str cause)
{
	enum cause known = cause_find(cause);

	return known != CAUSE_NONE && cause_wire(known) == WIRE_NOTICE;
}

bool requests_refused_today(struct context *c, int64_t app_id, int64_t *n)
{
	struct refusal_count *counts;
	size_t counts_n;
	int64_t since = store_now(c->store) / HOUR_S - DAY_HOURS + 1;

	*n = 0;
	if (context_failed(
		    c, refusal_count_list(c->store, c->arena, app_id, since, &counts, &counts_n)))
		return false;
	for (size_t i = 0; i < counts_n; i++)
		if (!requests_is_notice(counts[i].cause))
			*n += counts[i].n;
	return true;
}
