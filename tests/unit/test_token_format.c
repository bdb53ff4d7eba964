/* The outward form of secrets: GitHub reference 1.3 and 1.4, rows A033 and A034. */
#include "core/token_format.h"
#include "unit.h"

static const struct locator_key key = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
static const uint64_t ids[] = {
	0, 1, 2, 0xFF, 0x100, 0x123456789ABC, 0x7FFFFFFFFFFF, 0xFFFFFFFFFFFE, 0xFFFFFFFFFFFF};

static struct random seeded(uint8_t first)
{
	struct random r;
	uint8_t seed[32] = {first};

	if (!random_seed(&r, seed)) /* a release build: any bytes do */
		random_init(&r);
	return r;
}

static bool all_of(const char *text, const char *alphabet)
{
	return strspn(text, alphabet) == strlen(text);
}
#define HEX "0123456789abcdef"
#define BASE62 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* The number that base62 digits stand for, as 22 bytes, the slow way; false on overflow. */
static bool slow_decode(const char *digits, uint8_t bytes[22])
{
	memset(bytes, 0, 22);
	for (size_t i = 0; i < 30; i++) {
		unsigned carry = (unsigned)(strchr(BASE62, digits[i]) - BASE62);

		for (size_t j = 22; j > 0; j--) {
			carry += bytes[j - 1] * 62U;
			bytes[j - 1] = (uint8_t)carry;
			carry >>= 8;
		}
		if (carry)
			return false;
	}
	return true;
}

/* The 30 digits of 22 bytes, the slow way, with prefix and checksum. */
static void slow_encode(const uint8_t from[22], char out[TOKEN_TEXT_LEN + 1])
{
	uint8_t bytes[22];

	memcpy(bytes, from, 22);
	memcpy(out, "gho_", 4);
	for (size_t i = 30; i > 0; i--) {
		unsigned rest = 0;

		for (size_t j = 0; j < 22; j++) {
			rest = rest << 8 | bytes[j];
			bytes[j] = (uint8_t)(rest / 62);
			rest %= 62;
		}
		out[3 + i] = BASE62[rest];
	}
	token_checksum(out + 4, out + 34);
	out[40] = '\0';
}

static uint64_t slow_locate(const uint8_t bytes[22])
{
	uint64_t masked = 0;

	for (size_t i = 0; i < 6; i++)
		masked = masked << 8 | bytes[i];
	return masked ^ (keyed_hash64(key.bytes, (struct str){(const char *)bytes + 6, 16}) &
				0xFFFFFFFFFFFF);
}

static void test_checksum_of_a_published_token(void **state)
{
	char sum[7] = "";

	(void)state;
	token_checksum("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", sum);
	assert_string_equal(sum, "0mLq17");
}

static void test_tokens_come_back(void **state)
{
	struct random r = seeded(1);
	char text[TOKEN_TEXT_LEN + 1];
	uint8_t bytes[22];

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		enum token_kind kind = i % 2 ? TOKEN_PERSONAL : TOKEN_OAUTH, read;
		uint64_t id = ids[i % COUNT(ids)], found;

		token_generate(&r, &key, kind, id, text);
		assert_int_equal(strlen(text), TOKEN_TEXT_LEN);
		assert_memory_equal(text, i % 2 ? "ghp_" : "gho_", 4);
		assert_true(all_of(text + 4, BASE62));
		assert_int_equal(token_read(&key, str_from(text), &read, &found), TOKEN_OK);
		assert_int_equal(read, kind);
		assert_int_equal(found, id);
		assert_true(slow_decode(text + 4, bytes));
		assert_int_equal(slow_locate(bytes), id);
	}
}

static void test_random_numbers_against_slow_arithmetic(void **state)
{
	struct random r = seeded(2);
	char text[TOKEN_TEXT_LEN + 1];

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		uint8_t bytes[22];
		enum token_kind kind;
		uint64_t id;

		random_bytes(&r, bytes, sizeof bytes);
		if (i < 44) /* runs of zeros and ones from either end */
			memset(i % 2 ? bytes + i / 2 : bytes, i % 4 < 2 ? 0 : 0xFF,
				i % 2 ? 22 - i / 2 : i / 2);
		slow_encode(bytes, text);
		assert_int_equal(token_read(&key, str_from(text), &kind, &id), TOKEN_OK);
		assert_int_equal(id, slow_locate(bytes));
	}
}

static enum token_fault read_number(const char digits[31])
{
	char text[TOKEN_TEXT_LEN + 1];
	enum token_kind kind;
	uint64_t id;

	snprintf(text, sizeof text, "gho_%s", digits);
	token_checksum(digits, text + 34);
	text[40] = '\0';
	return token_read(&key, str_from(text), &kind, &id);
}

/* No token has a second spelling: 2^176 and all above it are refused. */
static void test_numbers_at_the_limit(void **state)
{
	char text[TOKEN_TEXT_LEN + 1], digits[31];
	uint8_t ones[22];

	(void)state;
	memset(ones, 0xFF, sizeof ones);
	slow_encode(ones, text); /* 2^176 - 1 */
	memcpy(digits, text + 4, 30);
	digits[30] = '\0';
	assert_int_equal(read_number(digits), TOKEN_OK);
	size_t i = 29;

	while (digits[i] == 'z')
		digits[i--] = '0';
	digits[i] = strchr(BASE62, digits[i])[1]; /* one more */
	assert_int_equal(read_number(digits), TOKEN_BAD_SHAPE);
	assert_int_equal(read_number("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"), TOKEN_BAD_SHAPE);
	assert_int_equal(read_number("zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"), TOKEN_BAD_SHAPE);
	assert_int_equal(read_number("000000000000000000000000000000"), TOKEN_OK);
}

static void test_every_changed_character_is_noticed(void **state)
{
	struct random r = seeded(3);
	char text[TOKEN_TEXT_LEN + 1], changed[TOKEN_TEXT_LEN + 1];
	enum token_kind kind;
	uint64_t id;

	(void)state;
	token_generate(&r, &key, TOKEN_OAUTH, 77, text);
	for (size_t at = 0; at < TOKEN_TEXT_LEN; at++)
		for (int c = 0; c < 256; c++) {
			memcpy(changed, text, sizeof text);
			changed[at] = (char)c;
			/* "ghp_" is another kind with the same digits */
			bool good = c == (unsigned char)text[at] || (at == 2 && c == 'p');
			bool shape = at >= 4 && c && strchr(BASE62, c);
			enum token_fault fault =
				token_read(&key, (struct str){changed, TOKEN_TEXT_LEN}, &kind, &id);

			assert_int_equal(fault, good    ? TOKEN_OK
						: shape ? TOKEN_BAD_CHECKSUM
							: TOKEN_BAD_SHAPE);
		}
}

static void test_shapes(void **state)
{
	struct random r = seeded(4);
	char text[TOKEN_TEXT_LEN + 2];
	enum token_kind kind;
	uint64_t id;

	(void)state;
	token_generate(&r, &key, TOKEN_OAUTH, 77, text);
	text[40] = '0';
	for (size_t n = 0; n <= 41; n++)
		assert_int_equal(token_read(&key, (struct str){text, n}, &kind, &id),
			n == 40 ? TOKEN_OK : TOKEN_BAD_SHAPE);
	assert_int_equal(token_read(&key, STR_NONE, &kind, &id), TOKEN_BAD_SHAPE);
	static const char *const prefixes[] = {"ghu_", "ghr_", "ghs_", "GHO_", "gho-", "xho_"};

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		memcpy(text, prefixes[i], 4);
		assert_int_equal(
			token_read(&key, (struct str){text, 40}, &kind, &id), TOKEN_BAD_SHAPE);
	}
	/* tokens of before 2021 */
	assert_int_equal(
		token_read(&key, STR("0123456789abcdef0123456789abcdef01234567"), &kind, &id),
		TOKEN_BAD_SHAPE);
}

/* A205 */
static void test_another_key_finds_another_row(void **state)
{
	struct locator_key other = key;
	struct random r = seeded(5);
	char text[SESSION_TEXT_LEN + 1];
	enum token_kind kind;
	uint64_t id;

	(void)state;
	other.bytes[15] ^= 1;
	token_generate(&r, &key, TOKEN_OAUTH, 77, text);
	assert_int_equal(token_read(&other, str_from(text), &kind, &id), TOKEN_OK);
	assert_int_not_equal(id, 77);
	code_generate(&r, &key, 77, text);
	assert_true(code_locate(&other, str_from(text), &id));
	assert_int_not_equal(id, 77);
	session_generate(&r, &key, 77, text);
	assert_true(session_locate(&other, str_from(text), &id));
	assert_int_not_equal(id, 77);
}

static void test_codes(void **state)
{
	struct random r = seeded(6);
	char text[CODE_TEXT_LEN + 1], again[CODE_TEXT_LEN + 1];
	uint64_t id;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		code_generate(&r, &key, ids[i % COUNT(ids)], text);
		assert_int_equal(strlen(text), CODE_TEXT_LEN);
		assert_true(all_of(text, HEX));
		assert_true(code_locate(&key, str_from(text), &id));
		assert_int_equal(id, ids[i % COUNT(ids)]);
	}
	/* The same row twice shows nothing in common. */
	code_generate(&r, &key, 1, text);
	code_generate(&r, &key, 1, again);
	assert_memory_not_equal(text, again, 12);
	assert_memory_not_equal(text + 12, again + 12, 28);
}

static void test_a033_a034_codes_of_another_form(void **state)
{
	struct random r = seeded(7);
	char text[CODE_TEXT_LEN + 2];
	uint64_t id;

	(void)state;
	code_generate(&r, &key, 1, text);
	text[40] = '0';
	for (size_t n = 0; n <= 41; n++)
		assert_int_equal(code_locate(&key, (struct str){text, n}, &id), n == 40);
	for (size_t at = 0; at < CODE_TEXT_LEN; at++)
		for (int c = 0; c < 256; c++) {
			char was = text[at];

			text[at] = (char)c;
			assert_int_equal(code_locate(&key, (struct str){text, 40}, &id),
				c && strchr(HEX, c) != NULL);
			text[at] = was;
		}
	assert_false(code_locate(&key, STR_NONE, &id));
}

static void test_sessions(void **state)
{
	struct random r = seeded(8);
	char text[SESSION_TEXT_LEN + 2];
	uint64_t id;

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++) {
		session_generate(&r, &key, ids[i], text);
		assert_int_equal(strlen(text), SESSION_TEXT_LEN);
		assert_true(all_of(text, HEX));
		assert_true(session_locate(&key, str_from(text), &id));
		assert_int_equal(id, ids[i]);
	}
	text[64] = '0';
	for (size_t n = 0; n <= 65; n++)
		assert_int_equal(session_locate(&key, (struct str){text, n}, &id), n == 64);
	memset(text, 'A', 64);
	assert_false(session_locate(&key, (struct str){text, 64}, &id));
}

static void test_clients(void **state)
{
	struct random r = seeded(9);
	char id[CLIENT_ID_LEN + 1], secret[CLIENT_SECRET_LEN + 1], first[CLIENT_ID_LEN + 1];
	bool seen[128] = {false};

	(void)state;
	client_id_generate(&r, first);
	for (size_t i = 0; i < 200; i++) {
		client_id_generate(&r, id);
		assert_int_equal(strlen(id), CLIENT_ID_LEN);
		assert_memory_equal(id, "Ov23", 4);
		assert_true(all_of(id, BASE62));
		assert_string_not_equal(id, first);
		for (size_t j = 4; j < CLIENT_ID_LEN; j++)
			seen[(unsigned char)id[j]] = true;
		client_secret_generate(&r, secret);
		assert_int_equal(strlen(secret), CLIENT_SECRET_LEN);
		assert_true(all_of(secret, HEX));
	}
	for (const char *p = BASE62; *p; p++)
		assert_true(seen[(unsigned char)*p]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checksum_of_a_published_token),
		cmocka_unit_test(test_tokens_come_back),
		cmocka_unit_test(test_random_numbers_against_slow_arithmetic),
		cmocka_unit_test(test_numbers_at_the_limit),
		cmocka_unit_test(test_every_changed_character_is_noticed),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_another_key_finds_another_row),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_a033_a034_codes_of_another_form),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
