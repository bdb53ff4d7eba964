#include "store/logout.h"

enum { LIST_MAX = 1000 }; /* the LIMIT of SESSION_APP_LIST... */

enum db_status session_app_put(
	struct store *s, uint64_t session_id, int64_t app_id, int64_t account_id)
{
	return db_exec(s->db, STMT_SESSION_APP_PUT,
		DB_ARGS(DB_INT(session_id), DB_INT(app_id), DB_INT(account_id)), NULL);
}

struct told {
	int64_t session_id, app_id, account_id;
};

static size_t read_told(struct store *s, enum stmt list, const struct db_value *args, size_t args_n,
	struct told told[LIST_MAX], enum db_status *status)
{
	struct db_rows r;
	size_t n = 0;

	db_query(&r, s->db, list, args, args_n);
	while (n < LIST_MAX && db_next(&r))
		told[n++] = (struct told){db_int(&r, 0), db_int(&r, 1), db_int(&r, 2)};
	db_end(&r);
	*status = r.status;
	return n;
}

enum db_status logout_put(
	struct store *s, enum stmt list, const struct db_value *args, size_t args_n)
{
	struct told told[LIST_MAX];
	enum db_status status;
	size_t n = read_told(s, list, args, args_n, told, &status);

	for (size_t i = 0; i < n && status == DB_OK; i++) {
		uint64_t id;

		status = store_next_id(s, &id);
		if (status == DB_OK)
			status = db_exec(s->db, STMT_LOGOUT_PUT,
				DB_ARGS(DB_INT(id), DB_INT(told[i].app_id),
					DB_INT(told[i].account_id), DB_INT(told[i].session_id),
					DB_INT(store_now(s))),
				NULL);
	}
	return status;
}

enum db_status logout_due(
	struct store *s, struct arena *a, size_t max, struct logout **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct logout, max);
	*n = 0;
	db_query(&r, s->db, STMT_LOGOUT_DUE, DB_ARGS(DB_INT(store_now(s)), DB_INT(max)));
	while (*n < max && db_next(&r))
		(*out)[(*n)++] = (struct logout){.id = (uint64_t)db_int(&r, 0),
			.app_id = db_int(&r, 1),
			.account_id = db_int(&r, 2),
			.session_id = (uint64_t)db_int(&r, 3),
			.created_at = db_int(&r, 4),
			.tries = db_int(&r, 5),
			.client_id = db_str(&r, 6, a),
			.metadata = db_str(&r, 7, a)};
	db_end(&r);
	return r.status;
}

enum db_status logout_try(struct store *s, uint64_t id, int64_t due_at)
{
	return db_exec(s->db, STMT_LOGOUT_TRY, DB_ARGS(DB_INT(id), DB_INT(due_at)), NULL);
}

enum db_status logout_done(struct store *s, uint64_t id)
{
	return db_exec(s->db, STMT_LOGOUT_DONE, DB_ARGS(DB_INT(id)), NULL);
}
