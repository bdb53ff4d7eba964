#include "store/refresh.h"

#include "store/grant.h"

enum db_status family_begin(
	struct store *s, const struct family_fields *f, char text[REFRESH_TEXT_LEN + 1])
{
	struct refresh_parts parts = {.family = f->token_id, .generation = 1};
	uint8_t hash[SHA256_LEN];

	random_bytes(s->random, parts.secret, sizeof parts.secret);
	refresh_write(&s->refresh, &parts, text);
	sha256((struct str){text, REFRESH_TEXT_LEN}, hash);
	wipe(&parts.secret, sizeof parts.secret);
	return db_exec_late(s->db, STMT_FAMILY_INSERT,
		DB_ARGS(DB_INT(parts.family), DB_INT(f->app_id), DB_INT(f->account_id),
			DB_INT(f->grant_id), db_text(f->scopes), DB_INT(f->public_client),
			DB_BYTES(hash, sizeof hash), DB_INT(f->token_id), DB_INT(store_now(s)),
			DB_INT(f->expires_at), db_text(f->bound)));
}

enum db_status family_read(struct store *s, struct arena *a, uint64_t id, struct family *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_FAMILY_READ, DB_ARGS(DB_INT(id)));
	bool found = db_next(&r) && db_bytes(&r, 6, out->current_hash, SHA256_LEN);

	if (found) {
		out->id = id;
		out->app_id = db_int(&r, 0);
		out->account_id = db_int(&r, 1);
		out->grant_id = (uint64_t)db_int(&r, 2);
		out->scopes = db_str(&r, 3, a);
		out->public_client = db_int(&r, 4) != 0;
		out->generation = db_int(&r, 5);
		out->has_previous = db_bytes(&r, 7, out->previous_hash, SHA256_LEN);
		out->token_id = (uint64_t)db_int(&r, 8);
		out->rotated_at = db_int(&r, 9);
		out->expires_at = db_int(&r, 10);
		out->killed_at = db_int(&r, 11);
		out->grant_revoked_at = db_int(&r, 12);
		out->grant_epoch = db_int(&r, 13);
		out->account_suspended_at = db_int(&r, 14);
		out->bound = db_str(&r, 15, a);
	}
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status family_rotate(struct store *s, uint64_t id, int64_t generation,
	const uint8_t next_hash[SHA256_LEN], uint64_t token_id, int64_t expires_at)
{
	size_t rotated;
	enum db_status status = db_exec(s->db, STMT_FAMILY_ROTATE,
		DB_ARGS(DB_INT(id), DB_INT(generation), DB_BYTES(next_hash, SHA256_LEN),
			DB_INT(token_id), DB_INT(store_now(s)), DB_INT(expires_at)),
		&rotated);

	return status != DB_OK ? status : rotated ? DB_OK : DB_NONE;
}

enum db_status family_of_token(struct store *s, uint64_t token_id, uint64_t *family_id)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_FAMILY_OF_TOKEN, DB_ARGS(DB_INT(token_id)));
	bool found = db_next(&r);

	*family_id = found ? (uint64_t)db_int(&r, 0) : 0;
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status family_kill(struct store *s, uint64_t id, const char *by)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_FAMILY_KILL,
		DB_ARGS(DB_INT(id), DB_INT(store_now(s)), db_text(str_from(by))));
	bool killed = db_next(&r);
	uint64_t token_id = killed ? (uint64_t)db_int(&r, 0) : 0;

	db_end(&r);
	if (r.status != DB_OK || !killed)
		return r.status != DB_OK ? r.status : DB_NONE;
	enum db_status status = token_revoke(s, token_id, by);

	return status == DB_NONE ? DB_OK : status;
}
