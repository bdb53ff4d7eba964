#include "store/registration.h"

#include <string.h>

static void make_text(struct store *s, const char *prefix, char text[REGISTRATION_TOKEN_LEN + 1],
	uint8_t hash[SHA256_LEN])
{
	memcpy(text, prefix, 4);
	client_secret_generate(s->random, text + 4);
	sha256((struct str){text, REGISTRATION_TOKEN_LEN}, hash);
}

enum db_status registration_token_create(struct store *s, const struct registration_token *f,
	uint64_t *id, char text[REGISTRATION_TOKEN_LEN + 1])
{
	uint8_t hash[SHA256_LEN];
	enum db_status status = store_next_id(s, id);

	if (status != DB_OK)
		return status;
	make_text(s, "lri_", text, hash);
	return db_exec(s->db, STMT_REGISTRATION_TOKEN_INSERT,
		DB_ARGS(DB_INT(*id), DB_BYTES(hash, sizeof hash), DB_INT(f->owner_id),
			db_text(f->note), DB_INT(store_now(s)), db_time(f->expires_at),
			f->uses_left < 0 ? DB_NULL : DB_INT(f->uses_left)),
		NULL);
}

static void from_row(const struct db_rows *r, struct arena *a, struct registration_token *out)
{
	*out = (struct registration_token){
		.id = (uint64_t)db_int(r, 0),
		.owner_id = db_int(r, 1),
		.owner_login = db_str(r, 2, a),
		.note = db_str(r, 3, a),
		.created_at = db_int(r, 4),
		.expires_at = db_int(r, 5),
		.uses_left = db_int(r, 6),
		.revoked_at = db_int(r, 7),
	};
}

enum db_status registration_token_read(
	struct store *s, struct arena *a, struct str text, struct registration_token *out)
{
	struct db_rows r;
	uint8_t hash[SHA256_LEN];

	sha256(text, hash);
	db_query(&r, s->db, STMT_REGISTRATION_TOKEN_BY_HASH, DB_ARGS(DB_BYTES(hash, sizeof hash)));
	bool found = db_next(&r);

	if (found)
		from_row(&r, a, out);
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status registration_token_list(struct store *s, struct arena *a, uint64_t after, size_t max,
	struct registration_token **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct registration_token, max);
	*n = 0;
	db_query(&r, s->db, STMT_REGISTRATION_TOKEN_LIST, DB_ARGS(DB_INT(after), DB_INT(max)));
	while (*n < max && db_next(&r))
		from_row(&r, a, &(*out)[(*n)++]);
	db_end(&r);
	return r.status;
}

enum db_status registration_token_use(struct store *s, const struct registration_token *t)
{
	size_t used;

	if (t->uses_left < 0)
		return DB_OK;
	enum db_status status =
		db_exec(s->db, STMT_REGISTRATION_TOKEN_USE, DB_ARGS(DB_INT(t->id)), &used);

	return status != DB_OK ? status : used ? DB_OK : DB_NONE;
}

enum db_status registration_token_revoke(struct store *s, uint64_t id)
{
	size_t revoked;
	enum db_status status = db_exec(s->db, STMT_REGISTRATION_TOKEN_REVOKE,
		DB_ARGS(DB_INT(id), DB_INT(store_now(s))), &revoked);

	return status != DB_OK ? status : revoked ? DB_OK : DB_NONE;
}

enum db_status registration_access_renew(
	struct store *s, int64_t app_id, char text[REGISTRATION_TOKEN_LEN + 1])
{
	uint8_t hash[SHA256_LEN];

	make_text(s, "lrm_", text, hash);
	return db_exec(s->db, STMT_REGISTRATION_PUT,
		DB_ARGS(DB_INT(app_id), DB_BYTES(hash, sizeof hash), DB_INT(store_now(s))), NULL);
}

enum db_status registration_access_check(struct store *s, int64_t app_id, struct str text)
{
	uint8_t stored[SHA256_LEN], hash[SHA256_LEN];
	struct db_rows r;

	sha256(text, hash);
	db_query(&r, s->db, STMT_REGISTRATION_GET, DB_ARGS(DB_INT(app_id)));
	bool same = db_next(&r) && db_bytes(&r, 0, stored, sizeof stored) &&
		    ct_equal(stored, hash, sizeof hash);

	db_end(&r);
	return r.status != DB_OK ? r.status : same ? DB_OK : DB_NONE;
}
