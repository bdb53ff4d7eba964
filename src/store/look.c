#include "store/look.h"

#include "base/crypto.h"

enum db_status look_secret(
	struct store *s, struct arena *a, struct str text, struct look_secret *out)
{
	uint8_t hash[SHA256_LEN];
	struct db_rows r;

	sha256(text, hash);
	db_query(&r, s->db, STMT_LOOK_SECRET, DB_ARGS(DB_BYTES(hash, sizeof hash)));
	bool found = db_next(&r);

	if (found)
		*out = (struct look_secret){db_int(&r, 0), db_int(&r, 1), db_str(&r, 2, a),
			db_str(&r, 3, a), db_int(&r, 4), db_int(&r, 5)};
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status look_token(struct store *s, struct arena *a, uint64_t id, struct look_token *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_LOOK_TOKEN, DB_ARGS(DB_INT(id)));
	bool found = db_next(&r);

	if (found)
		*out = (struct look_token){
			.app_id = db_int(&r, 0),
			.last_eight = db_str(&r, 1, a),
			.created_at = db_int(&r, 2),
			.expires_at = db_int(&r, 3),
			.revoked_at = db_int(&r, 4),
			.revoked_by = db_str(&r, 5, a),
			.grant_revoked_at = db_int(&r, 6),
			.grant_revoked_by = db_str(&r, 7, a),
			.app_suspended_at = db_int(&r, 8),
			.account_suspended_at = db_int(&r, 9),
		};
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

static enum db_status look_end(
	struct store *s, struct arena *a, enum stmt stmt, uint64_t id, struct look_end *out)
{
	struct db_rows r;

	*out = (struct look_end){0, STR_NONE};
	db_query(&r, s->db, stmt, DB_ARGS(DB_INT(id)));
	bool found = db_next(&r);

	if (found)
		*out = (struct look_end){db_int(&r, 0), db_str(&r, 1, a)};
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status look_grant(struct store *s, struct arena *a, uint64_t id, struct look_end *out)
{
	return look_end(s, a, STMT_LOOK_GRANT, id, out);
}

enum db_status look_family(struct store *s, struct arena *a, uint64_t id, struct look_end *out)
{
	return look_end(s, a, STMT_LOOK_FAMILY, id, out);
}

uint64_t look_last_id(struct store *s)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_LOOK_NEXT_ID, NULL, 0);
	int64_t next = db_next(&r) ? db_int(&r, 0) : 1;

	db_end(&r);
	return (uint64_t)next - 1;
}

bool look_id_was_given(struct store *s, uint64_t id)
{
	return id > 0 && id <= look_last_id(s);
}
