#include "store/sandbox.h"

#include "base/limits.h"

enum db_status sandbox_put(
	struct store *s, const struct sandbox *sandbox, const int64_t *account_ids, size_t n)
{
	enum db_status status = db_exec(s->db, STMT_SANDBOX_INSERT,
		DB_ARGS(db_text(sandbox->id), db_text(sandbox->name), DB_INT(sandbox->app_id),
			DB_INT(store_now(s)), DB_INT(sandbox->expires_at)),
		NULL);

	for (size_t i = 0; i < n && status == DB_OK; i++)
		status = db_exec(s->db, STMT_SANDBOX_USER_INSERT,
			DB_ARGS(db_text(sandbox->id), DB_INT(account_ids[i])), NULL);
	return status;
}

static void from_row(const struct db_rows *r, struct arena *a, struct sandbox *out)
{
	*out = (struct sandbox){
		.id = db_str(r, 0, a),
		.name = db_str(r, 1, a),
		.app_id = db_int(r, 2),
		.client_id = db_str(r, 3, a),
		.created_at = db_int(r, 4),
		.expires_at = db_int(r, 5),
		.users = db_int(r, 6),
	};
}

enum db_status sandbox_read(struct store *s, struct arena *a, struct str id, struct sandbox *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_SANDBOX_READ, DB_ARGS(db_text(id)));
	bool found = db_next(&r);

	if (found)
		from_row(&r, a, out);
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

static enum db_status read_list(struct store *s, struct arena *a, enum stmt stmt, int64_t now,
	size_t max, struct sandbox **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct sandbox, max);
	*n = 0;
	db_query(&r, s->db, stmt, DB_ARGS(DB_INT(now), DB_INT(max)));
	while (*n < max && db_next(&r))
		from_row(&r, a, &(*out)[(*n)++]);
	db_end(&r);
	return r.status;
}

enum db_status sandbox_list(
	struct store *s, struct arena *a, size_t max, struct sandbox **out, size_t *n)
{
	return read_list(s, a, STMT_SANDBOX_LIST, store_now(s), max, out, n);
}

enum db_status sandbox_list_due(
	struct store *s, struct arena *a, int64_t now, size_t max, struct sandbox **out, size_t *n)
{
	return read_list(s, a, STMT_SANDBOX_LIST_DUE, now, max, out, n);
}

enum db_status sandbox_count(struct store *s, int64_t max, int64_t *n)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_SANDBOX_COUNT, DB_ARGS(DB_INT(store_now(s)), DB_INT(max)));
	*n = db_next(&r) ? db_int(&r, 0) : 0;
	db_end(&r);
	return r.status;
}

enum db_status sandbox_soonest(struct store *s, int64_t *expires_at)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_SANDBOX_SOONEST, NULL, 0);
	*expires_at = db_next(&r) ? db_int(&r, 0) : 0;
	db_end(&r);
	if (*expires_at == 0)
		*expires_at = INT64_MAX;
	return r.status;
}

static enum db_status delete_users(struct store *s, struct arena *a, struct str id)
{
	int64_t users[LIMIT_SANDBOX_USERS];
	struct db_rows r;
	size_t n = 0;

	db_query(&r, s->db, STMT_SANDBOX_USER_LIST, DB_ARGS(db_text(id)));
	while (n < LIMIT_SANDBOX_USERS && db_next(&r))
		users[n++] = db_int(&r, 0);
	db_end(&r);
	for (size_t i = 0; i < n && r.status == DB_OK; i++)
		r.status = account_delete(s, a, users[i]);
	return r.status;
}

enum db_status sandbox_delete(struct store *s, struct arena *a, const struct sandbox *sandbox)
{
	/* First the app: it may belong to somebody else by now. */
	enum db_status status = app_delete(s, sandbox->app_id);

	if (status == DB_OK)
		status = delete_users(s, a, sandbox->id);
	if (status == DB_OK)
		status = db_exec(
			s->db, STMT_SANDBOX_USER_DELETE_ALL, DB_ARGS(db_text(sandbox->id)), NULL);
	if (status == DB_OK)
		status = db_exec(s->db, STMT_SANDBOX_DELETE, DB_ARGS(db_text(sandbox->id)), NULL);
	return status;
}
