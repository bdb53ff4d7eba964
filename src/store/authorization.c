#include "store/authorization.h"

struct app personal_app(void)
{
	return (struct app){.id = PERSONAL_APP,
		.client_id = STR(PERSONAL_CLIENT_ID),
		.name = STR("Personal access tokens"),
		.homepage = STR(""),
		.epoch = 1};
}

static int64_t latest(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static bool read_row(const struct db_rows *r, struct arena *a, struct authorization *out)
{
	out->id = (uint64_t)db_int(r, 0);
	out->grant_id = (uint64_t)db_int(r, 1);
	out->app_id = db_int(r, 2);
	out->account_id = db_int(r, 3);
	out->last_eight = db_str(r, 5, a);
	out->scopes = db_str(r, 6, a);
	out->note = db_str(r, 7, a);
	out->note_url = db_str(r, 8, a);
	out->fingerprint = db_str(r, 9, a);
	out->created_at = db_int(r, 10);
	out->expires_at = db_int(r, 12);
	out->used_at = db_int(r, 13);
	out->updated_at = latest(latest(out->created_at, db_int(r, 11)), out->used_at);
	out->app_name = db_str(r, 14, a);
	out->app_homepage = db_str(r, 15, a);
	out->client_id = db_str(r, 16, a);
	return db_bytes(r, 4, out->hash, sizeof out->hash);
}

/* The one row of a running query. */
static enum db_status take_one(struct db_rows *r, struct arena *a, struct authorization *out)
{
	bool found = db_next(r) && read_row(r, a, out);

	db_end(r);
	return r->status != DB_OK ? r->status : found ? DB_OK : DB_NONE;
}

enum db_status authorization_read(struct store *s, struct arena *a, int64_t account_id, uint64_t id,
	struct authorization *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_AUTHORIZATION_READ,
		DB_ARGS(DB_INT(account_id), DB_INT(store_now(s)), DB_INT(id)));
	return take_one(&r, a, out);
}

enum db_status authorization_find(struct store *s, struct arena *a, int64_t account_id,
	int64_t app_id, struct str fingerprint, struct authorization *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_AUTHORIZATION_FIND,
		DB_ARGS(DB_INT(account_id), DB_INT(store_now(s)), DB_INT(app_id),
			db_text(str_is_set(fingerprint) ? fingerprint : STR(""))));
	return take_one(&r, a, out);
}

enum db_status authorization_find_note(
	struct store *s, int64_t account_id, struct str note, uint64_t except)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_AUTHORIZATION_FIND_NOTE,
		DB_ARGS(DB_INT(account_id), DB_INT(store_now(s)), db_text(note), DB_INT(except)));
	bool found = db_next(&r);

	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

/* Statements compare with '' for "any app". */
static struct db_value any_or(struct str client_id)
{
	return db_text(str_is_set(client_id) ? client_id : STR(""));
}

static enum db_status take_count(struct db_rows *r, size_t *n)
{
	*n = db_next(r) ? (size_t)db_int(r, 0) : 0;
	db_end(r);
	return r->status;
}

enum db_status authorization_count(
	struct store *s, int64_t account_id, struct str client_id, size_t *n)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_AUTHORIZATION_COUNT,
		DB_ARGS(DB_INT(account_id), DB_INT(store_now(s)), any_or(client_id)));
	return take_count(&r, n);
}

enum db_status authorization_list(struct store *s, struct arena *a, int64_t account_id,
	struct str client_id, size_t from, size_t max, struct authorization **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct authorization, max);
	*n = 0;
	db_query(&r, s->db, STMT_AUTHORIZATION_LIST,
		DB_ARGS(DB_INT(account_id), DB_INT(store_now(s)), any_or(client_id), DB_INT(max),
			DB_INT(from)));
	while (*n < max && db_next(&r) && read_row(&r, a, &(*out)[*n]))
		(*n)++;
	db_end(&r);
	return r.status;
}

static void read_grant(const struct db_rows *r, struct arena *a, struct listed_grant *out)
{
	out->id = (uint64_t)db_int(r, 0);
	out->app_id = db_int(r, 1);
	out->scopes = db_str(r, 2, a);
	out->created_at = db_int(r, 3);
	out->updated_at = db_int(r, 4);
	out->app_name = db_str(r, 5, a);
	out->app_homepage = db_str(r, 6, a);
	out->client_id = db_str(r, 7, a);
}

enum db_status listed_grant_count(
	struct store *s, int64_t account_id, struct str client_id, size_t *n)
{
	struct db_rows r;

	db_query(
		&r, s->db, STMT_LISTED_GRANT_COUNT, DB_ARGS(DB_INT(account_id), any_or(client_id)));
	return take_count(&r, n);
}

enum db_status listed_grant_list(struct store *s, struct arena *a, int64_t account_id,
	struct str client_id, size_t from, size_t max, struct listed_grant **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct listed_grant, max);
	*n = 0;
	db_query(&r, s->db, STMT_LISTED_GRANT_LIST,
		DB_ARGS(DB_INT(account_id), any_or(client_id), DB_INT(max), DB_INT(from)));
	while (*n < max && db_next(&r))
		read_grant(&r, a, &(*out)[(*n)++]);
	db_end(&r);
	return r.status;
}

enum db_status listed_grant_read(
	struct store *s, struct arena *a, int64_t account_id, uint64_t id, struct listed_grant *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_LISTED_GRANT_READ, DB_ARGS(DB_INT(account_id), DB_INT(id)));
	bool found = db_next(&r);

	if (found)
		read_grant(&r, a, out);
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}
