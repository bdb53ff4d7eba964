/* The master key: what seals the instance's keys, kept elsewhere than in the database. One for the
 * process, read before threads start and before rights are given up; it is wiped once every store
 * is open, since nothing needs it then. While a new one is being introduced the old one counts too.
 */
#ifndef LLAVERO_STORE_MASTER_KEY_H
#define LLAVERO_STORE_MASTER_KEY_H

#include "base/crypto.h"
#include "base/random.h"

enum {
	MASTER_KEY_LEN = SHA256_LEN,
	MASTER_KEY_ID = 8,     /* bytes that tell one key from another; no secret */
	MASTER_KEY_EXTRA = 48, /* bytes that sealing adds: the key's id, nonce and tag */
};

/* Reads the key from `file`, and from `old_file` the one that it replaces; "" for none. A file has
 * the 32 bytes of a key in hex or base64, or as they are. Without a `file` the credentials of
 * systemd are looked at: vault_key and vault_key_old in $CREDENTIALS_DIRECTORY. False with a
 * sentence in `problem` when a file cannot be read, holds no key, or is for others to read: one
 * that root owns may be for a group, as systemd's and Kubernetes' are. Not having a key is no
 * failure. */
bool master_key_load(const char *file, const char *old_file, char problem[256]);
/* Wipes both. */
void master_key_forget(void);
bool master_key_is_there(void);
/* The id of the key in hex; "" without one. */
const char *master_key_name(void);

/* Seals `n` bytes under the key into `out` (n + MASTER_KEY_EXTRA bytes). `purpose` says what it is;
 * nothing else opens it. */
void master_key_seal(
	struct random *random, struct str purpose, const void *data, size_t n, uint8_t *out);

enum master_key_opens {
	MASTER_OPENS,     /* with the key */
	MASTER_OPENS_OLD, /* with the old one */
	MASTER_IS_OTHER,  /* it is sealed under neither */
	MASTER_IS_BROKEN, /* it was changed, or is for another purpose */
};
/* The `n` bytes that were sealed (n + MASTER_KEY_EXTRA bytes), into `out`. */
enum master_key_opens master_key_open(
	struct str purpose, const uint8_t *sealed, size_t n, void *out);
/* The id of the key that something was sealed under, in hex. */
void master_key_name_of(const uint8_t *sealed, char name[2 * MASTER_KEY_ID + 1]);

#endif
