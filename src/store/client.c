/* Client secrets, and what client authentication reads. Secrets are high-entropy, so a plain
 * SHA-256 is right: a password hash here would only cap throughput. */
#include "base/limits.h"
#include "store/app.h"
#include "store/sealed_secret.h"

enum { SECRETS_MAX = 64 }; /* more than LIMIT_SECRETS: two may be made at once */

enum db_status app_secret_add_fixed(
	struct store *s, int64_t app_id, int64_t created_by, struct str text)
{
	uint64_t id;
	uint8_t hash[SHA256_LEN];
	enum db_status status = store_next_id(s, &id);

	if (status != DB_OK)
		return status;
	sha256(text, hash);
	status = db_exec(s->db, STMT_SECRET_INSERT,
		DB_ARGS(DB_INT(id), DB_INT(app_id), DB_BYTES(hash, sizeof hash),
			db_text(str_slice(text, text.n < 8 ? 0 : text.n - 8, text.n)),
			DB_INT(created_by), DB_INT(store_now(s))),
		NULL);
	return status == DB_OK ? client_secret_keep(s, app_id, id, text) : status;
}

enum db_status app_secret_add(
	struct store *s, int64_t app_id, int64_t created_by, char text[CLIENT_SECRET_LEN + 1])
{
	client_secret_generate(s->random, text);
	return app_secret_add_fixed(s, app_id, created_by, (struct str){text, CLIENT_SECRET_LEN});
}

enum db_status app_secret_list(
	struct store *s, struct arena *a, int64_t app_id, struct app_secret **out, size_t *n)
{
	enum { MOST = 100 }; /* SECRET_LIST's LIMIT */
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct app_secret, MOST);
	*n = 0;
	db_query(&r, s->db, STMT_SECRET_LIST, DB_ARGS(DB_INT(app_id)));
	while (*n < MOST && db_next(&r))
		(*out)[(*n)++] = (struct app_secret){(uint64_t)db_int(&r, 0), db_str(&r, 1, a),
			db_str(&r, 2, a), db_int(&r, 3), db_int(&r, 4)};
	db_end(&r);
	return r.status;
}

enum db_status app_secret_revoke(struct store *s, int64_t app_id, uint64_t secret_id)
{
	size_t revoked;
	enum db_status status = db_exec(s->db, STMT_SECRET_REVOKE,
		DB_ARGS(DB_INT(app_id), DB_INT(secret_id), DB_INT(store_now(s))), &revoked);

	return status != DB_OK ? status : revoked ? DB_OK : DB_NONE;
}

/* The same in every row: read once. */
static void read_service(const struct db_rows *r, struct arena *a, struct client *out)
{
	if (out->dialects)
		return;
	out->dialects = (unsigned)db_int(r, 8);
	profile_find(db_str(r, 9, a), &out->profile);
	auth_method_find(db_str(r, 10, a), &out->auth_method);
	out->metadata = db_str(r, 11, a);
}

enum db_status client_read(
	struct store *s, struct arena *a, struct str client_id, struct client *out)
{
	struct db_rows r;
	size_t room = 0;

	*out = (struct client){
		.client_id = client_id, .parsed = ARENA_NEW(a, const struct client_metadata *)};
	db_query(&r, s->db, STMT_CLIENT_READ, DB_ARGS(db_text(client_id)));
	while (out->secrets_n < SECRETS_MAX && db_next(&r)) {
		out->app_id = db_int(&r, 0);
		out->epoch = db_int(&r, 1);
		out->suspended_at = db_int(&r, 2);
		out->token_expiration = db_int(&r, 6) != 0;
		out->device_flow = db_int(&r, 7) != 0;
		read_service(&r, a, out);
		if (out->secrets_n == room) {
			struct client_secret *more =
				ARENA_ARRAY(a, struct client_secret, room ? room * 4 : 4);

			for (size_t i = 0; i < room; i++)
				more[i] = out->secrets[i];
			out->secrets = more;
			room = room ? room * 4 : 4;
		}
		struct client_secret *secret = &out->secrets[out->secrets_n];

		/* An app without secrets gives one row with a NULL hash. */
		secret->id = (uint64_t)db_int(&r, 3);
		secret->used_at = db_int(&r, 5);
		out->secrets_n += db_bytes(&r, 4, secret->hash, sizeof secret->hash);
	}
	db_end(&r);
	return r.status != DB_OK ? r.status : out->app_id ? DB_OK : DB_NONE;
}

enum db_status client_secret_used(struct store *s, int64_t app_id, uint64_t secret_id)
{
	return db_exec(s->db, STMT_SECRET_USED,
		DB_ARGS(DB_INT(app_id), DB_INT(secret_id), DB_INT(store_now(s))), NULL);
}
