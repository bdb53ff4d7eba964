#include "core/refresh_token.h"

#include <string.h>

enum {
	PREFIX_LEN = 4,
	DIGITS = 70,
	CHECKSUM_LEN = 6,
	GROUP_DIGITS = 10, /* base62 digits that hold seven bytes */
	GROUP_BYTES = 7,
	LOCATOR = 6,
	GENERATION = 4,
	SEAL = 22,
	BYTES = LOCATOR + GENERATION + REFRESH_SECRET_LEN + SEAL,
};
_Static_assert(BYTES / GROUP_BYTES * GROUP_DIGITS == DIGITS, "whole groups");

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static void put_number(uint64_t value, uint8_t *out, size_t n)
{
	while (n-- > 0) {
		out[n] = (uint8_t)value;
		value >>= 8;
	}
}

static uint64_t get_number(const uint8_t *p, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | p[i];
	return value;
}

static void put_digits(uint64_t value, char *out, size_t n)
{
	while (n-- > 0) {
		out[n] = alphabet[value % 62];
		value /= 62;
	}
}

/* False for a character that is no digit. */
static bool get_digits(const char *p, size_t n, uint64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		const char *at = p[i] ? strchr(alphabet, p[i]) : NULL;

		if (!at)
			return false;
		*out = *out * 62 + (uint64_t)(at - alphabet);
	}
	return true;
}

/* The checksum of the digits, as access tokens have it. */
static void checksum(const char *digits, char out[CHECKSUM_LEN])
{
	put_digits(crc32_ieee((struct str){digits, DIGITS}), out, CHECKSUM_LEN);
}

/* What hides family and generation: both halves come from the secret and the seal. */
static void mask(const struct refresh_keys *keys, uint8_t bytes[BYTES])
{
	const struct str rest = {
		(const char *)bytes + LOCATOR + GENERATION, REFRESH_SECRET_LEN + SEAL};
	uint64_t first = keyed_hash64(keys->locator.bytes, rest);
	uint64_t second = keyed_hash64(keys->seal, rest);

	put_number(get_number(bytes, LOCATOR) ^ (first & 0xFFFFFFFFFFFF), bytes, LOCATOR);
	put_number(get_number(bytes + LOCATOR, GENERATION) ^ (second & 0xFFFFFFFF), bytes + LOCATOR,
		GENERATION);
}

static void seal(const struct refresh_keys *keys, const struct refresh_parts *p, uint8_t out[SEAL])
{
	uint8_t message[1 + LOCATOR + GENERATION + REFRESH_SECRET_LEN] = {'s'}, mac[SHA256_LEN];

	put_number(p->family, message + 1, LOCATOR);
	put_number(p->generation, message + 1 + LOCATOR, GENERATION);
	memcpy(message + 1 + LOCATOR + GENERATION, p->secret, REFRESH_SECRET_LEN);
	hmac_sha256(keys->seal, sizeof keys->seal,
		(struct str){(const char *)message, sizeof message}, mac);
	memcpy(out, mac, SEAL);
}

void refresh_write(const struct refresh_keys *keys, const struct refresh_parts *p,
	char out[REFRESH_TEXT_LEN + 1])
{
	uint8_t bytes[BYTES];
	char *digits = out + PREFIX_LEN;

	put_number(p->family, bytes, LOCATOR);
	put_number(p->generation, bytes + LOCATOR, GENERATION);
	memcpy(bytes + LOCATOR + GENERATION, p->secret, REFRESH_SECRET_LEN);
	seal(keys, p, bytes + BYTES - SEAL);
	mask(keys, bytes);
	memcpy(out, "ghr_", PREFIX_LEN);
	for (size_t i = 0; i < BYTES / GROUP_BYTES; i++)
		put_digits(get_number(bytes + i * GROUP_BYTES, GROUP_BYTES),
			digits + i * GROUP_DIGITS, GROUP_DIGITS);
	checksum(digits, digits + DIGITS);
	out[REFRESH_TEXT_LEN] = '\0';
	wipe(bytes, sizeof bytes);
}

static bool read_bytes(const char *digits, uint8_t bytes[BYTES])
{
	for (size_t i = 0; i < BYTES / GROUP_BYTES; i++) {
		uint64_t value;

		if (!get_digits(digits + i * GROUP_DIGITS, GROUP_DIGITS, &value) ||
			value >> (8 * GROUP_BYTES) != 0)
			return false;
		put_number(value, bytes + i * GROUP_BYTES, GROUP_BYTES);
	}
	return true;
}

enum refresh_fault refresh_read(
	const struct refresh_keys *keys, struct str text, struct refresh_parts *out)
{
	uint8_t bytes[BYTES], expected[SEAL];
	char sum[CHECKSUM_LEN];

	if (text.n != REFRESH_TEXT_LEN || !str_starts(text, STR("ghr_")))
		return REFRESH_BAD_SHAPE;
	checksum(text.p + PREFIX_LEN, sum);
	if (memcmp(sum, text.p + PREFIX_LEN + DIGITS, CHECKSUM_LEN) != 0)
		return REFRESH_BAD_CHECKSUM;
	if (!read_bytes(text.p + PREFIX_LEN, bytes))
		return REFRESH_BAD_SHAPE;
	mask(keys, bytes);
	out->family = get_number(bytes, LOCATOR);
	out->generation = (uint32_t)get_number(bytes + LOCATOR, GENERATION);
	memcpy(out->secret, bytes + LOCATOR + GENERATION, REFRESH_SECRET_LEN);
	seal(keys, out, expected);
	return ct_equal(expected, bytes + BYTES - SEAL, SEAL) ? REFRESH_OK : REFRESH_FORGED;
}

/* Derives `n` bytes from a whole token; `use` keeps the uses apart. */
static void derive(
	const struct refresh_keys *keys, char use, struct str text, uint8_t *out, size_t n)
{
	uint8_t message[1 + REFRESH_TEXT_LEN] = {(uint8_t)use}, mac[SHA256_LEN];

	memcpy(message + 1, text.p, REFRESH_TEXT_LEN);
	hmac_sha256(keys->seal, sizeof keys->seal,
		(struct str){(const char *)message, sizeof message}, mac);
	memcpy(out, mac, n);
	wipe(message, sizeof message);
	wipe(mac, sizeof mac);
}

void refresh_successor(const struct refresh_keys *keys, struct str text,
	const struct refresh_parts *parts, struct refresh_parts *next,
	uint8_t access_secret[TOKEN_SECRET_LEN])
{
	next->family = parts->family;
	next->generation = parts->generation + 1;
	derive(keys, 'n', text, next->secret, REFRESH_SECRET_LEN);
	derive(keys, 'a', text, access_secret, TOKEN_SECRET_LEN);
}
