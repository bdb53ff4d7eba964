/* The outward form of secrets: access tokens, codes, client ids and secrets, session cookies.
 * GitHub reference 1.3 and 1.4; DESIGN "row locators inside secrets".
 *
 * A token or code carries, besides at least 112 bits of secret, the 48-bit id of its row, masked
 * with a keyed hash of the secret part, so that a lookup is one integer-key read and the id tells
 * an outsider nothing. */
#ifndef LLAVERO_CORE_TOKEN_FORMAT_H
#define LLAVERO_CORE_TOKEN_FORMAT_H

#include "base/crypto.h"
#include "base/random.h"
#include "base/str.h"

enum {
	TOKEN_TEXT_LEN = 40,    /* prefix 4, random 30, checksum 6 */
	TOKEN_SECRET_LEN = 16,  /* bytes of secret in a token */
	CODE_TEXT_LEN = 40,     /* lower-case hex: 48 bits of locator, 112 of secret */
	SESSION_TEXT_LEN = 64,  /* lower-case hex: 48 bits of locator, 208 of secret */
	TOKEN_NAME_LEN = 44,    /* lower-case hex: 48 bits of locator, 128 of secret */
	CLIENT_ID_LEN = 20,     /* "Ov23" and 16 base62 characters */
	CLIENT_SECRET_LEN = 40, /* lower-case hex */
};

/* Key of the mask; one for the whole instance, so every node reads every token. */
struct locator_key {
	uint8_t bytes[16];
};

enum token_fault {
	TOKEN_OK,
	TOKEN_BAD_SHAPE,    /* not a known prefix with 36 base62 characters */
	TOKEN_BAD_CHECKSUM, /* cut off or altered on the way */
};

/* The kinds by prefix. */
enum token_kind { TOKEN_OAUTH /* gho_ */, TOKEN_PERSONAL /* ghp_ */ };

/* Writes a new token for row `id` (below 2^48) and a NUL into `out`. */
void token_generate(struct random *r, const struct locator_key *key, enum token_kind kind,
	uint64_t id, char out[TOKEN_TEXT_LEN + 1]);
/* The same with a secret that the caller has: the token of these values is always the same one. */
void token_write(const struct locator_key *key, enum token_kind kind, uint64_t id,
	const uint8_t secret[TOKEN_SECRET_LEN], char out[TOKEN_TEXT_LEN + 1]);
/* Checks shape and checksum, and finds the row. Touches no store. */
enum token_fault token_read(
	const struct locator_key *key, struct str text, enum token_kind *kind, uint64_t *id);
/* The six checksum characters of the 30 random ones. */
void token_checksum(const char random_part[30], char out[6]);

/* Authorization codes. code_locate is false when `text` is not 40 lower-case hex digits. */
void code_generate(
	struct random *r, const struct locator_key *key, uint64_t id, char out[CODE_TEXT_LEN + 1]);
bool code_locate(const struct locator_key *key, struct str text, uint64_t *id);

/* The jti of an access token that is a JWT: names its row, and is no token itself. */
void token_name_write(const struct locator_key *key, uint64_t id,
	const uint8_t secret[TOKEN_SECRET_LEN], char out[TOKEN_NAME_LEN + 1]);
bool token_name_locate(const struct locator_key *key, struct str text, uint64_t *id);

/* Session cookies, likewise. */
void session_generate(struct random *r, const struct locator_key *key, uint64_t id,
	char out[SESSION_TEXT_LEN + 1]);
bool session_locate(const struct locator_key *key, struct str text, uint64_t *id);

void client_id_generate(struct random *r, char out[CLIENT_ID_LEN + 1]);
void client_secret_generate(struct random *r, char out[CLIENT_SECRET_LEN + 1]);

#endif
