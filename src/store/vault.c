#include "store/vault.h"

#include <sodium.h>

_Static_assert(VAULT_EXTRA == crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES, "sealing");
_Static_assert((int)crypto_secretbox_KEYBYTES == (int)SHA256_LEN, "a key is a hash");

static void key_of(const struct store *s, struct str purpose, uint8_t key[SHA256_LEN])
{
	hmac_sha256(s->vault_key, sizeof s->vault_key, purpose, key);
}

void vault_seal(struct store *s, struct str purpose, const void *data, size_t n, uint8_t *out)
{
	uint8_t key[SHA256_LEN];

	key_of(s, purpose, key);
	random_bytes(s->random, out, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, data, n, out, key);
	wipe(key, sizeof key);
}

bool vault_open(
	const struct store *s, struct str purpose, const uint8_t *sealed, size_t n, void *out)
{
	uint8_t key[SHA256_LEN];

	key_of(s, purpose, key);

	bool opened = crypto_secretbox_open_easy(out, sealed + crypto_secretbox_NONCEBYTES,
			      n + crypto_secretbox_MACBYTES, sealed, key) == 0;

	wipe(key, sizeof key);
	return opened;
}
