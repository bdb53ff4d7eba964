#include "explain/access.h"

/* Who asks: a person, an app, or the operator. */
struct asker {
	const struct account *viewer; /* NULL: not a person */
	int64_t app_id;
	bool all;
};

static bool may_see(
	struct store *s, struct arena *a, const struct log_entry *e, const struct asker *who)
{
	struct app app;

	if (who->all || (who->viewer && who->viewer->site_admin))
		return true;
	if (e->app_id == 0)
		return false;
	if (!who->viewer)
		return e->app_id == who->app_id;
	return app_by_id(s, a, e->app_id, &app) == DB_OK && app.owner_id == who->viewer->id;
}

/* What was refused is what people ask for. */
static void put_refusals_first(struct log_entry *entries, size_t n)
{
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		struct log_entry moved = entries[i];

		if (!str_is_set(moved.cause))
			continue;
		for (size_t k = i; k > to; k--)
			entries[k] = entries[k - 1];
		entries[to++] = moved;
	}
}

static enum db_status find(struct store *s, struct arena *a, struct str request_id,
	const struct asker *who, struct log_entry **out, size_t *n)
{
	size_t all = 0;
	enum db_status status = request_log_by_request(s, a, request_id, out, &all);

	*n = 0;
	for (size_t i = 0; i < all; i++)
		if (may_see(s, a, &(*out)[i], who))
			(*out)[(*n)++] = (*out)[i];
	put_refusals_first(*out, *n);
	return status != DB_OK ? status : *n ? DB_OK : DB_NONE;
}

enum db_status explain_request_for(struct store *s, struct arena *a, struct str request_id,
	const struct account *viewer, struct log_entry **out, size_t *n)
{
	const struct asker who = {.viewer = viewer};

	return find(s, a, request_id, &who, out, n);
}

enum db_status explain_request_of_app(struct store *s, struct arena *a, struct str request_id,
	int64_t app_id, struct log_entry **out, size_t *n)
{
	const struct asker who = {.app_id = app_id};

	return find(s, a, request_id, &who, out, n);
}

enum db_status explain_request_for_operator(
	struct store *s, struct arena *a, struct str request_id, struct log_entry **out, size_t *n)
{
	const struct asker who = {.all = true};

	return find(s, a, request_id, &who, out, n);
}
