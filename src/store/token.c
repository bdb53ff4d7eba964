/* Authorization codes and access tokens. Both tables grow at their right edge only: ids rise, and
 * the id travels inside the secret, so a look-up is one read by integer key. */
#include "store/grant.h"
#include "store/rows.h"

enum db_status code_issue(
	struct store *s, const struct code_fields *f, char text[CODE_TEXT_LEN + 1])
{
	uint64_t id;
	uint8_t hash[SHA256_LEN];
	int64_t now = store_now(s);
	enum db_status status = store_next_id(s, &id);

	if (status != DB_OK)
		return status;
	code_generate(s->random, &s->locator, id, text);
	sha256((struct str){text, CODE_TEXT_LEN}, hash);
	return db_exec(s->db, STMT_CODE_INSERT,
		DB_ARGS(DB_INT(id), DB_BYTES(hash, sizeof hash), DB_INT(f->app_id),
			DB_INT(f->account_id), DB_INT(f->grant_id), db_text(f->redirect_uri),
			db_text(f->scopes), db_text(f->challenge), DB_INT(now),
			DB_INT(now + f->lifetime_s), db_time((int64_t)f->token_id),
			db_time((int64_t)f->evict_token_id), DB_INT(f->offline), db_text(f->bound),
			DB_INT(store_fence(s))),
		NULL);
}

enum db_status code_read_row(struct store *s, struct arena *a, uint64_t id, struct code *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_CODE_READ, DB_ARGS(DB_INT(id)));
	bool found = db_next(&r) && db_bytes(&r, 0, out->hash, sizeof out->hash);

	if (found) {
		out->id = id;
		out->app_id = db_int(&r, 1);
		out->account_id = db_int(&r, 2);
		out->grant_id = (uint64_t)db_int(&r, 3);
		out->redirect_uri = db_str(&r, 4, a);
		out->scopes = db_str(&r, 5, a);
		out->challenge = db_str(&r, 6, a);
		out->created_at = db_int(&r, 7);
		out->expires_at = db_int(&r, 8);
		out->consumed_at = db_int(&r, 9);
		out->consumed_by = db_str(&r, 10, a);
		out->token_id = (uint64_t)db_int(&r, 11);
		out->grant_revoked_at = db_int(&r, 12);
		out->grant_epoch = db_int(&r, 13);
		out->account_suspended_at = db_int(&r, 14);
		out->account_verified = db_int(&r, 15) != 0;
		out->evict_token_id = (uint64_t)db_int(&r, 16);
		out->offline = db_int(&r, 17) != 0;
		out->consumed_from = db_str(&r, 18, a);
		out->bound = db_str(&r, 19, a);
		out->fenced = store_is_fenced(s, db_int(&r, 20));
	}
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status code_consume(struct store *s, uint64_t id, struct str request_id, struct str address)
{
	size_t taken;
	enum db_status status = db_exec(s->db, STMT_CODE_CONSUME,
		DB_ARGS(DB_INT(id), DB_INT(store_now(s)), db_text(request_id), db_text(address)),
		&taken);

	return status != DB_OK ? status : taken ? DB_OK : DB_NONE;
}

/* `text` is what its row has the hash of. */
static enum db_status insert_token(
	struct store *s, uint64_t id, const struct token_fields *f, struct str text)
{
	uint8_t hash[SHA256_LEN];

	sha256(text, hash);
	return db_exec_late(s->db, STMT_TOKEN_INSERT,
		DB_ARGS(DB_INT(id), DB_BYTES(hash, sizeof hash),
			db_text(str_slice(text, text.n - 8, text.n)), DB_INT(f->app_id),
			DB_INT(f->account_id), DB_INT(f->grant_id), db_text(f->scopes),
			DB_INT(store_now(s)), db_time(f->expires_at), db_text(f->note),
			db_text(f->note_url), db_text(f->fingerprint), db_text(f->bound),
			db_time((int64_t)f->from_token_id)));
}

enum db_status token_issue_as(struct store *s, uint64_t id, const struct token_fields *f,
	const uint8_t secret[TOKEN_SECRET_LEN], char text[TOKEN_TEXT_LEN + 1])
{
	token_write(&s->locator, f->kind, id, secret, text);
	return insert_token(s, id, f, (struct str){text, TOKEN_TEXT_LEN});
}

enum db_status token_issue_named(struct store *s, uint64_t id, const struct token_fields *f,
	const uint8_t secret[TOKEN_SECRET_LEN], char jti[TOKEN_NAME_LEN + 1])
{
	token_name_write(&s->locator, id, secret, jti);
	return insert_token(s, id, f, (struct str){jti, TOKEN_NAME_LEN});
}

enum db_status token_issue(
	struct store *s, uint64_t id, const struct token_fields *f, char text[TOKEN_TEXT_LEN + 1])
{
	uint8_t secret[TOKEN_SECRET_LEN];

	random_bytes(s->random, secret, sizeof secret);
	enum db_status status = token_issue_as(s, id, f, secret, text);

	wipe(secret, sizeof secret);
	return status;
}

static void read_token(const struct db_rows *r, struct arena *a, struct token *out)
{
	out->scopes = db_str(r, 1, a);
	out->created_at = db_int(r, 2);
	out->expires_at = db_int(r, 3);
	out->revoked_at = db_int(r, 4);
	out->grant_revoked_at = db_int(r, 5);
	out->grant_epoch = db_int(r, 6);
	out->app_epoch = db_int(r, 7);
	out->client_id = db_str(r, 8, a);
	out->app_suspended_at = db_int(r, 9);
	out->app_id = db_int(r, 10);
	out->bound = db_str(r, 11, a);
	profile_find(db_str(r, 12, a), &out->profile);
	out->from_token_id = (uint64_t)db_int(r, 13);
	account_from_row(r, 14, a, &out->account);
}

enum db_status token_read_row(
	struct store *s, struct arena *a, struct str text, uint64_t id, struct token *out)
{
	uint8_t hash[SHA256_LEN], stored[SHA256_LEN];
	struct db_rows r;

	out->id = id;
	sha256(text, hash);
	db_query(&r, s->db, STMT_TOKEN_READ, DB_ARGS(DB_INT(id)));
	bool good = db_next(&r) && db_bytes(&r, 0, stored, sizeof stored) &&
		    ct_equal(stored, hash, sizeof hash);

	if (good)
		read_token(&r, a, out);
	db_end(&r);
	return r.status != DB_OK ? r.status : good ? DB_OK : DB_NONE;
}

enum db_status token_read_id(struct store *s, struct arena *a, uint64_t id, struct token *out)
{
	struct db_rows r;

	out->id = id;
	db_query(&r, s->db, STMT_TOKEN_READ, DB_ARGS(DB_INT(id)));
	bool found = db_next(&r);

	if (found)
		read_token(&r, a, out);
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status token_revoke(struct store *s, uint64_t id, const char *by)
{
	size_t revoked;
	enum db_status status = db_exec(s->db, STMT_TOKEN_REVOKE,
		DB_ARGS(DB_INT(id), DB_INT(store_now(s)), db_text(str_from(by))), &revoked);

	return status != DB_OK ? status : revoked ? DB_OK : DB_NONE;
}
