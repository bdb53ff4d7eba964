/* Digests, comparisons, encodings and password hashing, over libcrypto and libsodium. */
#ifndef LLAVERO_BASE_CRYPTO_H
#define LLAVERO_BASE_CRYPTO_H

#include "base/str.h"

struct random;

enum {
	SHA256_LEN = 32,
	SHA512_LEN = 64,
	CONTENT_HASH_LEN = 32,
	PASSWORD_HASH_LEN = 128, /* room for libsodium's encoded Argon2id string, with its NUL */
};

/* Prepares the libraries. Returns false when they cannot work here. Call once, before threads. */
bool crypto_start(void);
/* Constant-time equality of `n` bytes. */
bool ct_equal(const void *a, const void *b, size_t n);
/* Constant-time in the contents, not in the lengths; absent never equals. */
bool ct_equal_str(struct str a, struct str b);
void sha256(struct str data, uint8_t out[SHA256_LEN]);
void sha512(struct str data, uint8_t out[SHA512_LEN]);
void hmac_sha256(const uint8_t *key, size_t key_len, struct str data, uint8_t out[SHA256_LEN]);
/* What tells one reply from another (ETag): BLAKE2b, for a quarter of SHA-256's price. */
void content_hash(struct str data, uint8_t out[CONTENT_HASH_LEN]);
/* Keyed 64-bit hash (SipHash-2-4) with a 16-byte key. */
uint64_t keyed_hash64(const uint8_t key[16], struct str data);

/* Lower-case hex of `n` bytes into `out` (2n + 1 bytes, NUL-terminated). */
void hex_encode(const void *data, size_t n, char *out);
/* Exactly 2n hex digits of either case into `out`; false otherwise. */
bool hex_decode(struct str hex, uint8_t *out, size_t n);
/* RFC 4648 section 5 without padding, into the arena. */
struct str base64url_encode(struct arena *a, const void *data, size_t n);
/* The same backwards, in its one spelling: no padding, no spaces, no stray bits. False otherwise.
 */
bool base64url_decode(struct arena *a, struct str text, struct str *out);
/* Standard alphabet with padding (RFC 4648 section 4), into the arena. */
struct str base64_encode(struct arena *a, const void *data, size_t n);
/* Standard alphabet, padding optional, no spaces; false when ill-formed. */
bool base64_decode(struct arena *a, struct str text, struct str *out);
/* CRC-32 (IEEE, as in zlib). */
uint32_t crc32_ieee(struct str data);

/* Argon2id with libsodium's encoded form. `ops` passes over `mem_kib` KiB. Slow on purpose:
 * never on a loop thread. Returns false when memory is lacking. */
bool password_hash(
	struct str password, unsigned long long ops, size_t mem_kib, char out[PASSWORD_HASH_LEN]);
/* True when `password` matches the encoded `hash`. Slow on purpose. `*failed`: memory was lacking,
 * so that nobody knows. */
bool password_matches(struct str password, const char *hash, bool *failed);
/* Overwrites `n` bytes so that the compiler cannot leave it out. */
void wipe(void *p, size_t n);

#endif
