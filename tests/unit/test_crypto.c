/* Known answers of FIPS 180-4, RFC 4231, RFC 4648 and the SipHash paper. */
#include "base/crypto.h"
#include "base/fail.h"
#include "unit.h"

static void test_sha256(void **state)
{
	uint8_t out[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	(void)state;
	sha256(STR("abc"), out);
	hex_encode(out, sizeof out, hex);
	assert_string_equal(
		hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256(STR_NONE, out);
	hex_encode(out, sizeof out, hex);
	assert_string_equal(
		hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_hmac_sha256(void **state)
{
	uint8_t out[SHA256_LEN], long_key[131];
	char hex[2 * SHA256_LEN + 1];

	(void)state;
	hmac_sha256((const uint8_t *)"Jefe", 4, STR("what do ya want for nothing?"), out);
	hex_encode(out, sizeof out, hex);
	assert_string_equal(
		hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(long_key, 0xAA, sizeof long_key);
	hmac_sha256(long_key, sizeof long_key,
		STR("Test Using Larger Than Block-Size Key - Hash Key First"), out);
	hex_encode(out, sizeof out, hex);
	assert_string_equal(
		hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void test_keyed_hash(void **state)
{
	uint8_t key[16];
	char text[15];

	(void)state;
	for (uint8_t i = 0; i < 16; i++)
		key[i] = i;
	for (char i = 0; i < 15; i++)
		text[(size_t)i] = i;
	assert_true(keyed_hash64(key, (struct str){text, 15}) == 0xE545BE4961CA29A1);
	key[0] ^= 1;
	assert_false(keyed_hash64(key, (struct str){text, 15}) == 0xE545BE4961CA29A1);
}

static void test_crc32(void **state)
{
	(void)state;
	assert_int_equal(crc32_ieee(STR("123456789")), 0xCBF43926);
	assert_int_equal(crc32_ieee(STR("")), 0);
	assert_int_equal(
		crc32_ieee(STR("The quick brown fox jumps over the lazy dog")), 0x414FA339);
	assert_int_equal(crc32_ieee(STR("\xFF\xFF\xFF\xFF")), 0xFFFFFFFF);
}

/* A203, P17 */
static void test_constant_time_equality(void **state)
{
	(void)state;
	assert_true(ct_equal("abc", "abc", 3));
	assert_false(ct_equal("abc", "abd", 3));
	assert_true(ct_equal("abc", "abd", 2));
	assert_true(ct_equal("a", "b", 0));
	assert_true(ct_equal_str(STR("abc"), STR("abc")));
	assert_true(ct_equal_str(STR(""), STR("")));
	assert_false(ct_equal_str(STR("abc"), STR("ab")));
	assert_false(ct_equal_str(STR("abc"), STR("Abc")));
	assert_false(ct_equal_str(str_slice(STR("abc"), 0, 2), STR("abc")));
	assert_false(ct_equal_str(STR("abc"), str_slice(STR("abc"), 0, 2)));
	assert_false(ct_equal_str(STR_NONE, STR_NONE));
	assert_false(ct_equal_str(STR(""), STR_NONE) || ct_equal_str(STR_NONE, STR("")));
}

static void test_hex(void **state)
{
	static const char *const bad[] = {"", "0", "012", "01234", "0g01", "01 2", "-123", "0x12"};
	uint8_t out[3] = {0, 0, 0x77};
	char hex[5];

	(void)state;
	hex_encode("\x00\xFF", 2, hex);
	assert_string_equal(hex, "00ff");
	assert_true(hex_decode(STR("aBfF"), out, 2));
	assert_memory_equal(out, "\xAB\xFF\x77", 3);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(hex_decode(str_from(bad[i]), out, 2));
	assert_false(hex_decode(STR_NONE, out, 2));
	assert_true(hex_decode(STR_NONE, out, 0));
}

static void test_base64_encode(void **state)
{
	static const char *const rows[][3] = {{"", "", ""}, {"f", "Zg==", "Zg"},
		{"fo", "Zm8=", "Zm8"}, {"foo", "Zm9v", "Zm9v"}, {"foob", "Zm9vYg==", "Zm9vYg"},
		{"fooba", "Zm9vYmE=", "Zm9vYmE"}, {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
		{"\xFB\xFF\xFE", "+//+", "-__-"}};
	struct arena *a = *state;
	struct str out;

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i][0]);

		assert_str(base64_encode(a, rows[i][0], n), rows[i][1]);
		assert_str(base64url_encode(a, rows[i][0], n), rows[i][2]);
		assert_true(base64_decode(a, str_from(rows[i][1]), &out));
		assert_str(out, rows[i][0]);
	}
}

static void test_base64_decode(void **state)
{
	static const char *const bad[] = {"Z", "Zg=", "Zg===", "Zg====", "=",
		"==", "===", "====", "Z===", "Zm8==", "Zm9v=", "Zm9v====", "Zg==Zg==", "Zh==",
		"Zm9=", "Zm9v Yg==", " Zg==", "Zg==\n", "Zg-_", "Zg.="};
	struct arena *a = *state;
	struct str out;

	for (size_t i = 0; i < COUNT(bad); i++)
		if (base64_decode(a, str_from(bad[i]), &out))
			fail_msg("taken: %s", bad[i]);
	assert_false(base64_decode(a, STR("Zg\0="), &out));
	assert_true(base64_decode(a, STR("Zg"), &out)); /* padding is optional */
	assert_str(out, "f");
	assert_true(base64_decode(a, STR("Zm8"), &out));
	assert_str(out, "fo");
	assert_true(base64_decode(a, STR_NONE, &out));
	assert_int_equal(out.n, 0);
	assert_true(base64_decode(a, STR("AAA="), &out));
	assert_int_equal(out.n, 2);
}

static void test_passwords(void **state)
{
	char hash[PASSWORD_HASH_LEN], again[PASSWORD_HASH_LEN];
	bool failed;

	(void)state;
	assert_true(crypto_start());
	assert_true(password_hash(STR("correct horse"), 1, 64, hash));
	assert_true(str_starts(str_from(hash), STR("$argon2id$")));
	assert_true(strlen(hash) < PASSWORD_HASH_LEN);
	assert_true(password_matches(STR("correct horse"), hash, &failed));
	assert_false(failed);
	assert_false(password_matches(STR("correct horsE"), hash, &failed));
	assert_false(failed);
	assert_false(password_matches(STR("correct horse\0"), hash, &failed));
	assert_false(password_matches(STR(""), hash, &failed));
	assert_true(password_hash(STR("correct horse"), 1, 64, again));
	assert_string_not_equal(hash, again); /* salted */
	assert_false(password_matches(STR("x"), "", &failed));
	assert_false(password_matches(STR("x"), "$argon2id$broken", &failed));
	hash[strlen(hash) - 1] ^= 1;
	assert_false(password_matches(STR("correct horse"), hash, &failed));
#ifndef LLAVERO_RELEASE
	assert_true(fail_configure("password.hash:1"));
	assert_false(password_hash(STR("correct horse"), 1, 64, hash));
	assert_true(fail_configure("password.match:1"));
	assert_false(password_matches(STR("correct horse"), again, &failed));
	assert_true(failed);
	fail_configure(NULL);
	/* More memory than there is: no answer is not a no. */
	assert_false(password_matches(STR("x"),
		"$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA"
		"$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		&failed));
	assert_true(failed);
#endif
}

static void test_wipe(void **state)
{
	char secret[] = "secret";

	(void)state;
	wipe(secret, 3);
	assert_memory_equal(secret, "\0\0\0ret", 7);
	wipe(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_hmac_sha256),
		cmocka_unit_test(test_keyed_hash),
		cmocka_unit_test(test_crc32),
		cmocka_unit_test(test_constant_time_equality),
		cmocka_unit_test(test_hex),
		test_with_arena(test_base64_encode),
		test_with_arena(test_base64_decode),
		cmocka_unit_test(test_passwords),
		cmocka_unit_test(test_wipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
