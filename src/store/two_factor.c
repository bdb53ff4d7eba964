#include "store/two_factor.h"

#include <stdio.h>

#include "base/log.h"
#include "store/vault.h"

enum { SEALED_LEN = TOTP_SECRET_LEN + VAULT_EXTRA };

/* The account is in the purpose: a row copied to another account opens nothing. */
static struct str purpose_of(int64_t account_id, char text[48])
{
	snprintf(text, 48, "two-factor %lld", (long long)account_id);
	return str_from(text);
}

static enum db_status changed(
	struct store *s, enum stmt stmt, const struct db_value *args, size_t n)
{
	size_t rows;
	enum db_status status = db_exec(s->db, stmt, args, n, &rows);

	return status != DB_OK ? status : rows ? DB_OK : DB_NONE;
}

enum db_status two_factor_begin(struct store *s, int64_t account_id, uint64_t session_id)
{
	char purpose[48];
	uint8_t secret[TOTP_SECRET_LEN], sealed[SEALED_LEN];

	random_bytes(s->random, secret, sizeof secret);
	vault_seal(s, purpose_of(account_id, purpose), secret, sizeof secret, sealed);
	wipe(secret, sizeof secret);

	enum db_status status = changed(s, STMT_TWO_FACTOR_PUT,
		DB_ARGS(DB_INT(account_id), DB_BYTES(sealed, sizeof sealed), DB_INT(session_id),
			DB_INT(store_now(s))));

	return status == DB_NONE ? DB_CONFLICT : status;
}

static enum db_status read_row(
	struct store *s, int64_t account_id, struct two_factor *out, uint8_t sealed[SEALED_LEN])
{
	struct db_rows r;

	db_query(&r, s->db, STMT_TWO_FACTOR_READ, DB_ARGS(DB_INT(account_id)));
	bool found = db_next(&r);
	bool whole = found && db_bytes(&r, 0, sealed, SEALED_LEN);

	*out = (struct two_factor){0};
	if (found) {
		out->session_id = (uint64_t)db_int(&r, 1);
		out->created_at = db_int(&r, 2);
		out->confirmed_at = db_int(&r, 3);
		out->used_step = db_int(&r, 4);
	}
	db_end(&r);
	if (r.status != DB_OK || !found)
		return r.status != DB_OK ? r.status : DB_NONE;
	return whole ? DB_OK : DB_FAILED;
}

enum db_status two_factor_read(struct store *s, int64_t account_id, struct two_factor *out)
{
	char purpose[48];
	uint8_t sealed[SEALED_LEN];
	enum db_status status = read_row(s, account_id, out, sealed);

	if (status == DB_OK && !vault_open(s, purpose_of(account_id, purpose), sealed,
				       sizeof out->secret, out->secret))
		status = DB_FAILED;
	if (status == DB_FAILED)
		LOG(LOG_ERROR, "a two-factor secret cannot be read",
			LOG_INT("account", account_id));
	return status;
}

enum db_status two_factor_times(struct store *s, int64_t account_id, struct two_factor *out)
{
	uint8_t sealed[SEALED_LEN];

	return read_row(s, account_id, out, sealed);
}

enum db_status two_factor_is_on(struct store *s, int64_t account_id)
{
	struct two_factor t;
	enum db_status status = two_factor_times(s, account_id, &t);

	return status == DB_OK && !t.confirmed_at ? DB_NONE : status;
}

enum db_status two_factor_confirm(struct store *s, int64_t account_id, int64_t step)
{
	return changed(s, STMT_TWO_FACTOR_CONFIRM,
		DB_ARGS(DB_INT(account_id), DB_INT(store_now(s)), DB_INT(step)));
}

enum db_status two_factor_take_step(struct store *s, int64_t account_id, int64_t step)
{
	return changed(s, STMT_TWO_FACTOR_TAKE_STEP, DB_ARGS(DB_INT(account_id), DB_INT(step)));
}

enum db_status two_factor_remove(struct store *s, int64_t account_id)
{
	enum db_status status = changed(s, STMT_TWO_FACTOR_DELETE, DB_ARGS(DB_INT(account_id)));

	if (status != DB_OK)
		return status;
	return db_exec(s->db, STMT_RECOVERY_DELETE_ALL, DB_ARGS(DB_INT(account_id)), NULL);
}

enum db_status recovery_codes_make(
	struct store *s, int64_t account_id, char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN + 1])
{
	uint8_t hash[SHA256_LEN];
	enum db_status status =
		db_exec(s->db, STMT_RECOVERY_DELETE_ALL, DB_ARGS(DB_INT(account_id)), NULL);

	for (size_t i = 0; i < RECOVERY_CODES && status == DB_OK; i++) {
		recovery_code_make(s->random, codes[i]);
		sha256((struct str){codes[i], RECOVERY_TEXT_LEN}, hash);
		status = db_exec(s->db, STMT_RECOVERY_INSERT,
			DB_ARGS(DB_INT(account_id), DB_BYTES(hash, sizeof hash)), NULL);
	}
	return status;
}

enum db_status recovery_code_take(struct store *s, int64_t account_id, struct str code)
{
	uint8_t hash[SHA256_LEN];

	sha256(code, hash);
	return changed(s, STMT_RECOVERY_TAKE,
		DB_ARGS(DB_INT(account_id), DB_BYTES(hash, sizeof hash), DB_INT(store_now(s))));
}

enum db_status recovery_codes_left(struct store *s, int64_t account_id, int64_t *n)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_RECOVERY_COUNT, DB_ARGS(DB_INT(account_id)));
	*n = db_next(&r) ? db_int(&r, 0) : 0;
	db_end(&r);
	return r.status;
}
