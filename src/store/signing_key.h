/* The server's own signing keys. The private half is sealed (store/vault.h) and forgotten once the
 * key signs no more. Rows are few: a handful for each algorithm. */
#ifndef LLAVERO_STORE_SIGNING_KEY_H
#define LLAVERO_STORE_SIGNING_KEY_H

#include "core/jose.h"
#include "core/key_life.h"
#include "store/store.h"

enum { SIGNING_KEYS_VERSION = 16 };

struct signing_key {
	enum jose_alg alg;
	int64_t number; /* counts the keys of an algorithm: one rotation by two nodes is one key */
	struct str kid; /* RFC 7638 thumbprint */
	struct str public_jwk;
	struct str private_jwk; /* STR_NONE: not asked for, or forgotten */
	bool has_private;       /* not forgotten */
	struct key_times times;
};

/* A value that differs after every change; all 0 before the first. What a worker has opened is good
 * while this is the same. */
enum db_status signing_keys_version(struct store *s, uint8_t out[SIGNING_KEYS_VERSION]);
/* Begins a change: other nodes' wait for this transaction to end. First in each that changes keys,
 * before they are read. Needs a write transaction, as all below but the list. */
enum db_status signing_keys_begin_change(struct store *s);
/* The keys of `alg`, newest first. DB_FAILED also when a private half cannot be decrypted. */
enum db_status signing_keys_list(struct store *s, struct arena *a, enum jose_alg alg,
	bool with_private, struct signing_key **out, size_t *n);
/* DB_CONFLICT when the number, or the kid, is taken. */
enum db_status signing_key_insert(struct store *s, const struct signing_key *k);
/* Writes times; of a revoked or ended key the private half is forgotten with `forget`. */
enum db_status signing_key_update(struct store *s, const struct signing_key *k, bool forget);
enum db_status signing_key_delete(struct store *s, const struct signing_key *k);

#endif
