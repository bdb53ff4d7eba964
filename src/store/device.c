#include "store/device.h"

enum { TRIES = 4 };

static int64_t user_code_key(const struct store *s, struct arena *a, const char *user_code)
{
	struct str subject = str_printf(a, "user code %s", user_code);

	return (int64_t)(keyed_hash64(s->form_key, subject) >> 1);
}

/* Looked for first: a conflict would end the whole transaction on some engines. */
static enum db_status fresh_user_code(
	struct store *s, struct arena *a, char user_code[USER_CODE_LEN + 1])
{
	struct device other;
	enum db_status status = DB_OK;

	for (int i = 0; i < TRIES && status == DB_OK; i++) {
		user_code_generate(s->random, user_code);
		status = device_by_user_code(s, a, user_code, &other);
	}
	if (status == DB_NONE)
		return DB_OK;
	return status == DB_OK ? DB_FAILED : status;
}

enum db_status device_start(struct store *s, struct arena *a, const struct device_fields *f,
	char text[CODE_TEXT_LEN + 1], char user_code[USER_CODE_LEN + 1])
{
	uint64_t id;
	uint8_t hash[SHA256_LEN];
	int64_t now = store_now(s);
	enum db_status status = store_next_id(s, &id);

	if (status == DB_OK)
		status = fresh_user_code(s, a, user_code);
	if (status != DB_OK)
		return status;
	code_generate(s->random, &s->locator, id, text);
	sha256((struct str){text, CODE_TEXT_LEN}, hash);
	return db_exec(s->db, STMT_DEVICE_INSERT,
		DB_ARGS(DB_INT(id), DB_BYTES(hash, sizeof hash),
			DB_INT(user_code_key(s, a, user_code)), DB_INT(f->app_id),
			db_text(f->scopes), DB_INT(f->offline),
			db_text(str_is_set(f->address) ? f->address : STR("")), DB_INT(now),
			DB_INT(now + f->lifetime_s), db_text(f->bound), DB_INT(store_fence(s))),
		NULL);
}

static bool read_row(struct store *s, const struct db_rows *r, struct arena *a, struct device *out)
{
	*out = (struct device){.id = (uint64_t)db_int(r, 0),
		.app_id = db_int(r, 2),
		.scopes = db_str(r, 3, a),
		.offline = db_int(r, 4) != 0,
		.address = db_str(r, 5, a),
		.created_at = db_int(r, 6),
		.expires_at = db_int(r, 7),
		.session_id = (uint64_t)db_int(r, 8),
		.approved_at = db_int(r, 9),
		.denied_at = db_int(r, 10),
		.consumed_at = db_int(r, 11),
		.pace = {db_int(r, 12), db_int(r, 13) != 0, db_int(r, 14) != 0},
		.account_id = db_int(r, 15),
		.grant_id = (uint64_t)db_int(r, 16),
		.token_id = (uint64_t)db_int(r, 17),
		.evict_token_id = (uint64_t)db_int(r, 18),
		.grant_revoked_at = db_int(r, 19),
		.grant_epoch = db_int(r, 20),
		.account_suspended_at = db_int(r, 21),
		.account_verified = db_int(r, 22) != 0,
		.bound = db_str(r, 23, a),
		.fenced = store_is_fenced(s, db_int(r, 24))};
	return db_bytes(r, 1, out->hash, sizeof out->hash);
}

static enum db_status take_one(
	struct store *s, struct db_rows *r, struct arena *a, struct device *out)
{
	bool found = db_next(r) && read_row(s, r, a, out);

	db_end(r);
	return r->status != DB_OK ? r->status : found ? DB_OK : DB_NONE;
}

enum db_status device_read(struct store *s, struct arena *a, uint64_t id, struct device *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_DEVICE_READ, DB_ARGS(DB_INT(id)));
	return take_one(s, &r, a, out);
}

enum db_status device_by_user_code(
	struct store *s, struct arena *a, const char *user_code, struct device *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_DEVICE_BY_USER_CODE,
		DB_ARGS(DB_INT(user_code_key(s, a, user_code))));
	return take_one(s, &r, a, out);
}

enum db_status device_claim(struct store *s, uint64_t id, uint64_t session_id)
{
	return db_exec(s->db, STMT_DEVICE_CLAIM, DB_ARGS(DB_INT(id), DB_INT(session_id)), NULL);
}

/* The status of a statement that changes one row or none. */
static enum db_status change_one(
	struct store *s, enum stmt stmt, const struct db_value *args, size_t n)
{
	size_t changed;
	enum db_status status = db_exec(s->db, stmt, args, n, &changed);

	return status == DB_OK && changed == 0 ? DB_NONE : status;
}

enum db_status device_approve(
	struct store *s, uint64_t id, uint64_t session_id, const struct device_approval *approval)
{
	return change_one(s, STMT_DEVICE_APPROVE,
		DB_ARGS(DB_INT(id), DB_INT(session_id), DB_INT(store_now(s)),
			DB_INT(approval->account_id), DB_INT(approval->grant_id),
			DB_INT(approval->token_id), db_time((int64_t)approval->evict_token_id),
			db_text(approval->scopes), db_text(approval->bound)));
}

enum db_status device_deny(struct store *s, uint64_t id, uint64_t session_id)
{
	return change_one(
		s, STMT_DEVICE_DENY, DB_ARGS(DB_INT(id), DB_INT(session_id), DB_INT(store_now(s))));
}

enum db_status device_note_pace(struct store *s, uint64_t id, const struct device_pace *pace)
{
	return db_exec(s->db, STMT_DEVICE_NOTE_PACE,
		DB_ARGS(DB_INT(id), DB_INT(pace->polled_at_us), DB_INT(pace->slow),
			DB_INT(pace->twice)),
		NULL);
}

enum db_status device_consume(struct store *s, uint64_t id)
{
	return change_one(s, STMT_DEVICE_CONSUME, DB_ARGS(DB_INT(id), DB_INT(store_now(s))));
}
