#include "explain/follow.h"

enum { US = 1000000 };

static bool is_known(const struct follow *f, uint64_t id)
{
	for (size_t i = 0; i < f->known_n; i++)
		if (f->known[i] == id)
			return true;
	return false;
}

enum db_status follow_next(
	struct follow *f, struct store *s, struct arena *a, struct log_entry **out, size_t *n)
{
	const struct log_query q = {
		.app_id = f->app_id,
		.before_us = INT64_MAX,
		.since_us = (store_now(s) - LIMIT_LOG_EVENTS_BACK) * US,
		.cause = f->all ? STR_NONE : STR("*"),
		.most = LIMIT_LOG_EVENTS,
	};
	struct log_entry *newest;
	size_t found;
	enum db_status status = request_log_list(s, a, &q, &newest, &found);

	*n = 0;
	if (status != DB_OK)
		return status;
	*out = ARENA_ARRAY(a, struct log_entry, found + 1);
	for (size_t i = found; f->began && i-- > 0;)
		if (!is_known(f, newest[i].id))
			(*out)[(*n)++] = newest[i];
	/* What is not among the newest any more does not come back. */
	for (size_t i = 0; i < found; i++)
		f->known[i] = newest[i].id;
	f->known_n = found;
	f->began = true;
	return DB_OK;
}
