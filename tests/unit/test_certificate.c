/* Names of certificates: RFC 8705 2.1.2, RFC 4514, RFC 5280 7.1; assurance 8705-07. And DPoP's
 * nonces: 9449-11, A137. */
#include <openssl/x509.h>

#include "base/limits.h"
#include "core/certificate.h"
#include "core/dpop.h"
#include "unit.h"

struct part {
	const char *type, *value;
	int n, set; /* n -1: as long as it is */
};

/* A certificate that has nothing but a subject. */
static struct certificate named(X509 *x, const struct part *parts, size_t n)
{
	X509_NAME *name = X509_get_subject_name(x);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(X509_NAME_add_entry_by_txt(name, parts[i].type, MBSTRING_UTF8,
					 (const unsigned char *)parts[i].value, parts[i].n, -1,
					 parts[i].set),
			1);
	return (struct certificate){.lib = x};
}

static void check(const struct part *parts, size_t n, const char *const *same, size_t same_n,
	const char *const *others, size_t others_n)
{
	X509 *x = X509_new();
	const struct certificate c = named(x, parts, n);

	for (size_t i = 0; i < same_n; i++)
		if (!certificate_has_subject(&c, str_from(same[i])))
			fail_msg("'%s' is not found", same[i]);
	for (size_t i = 0; i < others_n; i++)
		if (certificate_has_subject(&c, str_from(others[i])))
			fail_msg("'%s' is taken for it", others[i]);
	X509_free(x);
}

static void test_8705_07_plain(void **state)
{
	static const struct part parts[] = {
		{"C", "ES", -1, 0}, {"O", "Bank, Inc.", -1, 0}, {"CN", "a+b = \"c\"", -1, 0}};
	static const char *const same[] = {"CN=a\\+b \\= \\\"c\\\",O=Bank\\, Inc.,C=ES",
		"cn=A\\2Bb  =  \\22c\\22 , o=bank\\2c inc.,c=es",
		"2.5.4.3=a\\+b = \\\"c\\\",2.5.4.10=Bank\\, Inc.,C=ES"};
	static const char *const others[] = {"C=ES,O=Bank\\, Inc.,CN=a\\+b \\= \\\"c\\\"",
		"CN=a+b=c,O=Bank\\, Inc.,C=ES", "CN=a\\+b \\= \\\"c\\\",O=Bank", "", "=", ",", "CN",
		"CN=a\\", "CN=a\\+b \\= \\\"c\\\",O=Bank\\, Inc.,C=ES,", "NOTYPE=x"};

	(void)state;
	check(parts, COUNT(parts), same, COUNT(same), others, COUNT(others));
}

static void test_8705_07_several_in_one_part(void **state)
{
	static const struct part parts[] = {
		{"O", "Bank", -1, 0}, {"CN", "client", -1, 0}, {"OU", "Risk", -1, -1}};
	static const char *const same[] = {"CN=client+OU=Risk,O=Bank", "OU=risk+CN=Client,O=bank"};
	static const char *const others[] = {"CN=client,OU=Risk,O=Bank", "CN=client,O=Bank"};

	(void)state;
	check(parts, COUNT(parts), same, COUNT(same), others, COUNT(others));
}

static void test_8705_07_a_NUL_ends_nothing(void **state)
{
	static const struct part parts[] = {{"CN", "bank\0.evil", 10, 0}};
	static const char *const same[] = {"CN=bank\\00.evil"};
	static const char *const others[] = {"CN=bank", "CN=bank.evil", "CN=bank\\00"};

	(void)state;
	check(parts, COUNT(parts), same, COUNT(same), others, COUNT(others));
}

/* RFC 4514 2.4: only "\00" stands for it, and no type has one. */
static void test_8705_07_a_NUL_is_written_in_hex(void **state)
{
	static const struct part parts[] = {{"CN", "bank\0", 5, 0}};
	const struct str others[] = {
		STR("CN=bank\\\0"), STR("CN=bank\0"), STR("CN\0=bank\\00"), STR("CN\0x=bank\\00")};
	X509 *x = X509_new();
	const struct certificate c = named(x, parts, COUNT(parts));

	(void)state;
	assert_true(certificate_has_subject(&c, STR("CN=bank\\00")));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(certificate_has_subject(&c, others[i]));
	X509_free(x);
}

static void test_8705_07_letters_of_elsewhere(void **state)
{
	static const struct part parts[] = {{"O", "Cañón", -1, 0}, {"CN", "#1", -1, 0}};
	static const char *const same[] = {"CN=\\#1,O=Cañón", "CN=\\231,O=Ca\\C3\\B1\\C3\\B3n"};
	static const char *const others[] = {"CN=\\#1,O=Canon"};

	(void)state;
	check(parts, COUNT(parts), same, COUNT(same), others, COUNT(others));
}

static void test_4514_spaces_and_separators(void **state)
{
	static const struct part parts[] = {{"O", "x", -1, 0}, {"CN", " y ", -1, 0}};
	static const char *const same[] = {
		"CN=\\ y\\ ,O=x", "CN=   \\20y\\20;O=x", " CN = y , O = x", "cn=Y,o=X"};
	static const char *const others[] = {"CN=y\"z,O=x", "CN=y<,O=x", "CN=y>,O=x", "CN=y\\z,O=x",
		"CN=y\\4,O=x", "CN=,O=x", "=y,O=x", "CN=y,O", "CN=y\\2g,O=x", "CN=\\zz,O=x"};

	(void)state;
	check(parts, COUNT(parts), same, COUNT(same), others, COUNT(others));
}

/* What the text may hold at most: parts of a name, characters of a type and of a value. */
static void test_4514_limits(void **state)
{
	enum { PARTS = 32, VALUE = 512, TYPE = 63 };
	struct arena *a = *state;
	X509 *x = X509_new();
	const struct certificate c = {.lib = x};
	struct str name = STR_NONE;

	for (int i = 0; i < PARTS; i++) {
		assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "OU",
					 MBSTRING_UTF8, (const unsigned char *)"u", 1, -1, 0),
			1);
		name = str_joined(a, name, ",", STR("OU=u"));
	}
	assert_true(certificate_has_subject(&c, name));
	assert_false(certificate_has_subject(&c, str_joined(a, name, ",", STR("OU=u"))));
	assert_false(certificate_has_subject(&c, str_slice(name, 5, name.n)));
	for (size_t n = VALUE - 1; n <= VALUE + 1; n++)
		assert_false(certificate_has_subject(
			&c, str_printf(a, "O=%.*s", STR_ARG(repeated(a, 'x', n)))));
	for (size_t n = TYPE - 1; n <= TYPE + 1; n++)
		assert_false(certificate_has_subject(
			&c, str_printf(a, "%.*s=x", STR_ARG(repeated(a, 'x', n)))));
	X509_free(x);
}

static void test_what_is_no_certificate(void **state)
{
	struct certificate c;
	struct str der;

	assert_false(certificate_read(*state, STR(""), &c));
	assert_false(certificate_read(*state, STR("nonsense"), &c));
	assert_false(certificate_from_header(*state, STR(""), &der));
	assert_false(certificate_from_header(*state, STR(":"), &der));
	assert_false(certificate_from_header(*state, STR(":?:"), &der));
	assert_false(certificate_from_header(*state, STR("-----BEGIN%20CERTIFICATE"), &der));
}

static void test_9449_11_nonces_live_for_one_to_two_slots(void **state)
{
	enum { SLOT = LIMIT_DPOP_NONCE_SLOT, START = 1000 * SLOT };
	const uint8_t key[SHA256_LEN] = {1}, other[SHA256_LEN] = {2};
	char nonce[DPOP_NONCE_LEN + 1], next[DPOP_NONCE_LEN + 1];

	(void)state;
	dpop_nonce_at(key, START, nonce);
	dpop_nonce_at(key, START + SLOT, next);
	assert_string_not_equal(nonce, next);
	assert_int_equal(strlen(nonce), DPOP_NONCE_LEN);
	assert_true(dpop_nonce_is_good(key, START, str_from(nonce)));
	assert_true(dpop_nonce_is_good(key, START + 2 * SLOT - 1, str_from(nonce)));
	assert_false(dpop_nonce_is_good(key, START + 2 * SLOT, str_from(nonce)));
	/* of a node whose clock is ahead: 6.6 */
	assert_true(dpop_nonce_is_good(key, START - 1, str_from(nonce)));
	assert_true(dpop_nonce_is_good(key, START - LIMIT_CLOCK_SKEW, str_from(nonce)));
	assert_false(dpop_nonce_is_good(key, START - LIMIT_CLOCK_SKEW - 1, str_from(nonce)));
	assert_false(dpop_nonce_is_good(other, START, str_from(nonce)));
	assert_false(dpop_nonce_is_good(key, START, STR_NONE));
	assert_false(dpop_nonce_is_good(key, START, STR("")));
}

static void test_9449_12_thumbprints(void **state)
{
	assert_true(dpop_is_thumbprint(STR("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")));
	assert_false(dpop_is_thumbprint(STR("0ZcOCORZNYy+DWpqq30jZyJGHTN0d2HglBV3uiguA4I")));
	assert_false(dpop_is_thumbprint(repeated(*state, 'a', JWK_THUMBPRINT_LEN - 1)));
	assert_true(dpop_is_thumbprint(repeated(*state, 'a', JWK_THUMBPRINT_LEN)));
	assert_false(dpop_is_thumbprint(repeated(*state, 'a', JWK_THUMBPRINT_LEN + 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_8705_07_plain),
		cmocka_unit_test(test_8705_07_several_in_one_part),
		cmocka_unit_test(test_8705_07_a_NUL_ends_nothing),
		cmocka_unit_test(test_8705_07_a_NUL_is_written_in_hex),
		cmocka_unit_test(test_8705_07_letters_of_elsewhere),
		cmocka_unit_test(test_4514_spaces_and_separators),
		test_with_arena(test_4514_limits),
		test_with_arena(test_what_is_no_certificate),
		cmocka_unit_test(test_9449_11_nonces_live_for_one_to_two_slots),
		test_with_arena(test_9449_12_thumbprints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
