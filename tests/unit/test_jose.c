/* The examples of RFC 7515 appendix A, RFC 7517, RFC 7638 and RFC 8037, and what the boundary does
 * with keys and header members. */
#include "base/crypto.h"
#include "base/fail.h"
#include "base/limits.h"
#include "base/memory.h"
#include "core/jws.h"
#include "unit.h"

static const struct jws_want any = {.algs = JOSE_ASYMMETRIC | JOSE_BIT(JOSE_HS256)};

#define PAYLOAD                                                                                    \
	"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp"  \
	"0cnVlfQ"

/* RFC 7515 A.1 */
static const char a1_key[] =
	"{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0i"
	"PS4hcgUuTwjAzZr1Z9CAow\"}";
static const char a1[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." PAYLOAD
			 ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/* RFC 7515 A.2 */
#define A2_N                                                                                       \
	"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1P"  \
	"t0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaS"   \
	"HSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4L"   \
	"T6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
static const char a2_key[] = "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" A2_N "\"}";
static const char a2[] =
	"eyJhbGciOiJSUzI1NiJ9." PAYLOAD
	".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
	"O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIAR"
	"NPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvh"
	"J1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/* RFC 7515 A.3 */
static const char a3_key[] =
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
	"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";
static const char a3[] = "eyJhbGciOiJFUzI1NiJ9." PAYLOAD
			 ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxf"
			 "KTUJqPP3-Kg6NU1Q";

/* RFC 7515 A.4: ES512, which is not spoken here; A.5: unsecured. */
static const char a4[] =
	"eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bK"
	"PWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO"
	"7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn";
static const char a5[] = "eyJhbGciOiJub25lIn0." PAYLOAD ".";

/* RFC 8037 A.1, A.2, A.4 */
static const char ed_private[] = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
				 "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\","
				 "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}";
static const char ed_public[] =
	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR"
	"o\"}";
static const char ed_signed[] =
	"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-0"
	"9PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

static struct jwk read_key(struct arena *a, const char *text, enum jwk_sort sort)
{
	struct jwk k;

	assert_int_equal(jwk_read(a, str_from(text), sort, &k), JWK_GOOD);
	return k;
}

static enum jws_verdict check(
	struct arena *a, const char *text, const char *key, enum jwk_sort sort, struct jws *j)
{
	struct jwk *k = ARENA_NEW(a, struct jwk);
	struct jwks set = {k, 1, 0};

	*k = read_key(a, key, sort);
	return jws_verify(a, str_from(text), &any, &set, j);
}

static void test_7515_A1_A2_A3_8037_A4_examples_verify(void **state)
{
	static const struct {
		const char *text, *key;
		enum jwk_sort sort;
		enum jose_alg alg;
	} rows[] = {{a1, a1_key, JWK_SECRET, JOSE_HS256}, {a2, a2_key, JWK_PUBLIC, JOSE_RS256},
		{a3, a3_key, JWK_PUBLIC, JOSE_ES256},
		{ed_signed, ed_public, JWK_PUBLIC, JOSE_EDDSA}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jws j;

		assert_int_equal(
			check(*state, rows[i].text, rows[i].key, rows[i].sort, &j), JWS_GOOD);
		assert_int_equal(j.alg, rows[i].alg);
		assert_non_null(j.key);
	}
}

static void test_7515_A4_A5_others_are_refused(void **state)
{
	struct jws j;

	assert_int_equal(check(*state, a4, a3_key, JWK_PUBLIC, &j), JWS_ALG);
	assert_int_equal(check(*state, a5, a3_key, JWK_PUBLIC, &j), JWS_UNSIGNED);
}

/* RFC 7515 A.1's payload as claims: CR LF and spaces between members are JSON. */
static void test_7515_A1_claims(void **state)
{
	struct json_body claims;
	int64_t exp = 0;
	struct jws j;

	assert_int_equal(check(*state, a1, a1_key, JWK_SECRET, &j), JWS_GOOD);
	assert_str(j.typ, "JWT");
	assert_int_equal(jws_claims(*state, &j, &claims), JWS_GOOD);
	assert_int_equal(json_body_number(&claims, "exp", &exp), JSON_HERE);
	assert_int_equal(exp, 1300819380);
}

/* RFC 7638 3.1, RFC 8037 A.3; whatever else the key says. */
static void test_7638_3_1_8037_A3_thumbprints(void **state)
{
	static const char rsa[] =
		"{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbf"
		"AAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9"
		"yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"
		"ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHa"
		"Q-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\",\"e\":\"AQAB\",\"alg\":\"RS256\""
		",\"kid\":\"2011-04-29\"}";
	char thumbprint[JWK_THUMBPRINT_LEN + 1];
	struct jwk k = read_key(*state, rsa, JWK_PUBLIC);

	assert_str(k.kid, "2011-04-29");
	assert_int_equal(k.algs, JOSE_BIT(JOSE_RS256));
	jwk_thumbprint(*state, &k, thumbprint);
	assert_string_equal(thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	k = read_key(*state, ed_private, JWK_PRIVATE);
	jwk_thumbprint(*state, &k, thumbprint);
	assert_string_equal(thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

/* RFC 7517 A.1, whose encryption key is passed over, and A.2, which must not be given away. */
static void test_7517_A1_A2_sets(void **state)
{
	static const char ec[] = "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
				 "\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\",\"y\":"
				 "\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"";
	struct arena *a = *state;
	struct jwks set;
	size_t at;
	struct str one = str_printf(a,
		"{\"keys\":[{%s,\"use\":\"enc\",\"kid\":\"1\"},{\"kty\":\"RSA\",\"e\":\"AQAB\","
		"\"n\":\"" A2_N "\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}]}",
		ec);
	struct str two = str_printf(a,
		"{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" A2_N "\"},{%s,\"d\":"
		"\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\",\"use\":\"enc\"}]}",
		ec);

	assert_int_equal(jwks_read(a, one, JWK_PUBLIC, &set, &at), JWK_GOOD);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.passed_over, 1);
	assert_str(set.v[0].kid, "2011-04-29");
	assert_int_equal(jwks_read(a, two, JWK_PUBLIC, &set, &at), JWK_HAS_PRIVATE);
	assert_int_equal(at, 1);
}

static void test_7518_3_what_is_made_signs_and_verifies(void **state)
{
	static const enum jose_alg algs[] = {JOSE_ES256, JOSE_RS256, JOSE_PS256, JOSE_EDDSA};
	static const char *const typs[] = {"at+jwt", NULL};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(algs); i++) {
		const struct jws_want want = {
			.algs = JOSE_BIT(algs[i]), .typs = typs, .typ_needed = true};
		char text[JWK_TEXT_MAX];
		struct jwk public;
		struct jwks set = {&public, 1, 0};
		struct str jws, written;
		struct jws j;

		assert_true(jwk_generate(algs[i], text));
		struct jwk private = read_key(a, text, JWK_PRIVATE);

		assert_int_equal(jwk_read(a, str_from(text), JWK_PUBLIC, &public), JWK_HAS_PRIVATE);
		written = jwk_public(a, &private, algs[i], STR("k\"1"));
		assert_int_equal(jwk_read(a, written, JWK_PUBLIC, &public), JWK_GOOD);
		assert_str(public.kid, "k\"1");
		assert_int_equal(public.algs, JOSE_BIT(algs[i]));
		assert_true(jws_sign(a, &private, algs[i], STR("k\"1"), "at+jwt",
			STR("{\"iss\":\"us\"}"), &jws));
		assert_int_equal(jws_verify(a, jws, &want, &set, &j), JWS_GOOD);
		assert_str(j.kid, "k\"1");
		assert_str(j.typ, "at+jwt");
		assert_str(j.payload, "{\"iss\":\"us\"}");
		assert_false(jws_sign(a, &public, algs[i], STR_NONE, NULL, STR("{}"), &jws));
	}
}

/* A key is for what its type says, less what `alg`, `use` and `key_ops` leave out. */
static void test_7517_4_2_4_3_4_4_use_key_ops_and_alg(void **state)
{
	static const struct {
		const char *members;
		enum jwk_fault fault;
		unsigned algs;
	} rows[] = {
		{"", JWK_GOOD, JOSE_RSA},
		{",\"alg\":\"PS256\"", JWK_GOOD, JOSE_BIT(JOSE_PS256)},
		{",\"alg\":\"ES256\"", JWK_INCONSISTENT, 0},
		{",\"alg\":\"HS256\"", JWK_INCONSISTENT, 0},
		{",\"alg\":\"RS512\"", JWK_UNSUPPORTED, 0},
		{",\"alg\":\"none\"", JWK_UNSUPPORTED, 0},
		{",\"alg\":256", JWK_MEMBER, 0},
		{",\"use\":\"sig\"", JWK_GOOD, JOSE_RSA},
		{",\"use\":\"enc\"", JWK_OTHER_USE, 0},
		{",\"use\":\"SIG\"", JWK_OTHER_USE, 0},
		{",\"use\":null", JWK_MEMBER, 0},
		{",\"key_ops\":[\"verify\"]", JWK_GOOD, JOSE_RSA},
		{",\"key_ops\":[\"wrapKey\",\"verify\"]", JWK_GOOD, JOSE_RSA},
		{",\"key_ops\":[\"sign\"]", JWK_OTHER_USE, 0},
		{",\"key_ops\":[]", JWK_OTHER_USE, 0},
		{",\"key_ops\":\"verify\"", JWK_MEMBER, 0},
		{",\"key_ops\":[1]", JWK_MEMBER, 0},
		{",\"use\":\"sig\",\"key_ops\":[\"encrypt\"]", JWK_OTHER_USE, 0},
		{",\"kid\":\"\"", JWK_KID, 0},
		{",\"kid\":7", JWK_MEMBER, 0},
		{",\"x5c\":[\"no certificate\"],\"x5u\":\"http://169.254.169.254/\"", JWK_GOOD,
			JOSE_RSA},
	};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct jwk k;
		struct str text = str_printf(a,
			"{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" A2_N "\"%s}", rows[i].members);
		enum jwk_fault fault = jwk_read(a, text, JWK_PUBLIC, &k);

		if (fault != rows[i].fault)
			fail_msg("%s: %s", rows[i].members, jwk_fault_word(fault));
		if (fault == JWK_GOOD)
			assert_int_equal(k.algs, rows[i].algs);
	}
}

static struct str set_of(struct arena *a, size_t n, const char *kid_format)
{
	struct str list = STR("");

	for (size_t i = 0; i < n; i++)
		list = str_printf(a,
			"%.*s%s{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
			"\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"kid\":\"%s%zu\"}",
			STR_ARG(list), i ? "," : "", kid_format, i);
	return str_printf(a, "{\"keys\":[%.*s]}", STR_ARG(list));
}

/* One below, at and above each limit. */
static void test_A056_limits_of_a_key_set(void **state)
{
	struct arena *a = *state;
	struct jwks set;

	for (size_t n = LIMIT_JWKS_KEYS - 1; n <= LIMIT_JWKS_KEYS + 1; n++)
		assert_int_equal(jwks_read(a, set_of(a, n, ""), JWK_PUBLIC, &set, NULL),
			n <= LIMIT_JWKS_KEYS ? JWK_GOOD : JWK_TOO_MANY);
	for (size_t n = LIMIT_KID - 1; n <= LIMIT_KID + 1; n++)
		assert_int_equal(jwks_read(a, set_of(a, 1, str_c(a, repeated(a, 'k', n - 1))),
					 JWK_PUBLIC, &set, NULL),
			n <= LIMIT_KID ? JWK_GOOD : JWK_KID);
	for (size_t n = LIMIT_JWKS - 1; n <= LIMIT_JWKS + 1; n++) {
		struct str text = str_printf(a, "{\"keys\":[]%.*s}",
			STR_ARG(repeated(a, ' ', n - STR("{\"keys\":[]}").n)));

		assert_int_equal(text.n, n);
		assert_int_equal(jwks_read(a, text, JWK_PUBLIC, &set, NULL),
			n <= LIMIT_JWKS ? JWK_GOOD : JWK_TOO_LONG);
	}
}

/* 32 octets of base64url, which are no coordinate of a point with themselves */
#define X32 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"

static void test_A056_what_is_no_key_set(void **state)
{
	static const struct {
		const char *text;
		enum jwk_fault fault;
	} rows[] = {{"", JWK_NOT_JSON}, {"<html>", JWK_NOT_JSON}, {"[]", JWK_NOT_KEYS},
		{"{}", JWK_NOT_KEYS}, {"{\"keys\":{}}", JWK_NOT_KEYS},
		{"{\"keys\":[1]}", JWK_NOT_KEYS}, {"{\"keys\":[{}]}", JWK_MEMBER},
		{"{\"keys\":[],\"keys\":[]}", JWK_NOT_JSON}, {"{\"keys\":[]}x", JWK_NOT_JSON},
		{"{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", JWK_SYMMETRIC},
		{"{\"keys\":[{\"kty\":\"RSA\",\"k\":\"AAAA\"}]}", JWK_SYMMETRIC},
		{"{\"keys\":[{\"kty\":\"RSA\"}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"EC\"}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
			JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":1}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"EC\",\"crv\":256}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":1}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\"}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X32 "\",\"y\":\"AA\"}]}",
			JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X32 "\",\"y\":\"" X32
		 "\"}]}",
			JWK_OFF_CURVE},
		{"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"+\"}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AAEB\"}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}]}", JWK_MEMBER},
		{"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AA\"}]}", JWK_GOOD},
		{"{\"keys\":[{\"kty\":\"later\"}]}", JWK_GOOD}};
	struct jwks set;

	for (size_t i = 0; i < COUNT(rows); i++) {
		enum jwk_fault fault =
			jwks_read(*state, str_from(rows[i].text), JWK_PUBLIC, &set, NULL);

		if (fault != rows[i].fault)
			fail_msg("%s: %s", rows[i].text, jwk_fault_word(fault));
	}
}

/* Of private keys the private part too has its form, and the parts belong together. */
static void test_7518_6_private_parts(void **state)
{
#define OKP                                                                                        \
	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_"                              \
	"7TyWQHOg7hcvPapiMlrwIaaPcHURo\""
#define EC                                                                                         \
	"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\"," \
	"\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\""
	static const struct {
		const char *text;
		enum jwk_fault fault;
	} rows[] = {{OKP "}", JWK_NO_PRIVATE}, {OKP ",\"d\":1}", JWK_MEMBER},
		{OKP ",\"d\":\"AA\"}", JWK_MEMBER}, {OKP ",\"d\":\"+\"}", JWK_MEMBER},
		{OKP ",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}", JWK_GOOD},
		{OKP ",\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\",\"oth\":[]}",
			JWK_UNSUPPORTED},
		{EC "}", JWK_NO_PRIVATE}, {EC ",\"d\":1}", JWK_MEMBER},
		{EC ",\"d\":\"AA\"}", JWK_MEMBER},
		{EC ",\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\"}", JWK_GOOD},
		{"{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" A2_N "\",\"d\":1}", JWK_MEMBER},
		{"{\"kty\":\"oct\",\"d\":\"AA\"}", JWK_SYMMETRIC}, {"{", JWK_NOT_JSON},
		{"[]", JWK_NOT_KEYS}};
#undef OKP
#undef EC
	struct jwk k;

	for (size_t i = 0; i < COUNT(rows); i++) {
		enum jwk_fault fault = jwk_read(*state, str_from(rows[i].text), JWK_PRIVATE, &k);

		if (fault != rows[i].fault)
			fail_msg("%s: %s", rows[i].text, jwk_fault_word(fault));
	}
	assert_int_equal(jwk_read(*state, STR("{\"kty\":\"oct\"}"), JWK_SECRET, &k), JWK_MEMBER);
	assert_int_equal(
		jwk_read(*state, STR("{\"kty\":\"oct\",\"k\":\"AA\"}"), JWK_SECRET, &k), JWK_WEAK);
}

/* RFC 7515 4.1: members of the header have types, and extensions are not understood. */
static void test_7515_4_1_members_of_the_header(void **state)
{
	static const struct {
		const char *header;
		enum jws_verdict verdict;
	} rows[] = {{"{\"alg\":\"ES256\"}", JWS_GOOD}, {"{\"alg\":1}", JWS_BAD_HEADER},
		{"{}", JWS_BAD_HEADER}, {"[]", JWS_BAD_HEADER}, {"{", JWS_BAD_HEADER},
		{"{\"alg\":\"ES256\",\"kid\":1}", JWS_BAD_HEADER},
		{"{\"alg\":\"ES256\",\"kid\":\"\"}", JWS_BAD_HEADER},
		{"{\"alg\":\"ES256\",\"typ\":1}", JWS_BAD_HEADER},
		{"{\"alg\":\"ES256\",\"crit\":[]}", JWS_CRIT},
		{"{\"alg\":\"ES256\",\"b64\":false}", JWS_CRIT},
		{"{\"alg\":\"ES256\",\"b64\":1}", JWS_CRIT},
		{"{\"alg\":\"ES256\",\"b64\":true}", JWS_GOOD},
		{"{\"alg\":\"ES256\",\"jwk\":{}}", JWS_HEADER_KEY},
		{"{\"alg\":\"ES256\",\"jku\":\"x\"}", JWS_HEADER_KEY},
		{"{\"alg\":\"ES256\",\"x5c\":[]}", JWS_HEADER_KEY},
		{"{\"alg\":\"ES256\",\"x5u\":\"x\"}", JWS_HEADER_KEY},
		{"{\"alg\":\"None\"}", JWS_UNSIGNED}, {"{\"alg\":\"ES384\"}", JWS_ALG}};
	static const struct jws_want want = {.algs = JOSE_ASYMMETRIC, .refuse_header_keys = true};
	struct arena *a = *state;
	struct jws j;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str header = base64url_encode(a, rows[i].header, strlen(rows[i].header));
		enum jws_verdict v =
			jws_read(a, str_printf(a, "%.*s.e30.AA", STR_ARG(header)), &want, &j);

		if (v != rows[i].verdict)
			fail_msg("%s: %s", rows[i].header, jws_verdict_word(v));
	}
	static const char *const others[] = {
		"", ".", "..", "e30", "e30.e30", "e30.e30.AA.", ".e30.AA"};

	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(jws_read(a, str_from(others[i]), &want, &j), JWS_NOT_COMPACT);
	assert_int_equal(jws_read(a, STR("e30.e30.+"), &want, &j), JWS_BASE64);
	assert_int_equal(jws_read(a, STR("e30.+.AA"), &want, &j), JWS_BASE64);
	assert_int_equal(jws_read(a, STR("+.e30.AA"), &want, &j), JWS_BASE64);
}

static void test_A132_two_keys_with_one_kid(void **state)
{
	struct arena *a = *state;
	struct jwks set;
	size_t at;
	struct str key = STR("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
			     "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"kid\":\"a\"}");

	assert_int_equal(
		jwks_read(a, str_printf(a, "{\"keys\":[%.*s,%.*s]}", STR_ARG(key), STR_ARG(key)),
			JWK_PUBLIC, &set, &at),
		JWK_SAME_KID);
	assert_int_equal(at, 1);
}

static void test_7518_3_2_secrets_have_32_octets_at_least(void **state)
{
	struct arena *a = *state;
	struct jwk k = {.kid = STR_NONE};

	assert_int_equal(jwk_of_secret(a, repeated(a, 's', 31), &k), JWK_WEAK);
	assert_int_equal(jwk_of_secret(a, repeated(a, 's', 32), &k), JWK_GOOD);
	assert_int_equal(k.algs, JOSE_BIT(JOSE_HS256));
}

static void test_words_of_algorithms(void **state)
{
	enum jose_alg first = JOSE_NO_ALG;
	unsigned bits;

	for (int i = JOSE_NO_ALG + 1; i < JOSE_ALGS; i++)
		assert_int_equal(jose_alg_of(str_from(jose_alg_word((enum jose_alg)i))), i);
	assert_int_equal(jose_alg_of(STR("none")), JOSE_NO_ALG);
	assert_int_equal(jose_alg_of(STR("es256")), JOSE_NO_ALG);
	assert_int_equal(jose_alg_of(STR("")), JOSE_NO_ALG);
	assert_true(jose_algs_of(STR("RS256, ES256"), &bits, &first));
	assert_int_equal(first, JOSE_RS256);
	assert_int_equal(bits, JOSE_BIT(JOSE_RS256) | JOSE_BIT(JOSE_ES256));
	assert_false(jose_algs_of(STR("RS256,RS256"), &bits, NULL));
	assert_false(jose_algs_of(STR("RS256,"), &bits, NULL));
	assert_false(jose_algs_of(STR(""), &bits, NULL));
	assert_str(jose_alg_words(*state, JOSE_FAPI, ", "), "ES256, PS256, EdDSA");
	assert_str(jose_alg_words(*state, JOSE_BIT(JOSE_HS256), " "), "HS256");
	assert_str(jose_alg_words(*state, 0, " "), "");
}

static void test_a_library_that_fails_is_a_failure(void **state)
{
	char text[JWK_TEXT_MAX];
	struct str jws;

	assert_true(fail_configure("jose.generate:1,jose.sign:1"));
	assert_false(jwk_generate(JOSE_ES256, text));
	assert_true(jwk_generate(JOSE_ES256, text));
	struct jwk k = read_key(*state, text, JWK_PRIVATE);

	assert_false(jws_sign(*state, &k, JOSE_ES256, STR_NONE, NULL, STR("{}"), &jws));
	assert_true(jws_sign(*state, &k, JOSE_ES256, STR_NONE, NULL, STR("{}"), &jws));
	assert_false(jwk_generate(JOSE_HS256, text));
	fail_configure(NULL);
}

#ifndef LLAVERO_RELEASE
/* cjose goes on with memory that it did not get: without the reserve the process would end here. */
static void test_A225_a_signature_that_there_is_no_memory_for(void **state)
{
	static const struct {
		const char *text, *key;
	} rows[] = {{a2, a2_key}, {a3, a3_key}};

	for (size_t i = 0; i < 2; i++) {
		struct jwk key = read_key(*state, rows[i].key, JWK_PUBLIC);
		struct jwks set = {&key, 1, 0};

		for (unsigned long n = 1, passed = n; passed >= n; n++) {
			char spec[40];
			struct jws j;

			memory_forget();
			snprintf(spec, sizeof spec, "memory.library:%lu%s", n, i ? "+" : "");
			assert_true(fail_configure(spec));
			enum jws_verdict verdict =
				jws_verify(*state, str_from(rows[i].text), &any, &set, &j);

			passed = fail_passages("memory.library");
			fail_configure(NULL);
			assert_true(verdict == JWS_GOOD || memory_ran_out());
			assert_int_equal(memory_ran_out(), passed >= n);
		}
	}
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_7515_A1_A2_A3_8037_A4_examples_verify),
		test_with_arena(test_7515_A4_A5_others_are_refused),
		test_with_arena(test_7515_A1_claims),
		test_with_arena(test_7638_3_1_8037_A3_thumbprints),
		test_with_arena(test_7517_A1_A2_sets),
		test_with_arena(test_7518_3_what_is_made_signs_and_verifies),
		test_with_arena(test_7517_4_2_4_3_4_4_use_key_ops_and_alg),
		test_with_arena(test_A056_limits_of_a_key_set),
		test_with_arena(test_A056_what_is_no_key_set),
		test_with_arena(test_7518_6_private_parts),
		test_with_arena(test_7515_4_1_members_of_the_header),
		test_with_arena(test_A132_two_keys_with_one_kid),
		test_with_arena(test_7518_3_2_secrets_have_32_octets_at_least),
		test_with_arena(test_words_of_algorithms),
		test_with_arena(test_a_library_that_fails_is_a_failure),
#ifndef LLAVERO_RELEASE
		test_with_arena(test_A225_a_signature_that_there_is_no_memory_for),
#endif
	};

	if (!memory_watch_libraries() || !crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
