#include "web/demo_explain.h"

#include "explain/access.h"
#include "web/page.h"
#include "web/refusal_view.h"

enum { PARTS = 6, ANSWER_AGE_S = 60, ANSWERS = 20, US_PER_S = 1000000 };

/* The ids are those of replies that the demo client received itself, so all of it is its own. */
static size_t refusals_of(struct context *c, const struct demo_flow *f, struct log_entry *out)
{
	const json_t *requests = json_object_get(f->json, "requests");
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(requests); i++) {
		const char *id = json_string_value(json_array_get(requests, i));
		struct log_entry *entries;
		size_t entries_n = 0;

		if (!id || !requests_is_id(str_from(id)))
			continue;
		enum db_status status = explain_request_for_operator(
			c->store, c->arena, str_dup(c->arena, str_from(id)), &entries, &entries_n);

		if (context_failed(c, status))
			return 0;
		for (size_t k = 0; k < entries_n && n < PARTS; k++)
			if (str_is_set(entries[k].cause))
				out[n++] = entries[k];
	}
	return n;
}

/* Its page in the request log, where whoever looks can open it, signed in or about to. */
static struct str log_href(struct context *c, const struct log_entry *entry)
{
	const struct account *viewer = web_account(c);
	struct app app;
	enum db_status status =
		entry->app_id ? app_by_id(c->store, c->arena, entry->app_id, &app) : DB_NONE;

	if (context_failed(c, status))
		return STR("");
	if (viewer && (status != DB_OK || viewer->id != app.owner_id))
		return viewer->site_admin ? requests_href_for(c, entry) : STR("");
	if (status != DB_OK)
		return STR("");
	const struct requests_of of = requests_of_app(c->arena, app.id);

	return requests_href(c->arena, &of, entry->request_id);
}

const struct page_demo_result_part *demo_explain(
	struct context *c, const struct demo_flow *f, size_t *n)
{
	struct log_entry *entries = ARENA_ARRAY(c->arena, struct log_entry, PARTS);
	struct page_demo_result_part *parts =
		ARENA_ARRAY(c->arena, struct page_demo_result_part, PARTS);

	*n = refusals_of(c, f, entries);
	for (size_t i = 0; i < *n; i++) {
		/* A scenario's page has the cause as its heading already. */
		bool named = f->kind == DEMO_SCENARIO &&
			     str_eq_c(entries[i].cause, cause_name(f->cause));
		const struct refusal_view view = {.number = (int64_t)i + 1,
			.brief = true,
			.leads_to_docs = true,
			.title = named ? message(c->visit->lang, MSG_DEMO_WHY) : STR(""),
			.href = log_href(c, &entries[i])};

		parts[i].body = refusal_view(c, &entries[i], &view);
	}
	return parts;
}

bool demo_explain_has(struct context *c, const struct demo_flow *f, enum cause cause)
{
	struct log_entry *entries = ARENA_ARRAY(c->arena, struct log_entry, PARTS);
	size_t n = refusals_of(c, f, entries);

	for (size_t i = 0; i < n; i++)
		if (str_eq_c(entries[i].cause, cause_name(cause)))
			return true;
	return false;
}

/* The error that a client is told for a cause. */
static bool is_told_as(struct str cause, struct str error)
{
	enum cause known = cause_find(cause);

	return known != CAUSE_NONE && str_eq_c(error, wire_row(cause_wire(known))->code);
}

void demo_explain_answer(struct context *c, struct demo_flow *f)
{
	struct str error = demo_flow_get_text(c, f, "error");
	struct log_query q = {.before_us = INT64_MAX,
		.since_us = (store_now(c->store) - ANSWER_AGE_S) * US_PER_S,
		.cause = STR("*"),
		.endpoint = STR("authorize"),
		.most = ANSWERS};
	struct app app;
	struct log_entry *entries;
	size_t n = 0;
	enum db_status status = app_by_client_id(c->store, c->arena,
		f->kind == DEMO_SUSPENDED ? c->settings->demo_app.suspended_client_id
					  : c->settings->demo_app.client_id,
		&app);

	if (status == DB_OK) {
		q.app_id = app.id;
		status = request_log_list(c->store, c->arena, &q, &entries, &n);
	}
	if (context_failed(c, status))
		return;
	for (size_t i = 0; i < n; i++) {
		if (!is_told_as(entries[i].cause, error) ||
			!str_eq(entries[i].address, c->remote) ||
			!str_eq(entries[i].user_agent, c->user_agent))
			continue;
		demo_flow_note(c, f, entries[i].request_id);
		return;
	}
}
