/* Secrets that must be read again, so that a hash will not do: encrypted at rest, each under a key
 * of its own purpose. Who has the database without its `instance` table has nothing. */
#ifndef LLAVERO_STORE_VAULT_H
#define LLAVERO_STORE_VAULT_H

#include "store/store.h"

enum { VAULT_EXTRA = 40 }; /* bytes that sealing adds: nonce and tag */

/* Seals `n` bytes into `out` (n + VAULT_EXTRA bytes). `purpose` says what it is and whose, such as
 * "two-factor 17"; nothing else opens it. */
void vault_seal(struct store *s, struct str purpose, const void *data, size_t n, uint8_t *out);
/* The `n` bytes that were sealed. False when `sealed` (n + VAULT_EXTRA bytes) was changed, or made
 * for another purpose or instance. */
bool vault_open(
	const struct store *s, struct str purpose, const uint8_t *sealed, size_t n, void *out);

#endif
