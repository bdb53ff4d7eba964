#include "store/grant.h"

#include "store/rows.h"

enum { GRANTS_LISTED = 200 };

static enum db_status read_live(
	struct store *s, struct arena *a, int64_t account_id, int64_t app_id, struct grant *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_GRANT_LIVE, DB_ARGS(DB_INT(account_id), DB_INT(app_id)));
	bool found = db_next(&r);

	if (found)
		*out = (struct grant){(uint64_t)db_int(&r, 0), db_int(&r, 1), db_str(&r, 2, a),
			db_int(&r, 3), db_int(&r, 4), db_str(&r, 5, a)};
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status grant_read(struct store *s, struct arena *a, int64_t account_id,
	const struct app *app, struct grant *out)
{
	enum db_status status = read_live(s, a, account_id, app->id, out);

	return status == DB_OK && out->app_epoch != app->epoch ? DB_NONE : status;
}

static enum db_status insert(struct store *s, int64_t account_id, const struct app *app,
	struct str scopes, struct grant *out)
{
	enum db_status status = store_next_id(s, &out->id);

	if (status != DB_OK)
		return status;
	out->app_epoch = app->epoch;
	out->scopes = scopes;
	out->details = STR_NONE;
	out->created_at = out->updated_at = store_now(s);
	return db_exec(s->db, STMT_GRANT_INSERT,
		DB_ARGS(DB_INT(out->id), DB_INT(account_id), DB_INT(app->id), DB_INT(app->epoch),
			db_text(scopes), DB_INT(out->created_at)),
		NULL);
}

enum db_status grant_put(struct store *s, struct arena *a, int64_t account_id,
	const struct app *app, struct str scopes, struct grant *out, bool *created)
{
	enum db_status status = read_live(s, a, account_id, app->id, out);

	*created = false;
	/* One that died with "revoke all user tokens" stays dead: its tokens point at it. */
	if (status == DB_OK && out->app_epoch != app->epoch) {
		status = grant_revoke(s, account_id, app->id, "owner");
		if (status == DB_OK)
			status = DB_NONE;
	}
	if (status == DB_NONE) {
		*created = true;
		return insert(s, account_id, app, scopes, out);
	}
	if (status != DB_OK || str_eq(out->scopes, scopes))
		return status;
	out->scopes = scopes;
	return db_exec(s->db, STMT_GRANT_SET_SCOPES,
		DB_ARGS(DB_INT(out->id), db_text(scopes), DB_INT(store_now(s))), NULL);
}

enum db_status grant_confirm(struct store *s, const struct grant *g)
{
	return db_exec(s->db, STMT_GRANT_SET_SCOPES,
		DB_ARGS(DB_INT(g->id), db_text(g->scopes), DB_INT(store_now(s))), NULL);
}

enum db_status grant_set_details(struct store *s, const struct grant *g, struct str details)
{
	return db_exec(s->db, STMT_GRANT_SET_DETAILS,
		DB_ARGS(DB_INT(g->id), db_text(details), DB_INT(store_now(s))), NULL);
}

enum db_status grant_revoke(struct store *s, int64_t account_id, int64_t app_id, const char *by)
{
	size_t revoked;
	enum db_status status = db_exec(s->db, STMT_GRANT_REVOKE,
		DB_ARGS(DB_INT(account_id), DB_INT(app_id), DB_INT(store_now(s)),
			db_text(str_from(by))),
		&revoked);

	return status != DB_OK ? status : revoked ? DB_OK : DB_NONE;
}

enum db_status grant_revoke_all(struct store *s, int64_t account_id, const char *by)
{
	return db_exec(s->db, STMT_GRANT_REVOKE_ALL,
		DB_ARGS(DB_INT(account_id), DB_INT(store_now(s)), db_text(str_from(by))), NULL);
}

enum db_status grant_list(
	struct store *s, struct arena *a, int64_t account_id, struct granted_app **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct granted_app, GRANTS_LISTED);
	*n = 0;
	db_query(&r, s->db, STMT_GRANT_LIST, DB_ARGS(DB_INT(account_id), DB_INT(GRANTS_LISTED)));
	while (*n < GRANTS_LISTED && db_next(&r)) {
		struct granted_app *g = &(*out)[(*n)++];

		g->scopes = db_str(&r, 0, a);
		g->created_at = db_int(&r, 1);
		g->updated_at = db_int(&r, 2);
		app_from_row(&r, 3, a, &g->app);
	}
	db_end(&r);
	return r.status;
}

enum db_status grant_count(struct store *s, const struct app *app, int64_t max, int64_t *n)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_GRANT_COUNT,
		DB_ARGS(DB_INT(app->id), DB_INT(app->epoch), DB_INT(max)));
	*n = db_next(&r) ? db_int(&r, 0) : 0;
	db_end(&r);
	return r.status;
}
