#include "explain/follow.h"

#include <string.h>

enum { LOOK_BACK_US = 5000000 };

void follow_tell(struct follow *f, uint64_t id)
{
	f->told[f->told_n++ % FOLLOW_TOLD] = id;
}

static bool was_told(const struct follow *f, uint64_t id)
{
	for (size_t i = 0; i < FOLLOW_TOLD && i < f->told_n; i++)
		if (f->told[i] == id)
			return true;
	return false;
}

enum db_status follow_next(
	struct follow *f, struct store *s, struct arena *a, struct log_entry **out, size_t *n)
{
	const struct log_query q = {.app_id = f->app_id,
		.before_us = INT64_MAX,
		.since_us = f->since_us,
		.most = FOLLOW_AT_ONCE};
	struct log_entry *newest;
	size_t found;
	enum db_status status = request_log_list(s, a, &q, &newest, &found);

	*n = 0;
	*out = ARENA_ARRAY(a, struct log_entry, FOLLOW_AT_ONCE);
	for (size_t i = found; i > 0 && status == DB_OK; i--) {
		const struct log_entry *e = &newest[i - 1];

		if (was_told(f, e->id))
			continue;
		follow_tell(f, e->id);
		(*out)[(*n)++] = *e;
	}
	if (found && newest[0].at_us - LOOK_BACK_US > f->since_us)
		f->since_us = newest[0].at_us - LOOK_BACK_US;
	return status;
}

/* A request that is under way has its time already, and its entry comes later. */
enum db_status follow_begin(
	struct follow *f, struct store *s, struct arena *a, int64_t app_id, int64_t now_us)
{
	struct log_entry *known;
	size_t n;

	memset(f, 0, sizeof *f);
	f->app_id = app_id;
	f->since_us = now_us - LOOK_BACK_US;
	return follow_next(f, s, a, &known, &n);
}
