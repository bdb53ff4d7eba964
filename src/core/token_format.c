#include "core/token_format.h"

#include <assert.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

enum {
	PREFIX_LEN = 4,
	RANDOM_LEN = 30,
	CHECKSUM_LEN = 6,
	TOKEN_SECRET = TOKEN_SECRET_LEN,
	LOCATOR = 6,
	GROUP = 10, /* base62 digits that fit 64 bits */
};
static const uint64_t GROUP_BASE = 839299365868340224; /* 62 to the 10th */
static const uint64_t LOCATOR_MASK = ((uint64_t)1 << 48) - 1;

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Writes `value` as `n` base62 digits. */
static void encode62(uint64_t value, char *out, size_t n)
{
	while (n-- > 0) {
		out[n] = alphabet[value % 62];
		value /= 62;
	}
}

/* The value of a base62 digit, or a value over 61. */
static unsigned digit62(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A') + 10;
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 36;
	return 62;
}

/* The value of ten base62 digits. */
static uint64_t decode_group(const char *p)
{
	uint64_t value = 0;

	for (size_t i = 0; i < GROUP; i++)
		value = value * 62 + digit62(p[i]);
	return value;
}

/* Divides the number in `limbs`, most significant first, by GROUP_BASE; returns the remainder. */
static uint64_t take_group(uint64_t limbs[3])
{
	uint64_t rest = 0;

	for (size_t i = 0; i < 3; i++) {
		u128 part = (u128)rest << 64 | limbs[i];

		limbs[i] = (uint64_t)(part / GROUP_BASE);
		rest = (uint64_t)(part % GROUP_BASE);
	}
	return rest;
}

static void store_be(uint64_t value, uint8_t *out, size_t n)
{
	while (n-- > 0) {
		out[n] = (uint8_t)value;
		value >>= 8;
	}
}

static uint64_t load_be(const uint8_t *p, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | p[i];
	return value;
}

/* XOR with this turns a locator into its masked form and back. */
static uint64_t mask_of(const struct locator_key *key, const uint8_t *secret, size_t n)
{
	return keyed_hash64(key->bytes, (struct str){(const char *)secret, n}) & LOCATOR_MASK;
}

/* `n` bytes: the masked locator before the secret that is there already. */
static void put_locator(const struct locator_key *key, uint64_t id, uint8_t *out, size_t n)
{
	assert(id <= LOCATOR_MASK);
	store_be(id ^ mask_of(key, out + LOCATOR, n - LOCATOR), out, LOCATOR);
}

/* `n` bytes: the masked locator, then fresh secret. */
static void make_bytes(
	struct random *r, const struct locator_key *key, uint64_t id, uint8_t *out, size_t n)
{
	random_bytes(r, out + LOCATOR, n - LOCATOR);
	put_locator(key, id, out, n);
}

static uint64_t locate(const struct locator_key *key, const uint8_t *bytes, size_t n)
{
	return load_be(bytes, LOCATOR) ^ mask_of(key, bytes + LOCATOR, n - LOCATOR);
}

void token_checksum(const char random_part[30], char out[6])
{
	encode62(crc32_ieee((struct str){random_part, RANDOM_LEN}), out, CHECKSUM_LEN);
}

static const char *const prefixes[] = {[TOKEN_OAUTH] = "gho_", [TOKEN_PERSONAL] = "ghp_"};

void token_write(const struct locator_key *key, enum token_kind kind, uint64_t id,
	const uint8_t secret[TOKEN_SECRET_LEN], char out[TOKEN_TEXT_LEN + 1])
{
	uint8_t bytes[LOCATOR + TOKEN_SECRET];
	char *digits = out + PREFIX_LEN;

	memcpy(bytes + LOCATOR, secret, TOKEN_SECRET);
	put_locator(key, id, bytes, sizeof bytes);
	uint64_t limbs[3] = {load_be(bytes, 6), load_be(bytes + 6, 8), load_be(bytes + 14, 8)};

	memcpy(out, prefixes[kind], PREFIX_LEN);
	for (size_t i = RANDOM_LEN; i > 0; i -= GROUP)
		encode62(take_group(limbs), digits + i - GROUP, GROUP);
	token_checksum(digits, digits + RANDOM_LEN);
	out[TOKEN_TEXT_LEN] = '\0';
	wipe(bytes, sizeof bytes);
	wipe(limbs, sizeof limbs);
}

void token_generate(struct random *r, const struct locator_key *key, enum token_kind kind,
	uint64_t id, char out[TOKEN_TEXT_LEN + 1])
{
	uint8_t secret[TOKEN_SECRET];

	random_bytes(r, secret, sizeof secret);
	token_write(key, kind, id, secret, out);
	wipe(secret, sizeof secret);
}

static bool read_prefix(struct str text, enum token_kind *kind)
{
	if (text.n != TOKEN_TEXT_LEN)
		return false;
	for (size_t i = PREFIX_LEN; i < text.n; i++)
		if (digit62(text.p[i]) > 61)
			return false;
	if (memcmp(text.p, prefixes[TOKEN_OAUTH], PREFIX_LEN) == 0)
		*kind = TOKEN_OAUTH;
	else if (memcmp(text.p, prefixes[TOKEN_PERSONAL], PREFIX_LEN) == 0)
		*kind = TOKEN_PERSONAL;
	else
		return false;
	return true;
}

/* The 22 bytes that 30 digits stand for; false for numbers of 2^176 and over, which no token of
 * ours has and which would otherwise be a second spelling of another one. */
static bool decode_random(const char *digits, uint8_t bytes[LOCATOR + TOKEN_SECRET])
{
	u128 upper = (u128)decode_group(digits) * GROUP_BASE + decode_group(digits + GROUP);
	u128 low = (u128)(uint64_t)upper * GROUP_BASE + decode_group(digits + (ptrdiff_t)2 * GROUP);
	u128 high = (upper >> 64) * GROUP_BASE + (uint64_t)(low >> 64);

	if (high >> 64 > LOCATOR_MASK)
		return false;
	store_be((uint64_t)(high >> 64), bytes, 6);
	store_be((uint64_t)high, bytes + 6, 8);
	store_be((uint64_t)low, bytes + 14, 8);
	return true;
}

enum token_fault token_read(
	const struct locator_key *key, struct str text, enum token_kind *kind, uint64_t *id)
{
	uint8_t bytes[LOCATOR + TOKEN_SECRET];
	char checksum[CHECKSUM_LEN];

	if (!read_prefix(text, kind))
		return TOKEN_BAD_SHAPE;
	const char *digits = text.p + PREFIX_LEN;

	token_checksum(digits, checksum);
	if (memcmp(checksum, digits + RANDOM_LEN, CHECKSUM_LEN) != 0)
		return TOKEN_BAD_CHECKSUM;
	if (!decode_random(digits, bytes))
		return TOKEN_BAD_SHAPE;
	*id = locate(key, bytes, sizeof bytes);
	wipe(bytes, sizeof bytes);
	return TOKEN_OK;
}

/* Lower case only: one secret has one spelling. */
static bool read_hex(struct str text, uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'F')
			return false;
	return hex_decode(text, bytes, n);
}

void code_generate(
	struct random *r, const struct locator_key *key, uint64_t id, char out[CODE_TEXT_LEN + 1])
{
	uint8_t bytes[CODE_TEXT_LEN / 2];

	make_bytes(r, key, id, bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, out);
	wipe(bytes, sizeof bytes);
}

bool code_locate(const struct locator_key *key, struct str text, uint64_t *id)
{
	uint8_t bytes[CODE_TEXT_LEN / 2];

	if (!read_hex(text, bytes, sizeof bytes))
		return false;
	*id = locate(key, bytes, sizeof bytes);
	wipe(bytes, sizeof bytes);
	return true;
}

void token_name_write(const struct locator_key *key, uint64_t id,
	const uint8_t secret[TOKEN_SECRET_LEN], char out[TOKEN_NAME_LEN + 1])
{
	uint8_t bytes[TOKEN_NAME_LEN / 2];

	memcpy(bytes + LOCATOR, secret, TOKEN_SECRET);
	put_locator(key, id, bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, out);
	wipe(bytes, sizeof bytes);
}

bool token_name_locate(const struct locator_key *key, struct str text, uint64_t *id)
{
	uint8_t bytes[TOKEN_NAME_LEN / 2];

	if (!read_hex(text, bytes, sizeof bytes))
		return false;
	*id = locate(key, bytes, sizeof bytes);
	wipe(bytes, sizeof bytes);
	return true;
}

void session_generate(struct random *r, const struct locator_key *key, uint64_t id,
	char out[SESSION_TEXT_LEN + 1])
{
	uint8_t bytes[SESSION_TEXT_LEN / 2];

	make_bytes(r, key, id, bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, out);
	wipe(bytes, sizeof bytes);
}

bool session_locate(const struct locator_key *key, struct str text, uint64_t *id)
{
	uint8_t bytes[SESSION_TEXT_LEN / 2];

	if (!read_hex(text, bytes, sizeof bytes))
		return false;
	*id = locate(key, bytes, sizeof bytes);
	wipe(bytes, sizeof bytes);
	return true;
}

void client_id_generate(struct random *r, char out[CLIENT_ID_LEN + 1])
{
	memcpy(out, "Ov23", PREFIX_LEN);
	for (size_t i = PREFIX_LEN; i < CLIENT_ID_LEN; i++)
		out[i] = alphabet[random_below(r, 62)];
	out[CLIENT_ID_LEN] = '\0';
}

void client_secret_generate(struct random *r, char out[CLIENT_SECRET_LEN + 1])
{
	uint8_t bytes[CLIENT_SECRET_LEN / 2];

	random_bytes(r, bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, out);
	wipe(bytes, sizeof bytes);
}
