#include "store/request_log.h"

#include "base/limits.h"

enum {
	OF_ONE_MAX = 20, /* entries of a request */
	BATCH = 500,
	COUNTS_MAX = 20000,
	SIZES_MAX = 100,
	HOUR_S = 3600,
	DAY_S = 86400
};

enum db_status request_log_add(struct store *s, const struct log_entry *e)
{
	uint64_t id;
	enum db_status status = store_next_id(s, &id);

	if (status != DB_OK)
		return status;
	return db_exec(s->db, STMT_LOG_INSERT,
		DB_ARGS(DB_INT(id), db_text(e->request_id), DB_INT(e->at_us), DB_INT(e->app_id),
			DB_INT(e->proven), db_text(e->endpoint), db_text(e->cause),
			db_time((int64_t)e->flow_id), db_text(e->address), db_text(e->user_agent),
			db_text(e->detail)),
		NULL);
}

static void read_entry(const struct db_rows *r, struct arena *a, bool brief, struct log_entry *out)
{
	const struct str none = STR("");

	*out = (struct log_entry){
		.id = (uint64_t)db_int(r, 0),
		.request_id = db_str(r, 1, a),
		.at_us = db_int(r, 2),
		.app_id = db_int(r, 3),
		.proven = db_int(r, 4) != 0,
		.endpoint = db_str(r, 5, a),
		.cause = db_str(r, 6, a),
		.flow_id = (uint64_t)db_int(r, 7),
		.address = brief ? none : db_str(r, 8, a),
		.user_agent = brief ? none : db_str(r, 9, a),
		.detail = brief ? none : db_str(r, 10, a),
	};
}

static enum db_status read_all(struct store *s, struct arena *a, enum stmt stmt,
	struct db_value key, size_t most, struct log_entry **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct log_entry, most);
	*n = 0;
	db_query(&r, s->db, stmt, DB_ARGS(key, DB_INT(most)));
	while (*n < most && db_next(&r))
		read_entry(&r, a, false, &(*out)[(*n)++]);
	db_end(&r);
	return r.status != DB_OK ? r.status : *n ? DB_OK : DB_NONE;
}

enum db_status request_log_by_request(
	struct store *s, struct arena *a, struct str request_id, struct log_entry **out, size_t *n)
{
	return read_all(s, a, STMT_LOG_BY_REQUEST, db_text(request_id), OF_ONE_MAX, out, n);
}

enum db_status request_log_by_flow(struct store *s, struct arena *a, uint64_t flow_id, size_t most,
	struct log_entry **out, size_t *n)
{
	enum db_status status = read_all(s, a, STMT_LOG_OF_FLOW, DB_INT(flow_id), most, out, n);

	/* The statement gives the newest first, so that the end is never missing. */
	for (size_t i = 0; i < *n / 2; i++) {
		struct log_entry swapped = (*out)[i];

		(*out)[i] = (*out)[*n - 1 - i];
		(*out)[*n - 1 - i] = swapped;
	}
	return status;
}

static bool is_cause_wanted(const struct log_query *q, struct str cause)
{
	if (!str_is_set(q->cause))
		return true;
	if (q->cause.n == 0)
		return !str_is_set(cause);
	return str_eq_c(q->cause, "*") ? str_is_set(cause) : str_eq(q->cause, cause);
}

/* Of a row that is passed over, nothing but two short names is copied: a window of thousands of
 * entries, searched for one cause, has to fit in a request's arena. */
static bool is_wanted(const struct log_query *q, const struct db_rows *r, struct arena *a)
{
	if (str_is_set(q->endpoint) && !str_eq(q->endpoint, db_str(r, 5, a)))
		return false;
	return !str_is_set(q->cause) || is_cause_wanted(q, db_str(r, 6, a));
}

/* One half of the app's entries: those that showed something of the app, or the others. */
static enum db_status list_half(struct store *s, struct arena *a, const struct log_query *q,
	bool proven, struct log_entry *out, size_t *n)
{
	struct db_rows r;
	int64_t before = q->before_us, before_id = 0; /* of several at one moment */
	size_t read;

	*n = 0;
	do {
		read = 0;
		db_query(&r, s->db, STMT_LOG_OF_APP,
			DB_ARGS(DB_INT(q->app_id), DB_INT(proven), DB_INT(before),
				DB_INT(before_id), DB_INT(q->since_us), DB_INT(BATCH)));
		while (*n < q->most && db_next(&r)) {
			before = db_int(&r, 2);
			before_id = db_int(&r, 0);
			read++;
			if (is_wanted(q, &r, a))
				read_entry(&r, a, q->brief, &out[(*n)++]);
		}
		db_end(&r);
	} while (r.status == DB_OK && read == BATCH && *n < q->most);
	return r.status;
}

enum db_status request_log_list(struct store *s, struct arena *a, const struct log_query *q,
	struct log_entry **out, size_t *n)
{
	struct log_entry *halves[2];
	size_t have[2], at[2] = {0, 0};

	*n = 0;
	*out = ARENA_ARRAY(a, struct log_entry, q->most);
	for (int i = 0; i < 2; i++) {
		halves[i] = ARENA_ARRAY(a, struct log_entry, q->most + 1);
		enum db_status status = list_half(s, a, q, i == 1, halves[i], &have[i]);

		if (status != DB_OK)
			return status;
	}
	while (*n < q->most && (at[0] < have[0] || at[1] < have[1])) {
		bool second = at[0] == have[0] ||
			      (at[1] < have[1] && halves[1][at[1]].at_us > halves[0][at[0]].at_us);

		(*out)[(*n)++] = halves[second][at[second]++];
	}
	return DB_OK;
}

enum db_status refusal_count_add(
	struct store *s, int64_t app_id, int64_t hour, struct str cause, int64_t n)
{
	return db_exec(s->db, STMT_REFUSAL_COUNT_ADD,
		DB_ARGS(DB_INT(app_id), DB_INT(hour), db_text(cause), DB_INT(n)), NULL);
}

enum db_status refusal_count_list(struct store *s, struct arena *a, int64_t app_id,
	int64_t since_hour, struct refusal_count **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct refusal_count, COUNTS_MAX);
	*n = 0;
	db_query(&r, s->db, STMT_REFUSAL_COUNT_LIST,
		DB_ARGS(DB_INT(app_id), DB_INT(since_hour), DB_INT(COUNTS_MAX)));
	while (*n < COUNTS_MAX && db_next(&r))
		(*out)[(*n)++] =
			(struct refusal_count){db_int(&r, 0), db_str(&r, 1, a), db_int(&r, 2)};
	db_end(&r);
	return r.status;
}

struct size {
	int64_t app_id, proven, rows;
};

/* Deletes with a statement whose last argument is how many; notes when there may be more. */
static enum db_status delete_some(struct store *s, enum stmt stmt, const struct db_value *args,
	size_t n, size_t batch, bool *more)
{
	size_t deleted;
	enum db_status status = db_exec(s->db, stmt, args, n, &deleted);

	*more |= deleted == batch;
	return status;
}

static int64_t at_most(int64_t n, size_t batch)
{
	return n < (int64_t)batch ? n : (int64_t)batch;
}

/* Each app's window is bounded, and that of requests of no app. */
static enum db_status trim_apps(struct store *s, size_t batch, bool *more)
{
	struct size sizes[SIZES_MAX];
	struct db_rows r;
	size_t n = 0;

	db_query(&r, s->db, STMT_LOG_SIZES, DB_ARGS(DB_INT(LIMIT_LOG_PER_APP), DB_INT(SIZES_MAX)));
	while (n < SIZES_MAX && db_next(&r))
		sizes[n++] = (struct size){db_int(&r, 0), db_int(&r, 1), db_int(&r, 2)};
	db_end(&r);
	enum db_status status = r.status;

	*more |= n == SIZES_MAX;
	for (size_t i = 0; i < n && status == DB_OK; i++) {
		int64_t most = sizes[i].app_id ? LIMIT_LOG_PER_APP : LIMIT_LOG_ANONYMOUS;
		int64_t over = sizes[i].rows - most;

		if (over > 0)
			status = delete_some(s, STMT_LOG_TRIM,
				DB_ARGS(DB_INT(sizes[i].app_id), DB_INT(sizes[i].proven),
					DB_INT(at_most(over, batch))),
				batch, more);
	}
	return status;
}

static enum db_status trim_all(struct store *s, size_t batch, bool *more)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_LOG_COUNT, NULL, 0);
	int64_t over = db_next(&r) ? db_int(&r, 0) - LIMIT_LOG_ROWS : 0;

	db_end(&r);
	if (r.status != DB_OK || over <= 0)
		return r.status;
	return delete_some(
		s, STMT_LOG_PURGE_OLDEST, DB_ARGS(DB_INT(at_most(over, batch))), batch, more);
}

enum db_status request_log_purge(struct store *s, int64_t days, size_t batch, bool *more)
{
	int64_t oldest = store_now(s) - days * DAY_S;

	*more = false;
	enum db_status status = delete_some(
		s, STMT_LOG_PURGE, DB_ARGS(DB_INT(oldest * 1000000), DB_INT(batch)), batch, more);

	if (status == DB_OK)
		status = db_exec(
			s->db, STMT_REFUSAL_COUNT_PURGE, DB_ARGS(DB_INT(oldest / HOUR_S)), NULL);
	if (status == DB_OK)
		status = trim_apps(s, batch, more);
	return status == DB_OK ? trim_all(s, batch, more) : status;
}
