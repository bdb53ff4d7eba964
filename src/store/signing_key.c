#include "store/signing_key.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/jwk.h"
#include "store/vault.h"

#define VERSION "signing_keys"
enum { KEYS_MAX = 200, PURPOSE_LEN = 80 };

/* The kid is in the purpose: a private half moved to another row opens nothing. */
static struct str purpose_of(struct str kid, char text[PURPOSE_LEN])
{
	snprintf(text, PURPOSE_LEN, "signing key %.*s", STR_ARG(kid));
	return str_from(text);
}

enum db_status signing_keys_version(struct store *s, uint8_t out[SIGNING_KEYS_VERSION])
{
	struct db_rows r;

	memset(out, 0, SIGNING_KEYS_VERSION);
	db_query(&r, s->db, STMT_INSTANCE_GET, DB_ARGS(db_text(STR(VERSION))));
	if (db_next(&r))
		db_bytes(&r, 0, out, SIGNING_KEYS_VERSION);
	db_end(&r);
	return r.status;
}

enum db_status signing_keys_begin_change(struct store *s)
{
	uint8_t version[SIGNING_KEYS_VERSION];

	random_bytes(s->random, version, sizeof version);
	return db_exec(s->db, STMT_INSTANCE_SET,
		DB_ARGS(db_text(STR(VERSION)), DB_BYTES(version, sizeof version)), NULL);
}

static bool open_private(
	const struct store *s, struct arena *a, struct str sealed, struct signing_key *k)
{
	char purpose[PURPOSE_LEN];

	if (!str_is_set(sealed))
		return true;
	if (sealed.n <= VAULT_EXTRA)
		return false;
	size_t n = sealed.n - VAULT_EXTRA;
	char *text = arena_alloc(a, n);

	k->private_jwk = (struct str){text, n};
	return vault_open(s, purpose_of(k->kid, purpose), (const uint8_t *)sealed.p, n, text);
}

static struct signing_key read_row(const struct db_rows *r, struct arena *a, enum jose_alg alg)
{
	return (struct signing_key){
		.alg = alg,
		.number = db_int(r, 0),
		.kid = db_str(r, 1, a),
		.public_jwk = db_str(r, 2, a),
		.has_private = str_is_set(db_str(r, 3, a)),
		.times = {.created_at = db_int(r, 4),
			.active_at = db_int(r, 5),
			.ends_at = db_int(r, 6),
			.leaves_at = db_int(r, 7),
			.revoked_at = db_int(r, 8)},
	};
}

enum db_status signing_keys_list(struct store *s, struct arena *a, enum jose_alg alg,
	bool with_private, struct signing_key **out, size_t *n)
{
	struct db_rows r;
	bool good = true;

	*out = ARENA_ARRAY(a, struct signing_key, KEYS_MAX);
	*n = 0;
	db_query(&r, s->db, STMT_SIGNING_KEY_LIST,
		DB_ARGS(db_text(str_from(jose_alg_word(alg))), DB_INT(KEYS_MAX)));
	while (*n < KEYS_MAX && db_next(&r)) {
		struct signing_key *k = &(*out)[(*n)++];

		*k = read_row(&r, a, alg);
		if (with_private && !open_private(s, a, db_str(&r, 3, a), k)) {
			LOG(LOG_ERROR, "a signing key cannot be read", LOG_STR("kid", k->kid));
			good = false;
		}
	}
	db_end(&r);
	return r.status == DB_OK && !good ? DB_FAILED : r.status;
}

enum db_status signing_key_insert(struct store *s, const struct signing_key *k)
{
	char purpose[PURPOSE_LEN];
	uint8_t sealed[JWK_TEXT_MAX + VAULT_EXTRA];
	const struct key_times *t = &k->times;

	if (k->private_jwk.n > JWK_TEXT_MAX)
		return DB_FAILED;
	vault_seal(s, purpose_of(k->kid, purpose), k->private_jwk.p, k->private_jwk.n, sealed);
	return db_exec(s->db, STMT_SIGNING_KEY_INSERT,
		DB_ARGS(db_text(str_from(jose_alg_word(k->alg))), DB_INT(k->number),
			db_text(k->kid), db_text(k->public_jwk),
			DB_BYTES(sealed, k->private_jwk.n + VAULT_EXTRA), DB_INT(t->created_at),
			DB_INT(t->active_at)),
		NULL);
}

enum db_status signing_key_update(struct store *s, const struct signing_key *k, bool forget)
{
	const struct key_times *t = &k->times;
	struct db_value alg = db_text(str_from(jose_alg_word(k->alg)));
	enum db_status status = db_exec(s->db, STMT_SIGNING_KEY_SET_TIMES,
		DB_ARGS(alg, DB_INT(k->number), DB_INT(t->active_at), db_time(t->ends_at),
			db_time(t->leaves_at), db_time(t->revoked_at)),
		NULL);

	if (status != DB_OK || !forget)
		return status;
	return db_exec(s->db, STMT_SIGNING_KEY_FORGET, DB_ARGS(alg, DB_INT(k->number)), NULL);
}

enum db_status signing_key_delete(struct store *s, const struct signing_key *k)
{
	return db_exec(s->db, STMT_SIGNING_KEY_DELETE,
		DB_ARGS(db_text(str_from(jose_alg_word(k->alg))), DB_INT(k->number)), NULL);
}
