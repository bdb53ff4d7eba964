#include "store/upkeep.h"

enum {
	CODE_KEPT_S = 86400,
	SEEN_KEPT_S = LIMIT_SEEN_LONGER, /* a clock that is set back must not make it good again */
	FAMILY_KEPT_S = 30 * 86400,
	LOGOUT_KEPT_S = 86400,
	PUSHED_KEPT_S = 3600,
}; /* how long what is over can be explained */

/* Throttled subjects are personal data: only a keyed hash of them is stored. */
static int64_t throttle_key(const struct store *s, struct str subject)
{
	return (int64_t)(keyed_hash64(s->form_key, subject) >> 1);
}

enum db_status throttle_read(
	struct store *s, struct str subject, int64_t window_s, int64_t *failures, int64_t *left_s)
{
	struct db_rows r;
	int64_t now = store_now(s);

	*failures = *left_s = 0;
	db_query(&r, s->db, STMT_THROTTLE_READ, DB_ARGS(DB_INT(throttle_key(s, subject))));
	/* A window that ends later than one from now was begun before the clock was set back. */
	if (db_next(&r) && db_int(&r, 1) > now && db_int(&r, 1) <= now + window_s) {
		*failures = db_int(&r, 0);
		*left_s = db_int(&r, 1) - now;
	}
	db_end(&r);
	return r.status;
}

enum db_status throttle_count(
	struct store *s, struct str subject, int64_t window_s, int64_t *failures)
{
	struct db_rows r;
	int64_t now = store_now(s);

	db_query(&r, s->db, STMT_THROTTLE_COUNT,
		DB_ARGS(DB_INT(throttle_key(s, subject)), DB_INT(now), DB_INT(now + window_s)));
	*failures = db_next(&r) ? db_int(&r, 0) : 0;
	db_end(&r);
	return r.status;
}

enum db_status throttle_clear(struct store *s, struct str subject)
{
	return db_exec(s->db, STMT_THROTTLE_CLEAR, DB_ARGS(DB_INT(throttle_key(s, subject))), NULL);
}

enum db_status throttle_clear_all(struct store *s)
{
	return db_exec(s->db, STMT_THROTTLE_CLEAR_ALL, DB_ARGS(DB_INT(store_now(s))), NULL);
}

enum db_status demo_flow_put(struct store *s, struct str id, struct str state, int64_t lifetime_s)
{
	return db_exec(s->db, STMT_DEMO_FLOW_PUT,
		DB_ARGS(db_text(id), db_text(state), DB_INT(store_now(s) + lifetime_s)), NULL);
}

enum db_status demo_flow_get(struct store *s, struct arena *a, struct str id, struct str *state)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_DEMO_FLOW_GET, DB_ARGS(db_text(id), DB_INT(store_now(s))));
	bool found = db_next(&r);

	if (found)
		*state = db_str(&r, 0, a);
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status store_purge_codes(struct store *s, size_t batch, bool *more)
{
	size_t deleted;
	enum db_status status = db_exec(s->db, STMT_CODE_PURGE,
		DB_ARGS(DB_INT(store_now(s) - CODE_KEPT_S), DB_INT(batch)), &deleted);

	*more = deleted == batch;
	return status;
}

static enum db_status find_last_session(struct store *s, int64_t after, size_t batch, int64_t *last)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_SESSION_PURGE_LAST, DB_ARGS(DB_INT(after), DB_INT(batch)));
	*last = db_next(&r) ? db_int(&r, 0) : 0;
	db_end(&r);
	return r.status;
}

enum db_status store_purge_sessions(struct store *s, int64_t idle_s, size_t batch, int64_t *after)
{
	int64_t last, now = store_now(s);
	enum db_status status = find_last_session(s, *after, batch, &last);

	if (status == DB_OK && last) {
		const struct db_value args[] = {
			DB_INT(*after), DB_INT(last), DB_INT(now), DB_INT(now - idle_s)};

		status = db_exec(s->db, STMT_SESSION_APP_PURGE, args, 4, NULL);
		if (status == DB_OK)
			status = db_exec(s->db, STMT_SESSION_PURGE, args, 4, NULL);
	}
	if (status == DB_OK)
		*after = last;
	return status;
}

enum db_status store_purge(struct store *s, size_t batch)
{
	int64_t now = store_now(s);
	enum db_status status = db_exec(
		s->db, STMT_DEVICE_PURGE, DB_ARGS(DB_INT(now - CODE_KEPT_S), DB_INT(batch)), NULL);

	if (status == DB_OK)
		status = db_exec(s->db, STMT_FAMILY_PURGE,
			DB_ARGS(DB_INT(now - FAMILY_KEPT_S), DB_INT(batch)), NULL);
	/* of apps that are gone: others are told sooner */
	if (status == DB_OK)
		status = db_exec(s->db, STMT_LOGOUT_PURGE,
			DB_ARGS(DB_INT(now - LOGOUT_KEPT_S), DB_INT(batch)), NULL);
	if (status == DB_OK)
		status = db_exec(
			s->db, STMT_THROTTLE_PURGE, DB_ARGS(DB_INT(now), DB_INT(batch)), NULL);
	if (status == DB_OK)
		status = db_exec(
			s->db, STMT_DEMO_FLOW_PURGE, DB_ARGS(DB_INT(now), DB_INT(batch)), NULL);
	if (status == DB_OK)
		status = db_exec(s->db, STMT_SEEN_ONCE_PURGE,
			DB_ARGS(DB_INT(now - SEEN_KEPT_S), DB_INT(batch)), NULL);
	if (status == DB_OK)
		status = db_exec(s->db, STMT_PUSHED_PURGE,
			DB_ARGS(DB_INT(now - PUSHED_KEPT_S), DB_INT(batch)), NULL);
	return status;
}
