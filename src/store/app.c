#include "store/app.h"

#include "base/limits.h"
#include "store/rows.h"

void app_from_row(const struct db_rows *r, int at, struct arena *a, struct app *out)
{
	*out = (struct app){
		.id = db_int(r, at),
		.owner_id = db_int(r, at + 1),
		.owner_login = db_str(r, at + 2, a),
		.client_id = db_str(r, at + 3, a),
		.name = db_str(r, at + 4, a),
		.homepage = db_str(r, at + 5, a),
		.description = db_str(r, at + 6, a),
		.device_flow = db_int(r, at + 7) != 0,
		.epoch = db_int(r, at + 8),
		.suspended_at = db_int(r, at + 9),
		.created_at = db_int(r, at + 10),
		.updated_at = db_int(r, at + 11),
		.token_expiration = db_int(r, at + 12) != 0,
		.dialects = (unsigned)db_int(r, at + 13),
		.metadata = db_str(r, at + 16, a),
		.unverified = db_int(r, at + 18) != 0,
		.changed_at = db_int(r, at + 19),
	};
	profile_find(db_str(r, at + 14, a), &out->profile);
	auth_method_find(db_str(r, at + 15, a), &out->auth_method);
	app_origin_find(db_str(r, at + 17, a), &out->origin);
}

static enum db_status read_one(
	struct store *s, struct arena *a, enum stmt stmt, struct db_value key, struct app *out)
{
	struct db_rows r;

	db_query(&r, s->db, stmt, &key, 1);
	bool found = db_next(&r);

	if (found)
		app_from_row(&r, 0, a, out);
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status app_by_id(struct store *s, struct arena *a, int64_t id, struct app *out)
{
	return read_one(s, a, STMT_APP_BY_ID, DB_INT(id), out);
}

enum db_status app_by_client_id(
	struct store *s, struct arena *a, struct str client_id, struct app *out)
{
	return read_one(s, a, STMT_APP_BY_CLIENT_ID, db_text(client_id), out);
}

static enum db_status read_list(struct store *s, struct arena *a, enum stmt stmt,
	const struct db_value *args, size_t args_n, size_t max, struct app **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct app, max);
	*n = 0;
	db_query(&r, s->db, stmt, args, args_n);
	while (*n < max && db_next(&r))
		app_from_row(&r, 0, a, &(*out)[(*n)++]);
	db_end(&r);
	return r.status;
}

enum db_status app_list_of_owner(
	struct store *s, struct arena *a, int64_t owner_id, struct app **out, size_t *n)
{
	return read_list(s, a, STMT_APP_LIST_OF_OWNER,
		DB_ARGS(DB_INT(owner_id), DB_INT(LIMIT_APPS_PER_OWNER)), LIMIT_APPS_PER_OWNER, out,
		n);
}

enum db_status app_list(
	struct store *s, struct arena *a, int64_t after, size_t max, struct app **out, size_t *n)
{
	return read_list(s, a, STMT_APP_LIST, DB_ARGS(DB_INT(after), DB_INT(max)), max, out, n);
}

enum db_status app_transfer_list(
	struct store *s, struct arena *a, int64_t to_id, struct app **out, size_t *n)
{
	return read_list(
		s, a, STMT_TRANSFER_LIST, DB_ARGS(DB_INT(to_id)), LIMIT_APPS_PER_OWNER, out, n);
}

static enum db_status put_callbacks(struct store *s, int64_t app_id, const struct app_fields *f)
{
	enum db_status status =
		db_exec(s->db, STMT_CALLBACK_DELETE_ALL, DB_ARGS(DB_INT(app_id)), NULL);

	for (size_t i = 0; i < f->callbacks_n && status == DB_OK; i++)
		status = db_exec(s->db, STMT_CALLBACK_INSERT,
			DB_ARGS(DB_INT(app_id), DB_INT(i), db_text(f->callbacks[i].uri),
				DB_INT(f->callbacks[i].mode == REDIRECT_WILDCARD)),
			NULL);
	return status;
}

/* No name begins with a space. */
struct str app_own_name_key(struct arena *a, struct str client_id)
{
	return str_printf(a, " %.*s", STR_ARG(client_id));
}

static struct str name_key(struct arena *a, const struct app_fields *f)
{
	return str_is_set(f->name_key) ? f->name_key : str_lower(a, f->name);
}

/* DB_OK when no other app than `id` has the name. */
static enum db_status check_name(struct store *s, struct arena *a, struct str key, int64_t id)
{
	struct app other;
	enum db_status status = read_one(s, a, STMT_APP_BY_NAME, db_text(key), &other);

	if (status == DB_NONE || (status == DB_OK && other.id == id))
		return DB_OK;
	return status == DB_OK ? DB_CONFLICT : status;
}

enum db_status app_create(struct store *s, struct arena *a, int64_t owner_id, struct str client_id,
	const struct app_fields *f, struct app *out)
{
	char fresh[CLIENT_ID_LEN + 1];
	int64_t id = 0;
	enum db_status status = check_name(s, a, name_key(a, f), 0);

	if (!str_is_set(client_id)) {
		client_id_generate(s->random, fresh);
		client_id = (struct str){fresh, CLIENT_ID_LEN};
	}
	if (status == DB_OK)
		status = store_next_small_id(s, "app", &id);
	if (status == DB_OK)
		status = db_exec(s->db, STMT_APP_INSERT,
			DB_ARGS(DB_INT(id), DB_INT(owner_id), db_text(client_id), db_text(f->name),
				db_text(name_key(a, f)), db_text(f->homepage),
				db_text(f->description), DB_INT(f->device_flow),
				DB_INT(store_now(s)), DB_INT(f->token_expiration),
				DB_INT(f->dialects ? f->dialects
						   : DIALECT_GITHUB | DIALECT_STANDARD),
				db_text(str_from(profile_word(f->profile))),
				db_text(str_from(auth_method_word(f->auth_method))),
				db_text(f->metadata), db_text(str_from(app_origin_word(f->origin))),
				DB_INT(f->unverified)),
			NULL);
	if (status == DB_OK)
		status = put_callbacks(s, id, f);
	return status == DB_OK ? app_by_id(s, a, id, out) : status;
}

enum db_status app_update(struct store *s, struct arena *a, int64_t id, const struct app_fields *f)
{
	enum db_status status = check_name(s, a, name_key(a, f), id);

	if (status == DB_OK)
		status = db_exec(s->db, STMT_APP_UPDATE,
			DB_ARGS(DB_INT(id), db_text(f->name), db_text(name_key(a, f)),
				db_text(f->homepage), db_text(f->description),
				DB_INT(f->device_flow), DB_INT(store_now(s)),
				DB_INT(f->token_expiration)),
			NULL);
	return status == DB_OK ? put_callbacks(s, id, f) : status;
}

enum db_status app_set_service(struct store *s, int64_t id, unsigned dialects, enum profile profile,
	enum auth_method auth_method, struct str metadata)
{
	return db_exec(s->db, STMT_APP_SET_SERVICE,
		DB_ARGS(DB_INT(id), DB_INT(dialects), db_text(str_from(profile_word(profile))),
			db_text(str_from(auth_method_word(auth_method))), db_text(metadata),
			DB_INT(store_now(s))),
		NULL);
}

enum db_status app_set_changed(struct store *s, int64_t id)
{
	return db_exec(
		s->db, STMT_APP_SET_CHANGED, DB_ARGS(DB_INT(id), DB_INT(store_now(s))), NULL);
}

enum db_status app_set_verified(struct store *s, int64_t id)
{
	return db_exec(
		s->db, STMT_APP_SET_VERIFIED, DB_ARGS(DB_INT(id), DB_INT(store_now(s))), NULL);
}

enum db_status app_unverified_count(struct store *s, int64_t max, int64_t *n)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_APP_UNVERIFIED_COUNT, DB_ARGS(DB_INT(max)));
	*n = db_next(&r) ? db_int(&r, 0) : 0;
	db_end(&r);
	return r.status;
}

enum db_status app_delete_unused(struct store *s, int64_t before, size_t batch)
{
	enum { MOST = 500 };
	int64_t ids[MOST];
	size_t n = 0;
	struct db_rows r;

	if (batch > MOST)
		batch = MOST;
	db_query(&r, s->db, STMT_APP_UNUSED, DB_ARGS(DB_INT(before), DB_INT(batch)));
	while (n < batch && db_next(&r))
		ids[n++] = db_int(&r, 0);
	db_end(&r);
	enum db_status status = r.status;

	for (size_t i = 0; i < n && status == DB_OK; i++)
		status = app_delete(s, ids[i]);
	return status;
}

enum db_status app_set_suspended(struct store *s, int64_t id, bool suspended)
{
	int64_t now = store_now(s);

	return db_exec(s->db, STMT_APP_SET_SUSPENDED,
		DB_ARGS(DB_INT(id), db_time(suspended ? now : 0), DB_INT(now)), NULL);
}

enum db_status app_revoke_tokens(struct store *s, int64_t id)
{
	return db_exec(
		s->db, STMT_APP_RAISE_EPOCH, DB_ARGS(DB_INT(id), DB_INT(store_now(s))), NULL);
}

enum db_status app_delete(struct store *s, int64_t id)
{
	/* Tokens and codes of the app are dead with its row: every check joins it. */
	static const enum stmt stmts[] = {STMT_CALLBACK_DELETE_ALL, STMT_SECRET_DELETE_ALL,
		STMT_TRANSFER_DELETE, STMT_REGISTRATION_DELETE, STMT_LOG_DELETE_APP,
		STMT_REFUSAL_COUNT_DELETE_APP, STMT_APP_DELETE};
	enum db_status status = DB_OK;

	for (size_t i = 0; i < sizeof stmts / sizeof stmts[0] && status == DB_OK; i++)
		status = db_exec(s->db, stmts[i], DB_ARGS(DB_INT(id)), NULL);
	return status;
}

enum db_status app_callbacks(
	struct store *s, struct arena *a, int64_t id, struct callback **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct callback, LIMIT_CALLBACKS);
	*n = 0;
	db_query(&r, s->db, STMT_CALLBACK_LIST, DB_ARGS(DB_INT(id)));
	while (*n < LIMIT_CALLBACKS && db_next(&r))
		(*out)[(*n)++] = (struct callback){
			db_str(&r, 0, a), db_int(&r, 1) ? REDIRECT_WILDCARD : REDIRECT_EXACT};
	db_end(&r);
	return r.status;
}

enum db_status app_transfer_offer(struct store *s, int64_t app_id, int64_t to_id)
{
	return db_exec(s->db, STMT_TRANSFER_PUT,
		DB_ARGS(DB_INT(app_id), DB_INT(to_id), DB_INT(store_now(s))), NULL);
}

enum db_status app_transfer_read(
	struct store *s, struct arena *a, int64_t app_id, int64_t *to_id, struct str *to_login)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_TRANSFER_OF_APP, DB_ARGS(DB_INT(app_id)));
	bool found = db_next(&r);

	if (found) {
		*to_id = db_int(&r, 0);
		*to_login = db_str(&r, 1, a);
	}
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status app_transfer_accept(struct store *s, struct arena *a, int64_t app_id, int64_t to_id)
{
	int64_t offered_to;
	struct str login;
	enum db_status status = app_transfer_read(s, a, app_id, &offered_to, &login);

	if (status == DB_OK && offered_to != to_id)
		status = DB_NONE;
	if (status == DB_OK)
		status = db_exec(s->db, STMT_APP_SET_OWNER,
			DB_ARGS(DB_INT(app_id), DB_INT(to_id), DB_INT(store_now(s))), NULL);
	return status == DB_OK ? app_transfer_cancel(s, app_id) : status;
}

enum db_status app_transfer_cancel(struct store *s, int64_t app_id)
{
	return db_exec(s->db, STMT_TRANSFER_DELETE, DB_ARGS(DB_INT(app_id)), NULL);
}
