/* For SHA256_Init and its like: the interface that replaces them takes longer to begin than to hash
 * a token. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fail.h"

bool crypto_start(void)
{
	return sodium_init() >= 0;
}

bool ct_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

bool ct_equal_str(struct str a, struct str b)
{
	return a.p && b.p && a.n == b.n && ct_equal(a.p, b.p, a.n);
}

void sha256(struct str data, uint8_t out[SHA256_LEN])
{
	/* OpenSSL's, which has the processor's instructions for it. */
	SHA256_CTX state;

	SHA256_Init(&state);
	SHA256_Update(&state, data.p, data.n);
	SHA256_Final(out, &state);
	wipe(&state, sizeof state);
}

void content_hash(struct str data, uint8_t out[CONTENT_HASH_LEN])
{
	crypto_generichash(out, CONTENT_HASH_LEN, (const unsigned char *)data.p, data.n, NULL, 0);
}

void sha512(struct str data, uint8_t out[SHA512_LEN])
{
	crypto_hash_sha512(out, (const unsigned char *)data.p, data.n);
}

/* One half of RFC 2104: the hash of a padded key and what follows it. */
static void keyed_sha256(
	const uint8_t key[SHA256_CBLOCK], uint8_t pad, struct str data, uint8_t out[SHA256_LEN])
{
	uint8_t padded[SHA256_CBLOCK];
	SHA256_CTX state;

	for (size_t i = 0; i < sizeof padded; i++)
		padded[i] = key[i] ^ pad;
	SHA256_Init(&state);
	SHA256_Update(&state, padded, sizeof padded);
	SHA256_Update(&state, data.p, data.n);
	SHA256_Final(out, &state);
	wipe(padded, sizeof padded);
	wipe(&state, sizeof state);
}

/* RFC 2104, over OpenSSL's hash for the same reason. */
void hmac_sha256(const uint8_t *key, size_t key_len, struct str data, uint8_t out[SHA256_LEN])
{
	uint8_t block[SHA256_CBLOCK] = {0}, inner[SHA256_LEN];

	if (key_len > sizeof block)
		sha256((struct str){(const char *)key, key_len}, block);
	else if (key_len)
		memcpy(block, key, key_len);
	keyed_sha256(block, 0x36, data, inner);
	keyed_sha256(block, 0x5c, (struct str){(const char *)inner, sizeof inner}, out);
	wipe(block, sizeof block);
	wipe(inner, sizeof inner);
}

uint64_t keyed_hash64(const uint8_t key[16], struct str data)
{
	uint8_t out[crypto_shorthash_BYTES];
	uint64_t value = 0;

	crypto_shorthash(out, (const unsigned char *)data.p, data.n, key);
	for (size_t i = 0; i < sizeof out; i++)
		value = value << 8 | out[i];
	return value;
}

void hex_encode(const void *data, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = data;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(struct str hex, uint8_t *out, size_t n)
{
	if (hex.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(hex.p[2 * i]), low = hex_digit(hex.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static struct str encode64(struct arena *a, const void *data, size_t n, int variant)
{
	size_t room = sodium_base64_encoded_len(n, variant);
	char *out = arena_alloc(a, room);

	sodium_bin2base64(out, room, data, n, variant);
	return (struct str){out, room - 1};
}

struct str base64url_encode(struct arena *a, const void *data, size_t n)
{
	return encode64(a, data, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool base64url_decode(struct arena *a, struct str text, struct str *out)
{
	size_t n = 0;
	unsigned char *bin = arena_alloc(a, text.n + 1);

	if (sodium_base642bin(bin, text.n + 1, text.p ? text.p : "", text.n, NULL, &n, NULL,
		    sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return false;
	*out = (struct str){(char *)bin, n};
	return true;
}

struct str base64_encode(struct arena *a, const void *data, size_t n)
{
	return encode64(a, data, n, sodium_base64_VARIANT_ORIGINAL);
}

bool base64_decode(struct arena *a, struct str text, struct str *out)
{
	size_t n = 0;
	unsigned char *bin = arena_alloc(a, text.n + 1);

	/* At most two '=', and only where they fill the last group of four. */
	for (int i = 0; i < 2 && (text.n + (size_t)i) % 4 == 0; i++)
		if (text.n > 0 && text.p[text.n - 1] == '=')
			text.n--;
	if (sodium_base642bin(bin, text.n + 1, text.p ? text.p : "", text.n, NULL, &n, NULL,
		    sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0)
		return false;
	*out = (struct str){(char *)bin, n};
	return true;
}

uint32_t crc32_ieee(struct str data)
{
	static const uint32_t nibble[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8,
		0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < data.n; i++) {
		crc ^= (uint8_t)data.p[i];
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return ~crc;
}

bool password_hash(
	struct str password, unsigned long long ops, size_t mem_kib, char out[PASSWORD_HASH_LEN])
{
	_Static_assert(PASSWORD_HASH_LEN >= crypto_pwhash_argon2id_STRBYTES, "room for the hash");
	if (FAIL_AT("password.hash"))
		return false;
	return crypto_pwhash_argon2id_str(out, password.p, password.n, ops, mem_kib * 1024) == 0;
}

/* What password_hash has written, taken apart. */
struct encoded_hash {
	unsigned long long passes;
	size_t memory_kib;
	uint8_t salt[crypto_pwhash_argon2id_SALTBYTES], hash[SHA256_LEN];
};

static bool decode_exactly(const char *text, uint8_t *out, size_t n)
{
	size_t decoded;

	return sodium_base642bin(out, n, text, strlen(text), NULL, &decoded, NULL,
		       sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 &&
	       decoded == n;
}

static bool decode_hash(const char *text, struct encoded_hash *out)
{
	char salt[23], hash[44], more;

	/* NOLINTNEXTLINE(cert-err34-c): ten digits fit */
	return sscanf(text, "$argon2id$v=19$m=%10zu,t=%10llu,p=1$%22[^$]$%43s%c", &out->memory_kib,
		       &out->passes, salt, hash, &more) == 4 &&
	       decode_exactly(salt, out->salt, sizeof out->salt) &&
	       decode_exactly(hash, out->hash, sizeof out->hash);
}

/* The library's own comparison says no, too, when it had no memory to look. */
bool password_matches(struct str password, const char *hash, bool *failed)
{
	struct encoded_hash e;
	uint8_t made[SHA256_LEN];

	*failed = false;
	if (!decode_hash(hash, &e))
		return false;
	*failed =
		FAIL_AT("password.match") ||
		crypto_pwhash_argon2id(made, sizeof made, password.p, password.n, e.salt, e.passes,
			e.memory_kib * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0;
	bool matches = !*failed && ct_equal(made, e.hash, sizeof made);

	wipe(made, sizeof made);
	return matches;
}

void wipe(void *p, size_t n)
{
	if (n)
		OPENSSL_cleanse(p, n);
}
