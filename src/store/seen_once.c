#include "store/seen_once.h"

#include <string.h>

#include "base/limits.h"

/* Hashes of the parts, hashed: no part can pass for another. Remembered a little longer: another
 * node, whose clock is behind, takes what was signed a little longer. */
enum db_status seen_once(
	struct store *s, const char *kind, struct str whose, struct str jti, int64_t expires_at)
{
	uint8_t parts[3][SHA256_LEN], hash[SHA256_LEN];
	size_t changed;

	sha256(str_from(kind), parts[0]);
	sha256(whose, parts[1]);
	sha256(jti, parts[2]);
	sha256((struct str){(const char *)parts, sizeof parts}, hash);
	enum db_status status = db_exec(s->db, STMT_SEEN_ONCE_PUT,
		DB_ARGS(DB_BYTES(hash, sizeof hash), DB_INT(expires_at + LIMIT_CLOCK_SKEW),
			DB_INT(store_now(s))),
		&changed);

	return status != DB_OK ? status : changed ? DB_OK : DB_NONE;
}
