#include "store/sealed_secret.h"

#include <stdio.h>
#include <string.h>

#include "store/vault.h"

/* Texts of one length, so that the sealed ones are of one too: the length first, then the text. */
enum { SEALED = LIMIT_CLIENT_SECRET + 1 };

static struct str purpose_of(uint64_t id, char text[48])
{
	return (struct str){
		text, (size_t)snprintf(text, 48, "client-secret %llu", (unsigned long long)id)};
}

enum db_status client_secret_keep(struct store *s, int64_t app_id, uint64_t id, struct str text)
{
	uint8_t plain[SEALED] = {0}, sealed[SEALED + VAULT_EXTRA];
	char purpose[48];

	if (text.n > LIMIT_CLIENT_SECRET)
		return DB_OK;
	plain[0] = (uint8_t)text.n;
	memcpy(plain + 1, text.p, text.n);
	vault_seal(s, purpose_of(id, purpose), plain, sizeof plain, sealed);
	wipe(plain, sizeof plain);
	return db_exec(s->db, STMT_SECRET_SEAL,
		DB_ARGS(DB_INT(app_id), DB_INT(id), DB_BYTES(sealed, sizeof sealed)), NULL);
}

enum db_status client_secret_forget(struct store *s, int64_t app_id)
{
	return db_exec(s->db, STMT_SECRET_UNSEAL, DB_ARGS(DB_INT(app_id)), NULL);
}

static bool open_one(
	const struct store *s, struct arena *a, const struct db_rows *r, struct sealed_secret *out)
{
	uint8_t sealed[SEALED + VAULT_EXTRA], plain[SEALED];
	char purpose[48];

	out->id = (uint64_t)db_int(r, 0);
	out->used_at = db_int(r, 2);
	if (!db_bytes(r, 1, sealed, sizeof sealed) ||
		!vault_open(s, purpose_of(out->id, purpose), sealed, sizeof plain, plain))
		return false;
	out->text = str_dup(a, (struct str){(const char *)plain + 1, plain[0]});
	wipe(plain, sizeof plain);
	return true;
}

enum db_status client_secrets_open(struct store *s, struct arena *a, int64_t app_id,
	struct sealed_secret out[LIMIT_SECRETS], size_t *n)
{
	struct db_rows r;

	*n = 0;
	db_query(&r, s->db, STMT_SECRET_SEALED, DB_ARGS(DB_INT(app_id)));
	while (*n < LIMIT_SECRETS && db_next(&r))
		*n += open_one(s, a, &r, &out[*n]);
	db_end(&r);
	return r.status;
}
