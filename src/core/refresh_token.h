/* Refresh tokens: "ghr_" and 76 base62 characters. GitHub reference 1.4 and section 4.
 *
 * A token names its family (one authorization that is kept alive) and its generation, carries a
 * secret, and is sealed with a MAC. Its successor's secret is derived from the whole token and the
 * instance's key, so that a client whose reply was lost gets the very same successor again, while
 * neither a thief of the database (who has no token) nor a thief of an old token (who has no key)
 * can make it (assurance 6.2). */
#ifndef LLAVERO_CORE_REFRESH_TOKEN_H
#define LLAVERO_CORE_REFRESH_TOKEN_H

#include "core/token_format.h"

enum {
	REFRESH_TEXT_LEN = 80, /* prefix 4, random 70, checksum 6 */
	REFRESH_SECRET_LEN = 17,
	REFRESH_KEY_LEN = 32,
};

struct refresh_keys {
	struct locator_key locator;
	uint8_t seal[REFRESH_KEY_LEN];
};

struct refresh_parts {
	uint64_t family;     /* row id, below 2^48 */
	uint32_t generation; /* 1 for the first */
	uint8_t secret[REFRESH_SECRET_LEN];
};

enum refresh_fault {
	REFRESH_OK,
	REFRESH_BAD_SHAPE,
	REFRESH_BAD_CHECKSUM, /* cut off or altered on the way */
	REFRESH_FORGED,       /* the seal is not ours */
};

/* Writes the token of these parts and a NUL. */
void refresh_write(const struct refresh_keys *keys, const struct refresh_parts *parts,
	char out[REFRESH_TEXT_LEN + 1]);
/* Checks shape, checksum and seal. Touches no store. */
enum refresh_fault refresh_read(
	const struct refresh_keys *keys, struct str text, struct refresh_parts *out);
/* The one successor of a token: the next generation with the derived secret; and the secret of the
 * access token that comes with it. */
void refresh_successor(const struct refresh_keys *keys, struct str text,
	const struct refresh_parts *parts, struct refresh_parts *next,
	uint8_t access_secret[TOKEN_SECRET_LEN]);

#endif
