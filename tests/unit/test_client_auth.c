/* Client credentials and API tokens in headers: RFC 6749 2.3.1 (6749-17), A049, A060, GitHub
 * reference 3.1 and 8.1. */
#include "base/crypto.h"
#include "base/limits.h"
#include "core/client_auth.h"
#include "unit.h"

static struct str header(struct arena *a, const char *scheme, struct str text)
{
	struct str encoded = base64_encode(a, text.p, text.n);

	return str_printf(a, "%s %.*s", scheme, STR_ARG(encoded));
}
#define BASIC(a, literal) header((a), "Basic", STR(literal))

static struct client_credentials read_ok(
	struct arena *a, struct str authorization, struct str id, struct str secret)
{
	struct client_credentials c;

	assert_int_equal(client_auth_read(a, authorization, id, secret, &c), CLIENT_AUTH_OK);
	return c;
}

static enum client_auth_fault fault_of(
	struct arena *a, struct str authorization, struct str id, struct str secret)
{
	struct client_credentials c;

	return client_auth_read(a, authorization, id, secret, &c);
}

static void test_body(void **state)
{
	struct arena *a = *state;
	struct client_credentials c = read_ok(a, STR_NONE, STR("id"), STR("s"));

	assert_str(c.client_id, "id");
	assert_str(c.client_secret, "s");
	assert_true(c.from_body && !c.from_basic);
	assert_false(str_is_set(c.raw_id) || str_is_set(c.raw_secret));

	c = read_ok(a, STR_NONE, STR("id"), STR(""));
	assert_str(c.client_id, "id");
	assert_false(str_is_set(c.client_secret));
	assert_true(c.from_body);

	c = read_ok(a, STR_NONE, STR_NONE, STR_NONE);
	assert_false(str_is_set(c.client_id) || c.from_body || c.from_basic);

	/* Other schemes say nothing about the client. */
	c = read_ok(a, STR("Bearer x"), STR("id"), STR("s"));
	assert_true(c.from_body && !c.from_basic);
	c = read_ok(a, STR("Basically aWQ6cw=="), STR_NONE, STR_NONE);
	assert_false(c.from_basic || str_is_set(c.client_id));
}

static void test_basic(void **state)
{
	static const char *const schemes[] = {"Basic", "basic", "BASIC", "  Basic  "};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(schemes); i++) {
		struct client_credentials c =
			read_ok(a, header(a, schemes[i], STR("id:s:t")), STR_NONE, STR_NONE);

		assert_str(c.client_id, "id");
		assert_str(c.client_secret, "s:t");
		assert_true(c.from_basic && !c.from_body);
	}
	struct client_credentials c = read_ok(a, STR("Basic aWQ6cw"), STR_NONE, STR_NONE);

	assert_str(c.client_secret, "s"); /* without padding */
	c = read_ok(a, BASIC(a, "id:"), STR_NONE, STR_NONE);
	assert_str(c.client_id, "id");
	assert_false(str_is_set(c.client_secret) || str_is_set(c.raw_secret));
	c = read_ok(a, BASIC(a, ":s"), STR_NONE, STR_NONE);
	assert_false(str_is_set(c.client_id));
	assert_str(c.client_secret, "s");
}

/* P19 */
static void test_6749_17_form_encoded_halves(void **state)
{
	struct arena *a = *state;
	struct client_credentials c =
		read_ok(a, BASIC(a, "i%3Ad:a%25b+c%2Bd%C3%A9"), STR_NONE, STR_NONE);

	assert_str(c.client_id, "i:d");
	assert_str(c.client_secret, "a%b c+d\xC3\xA9");
	assert_str(c.raw_id, "i%3Ad");
	assert_str(c.raw_secret, "a%25b+c%2Bd%C3%A9");
	/* decoded once, never twice */
	c = read_ok(a, BASIC(a, "id:%2541"), STR_NONE, STR_NONE);
	assert_str(c.client_secret, "%41");
	/* not encoded: taken as it came */
	c = read_ok(a, BASIC(a, "id:100%"), STR_NONE, STR_NONE);
	assert_str(c.client_secret, "100%");
	c = read_ok(a, BASIC(a, "id:%FF"), STR_NONE, STR_NONE);
	assert_str(c.client_secret, "%FF");
	c = read_ok(a, BASIC(a, "id:a%00b"), STR_NONE, STR_NONE);
	assert_str(c.client_secret, "a%00b");
}

/* P19 */
static void test_a060_malformed_basic(void **state)
{
	static const char *const bad[] = {"Basic", "Basic ", "Basic Basic", "Basic !!!!",
		"Basic aWQ6cw=", "Basic aWQ6cw===", "Basic aWQ6 cw==", "Basic =", "Basic aWQ=",
		"Basic aWQ6cx==", "Basic -_-_"};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(fault_of(a, str_from(bad[i]), STR_NONE, STR_NONE),
			CLIENT_AUTH_MALFORMED_BASIC);
		assert_int_equal(fault_of(a, str_from(bad[i]), STR("id"), STR("s")),
			CLIENT_AUTH_MALFORMED_BASIC);
	}
	assert_int_equal(
		fault_of(a, BASIC(a, "nocolon"), STR_NONE, STR_NONE), CLIENT_AUTH_MALFORMED_BASIC);
	assert_int_equal(
		fault_of(a, BASIC(a, "i\0d:s"), STR_NONE, STR_NONE), CLIENT_AUTH_MALFORMED_BASIC);
	assert_int_equal(
		fault_of(a, BASIC(a, "id:s\0"), STR_NONE, STR_NONE), CLIENT_AUTH_MALFORMED_BASIC);
	struct str huge = repeated(a, 'A', 1 << 20);

	assert_int_equal(
		fault_of(a, str_printf(a, "Basic %.*s", STR_ARG(huge)), STR_NONE, STR_NONE),
		CLIENT_AUTH_MALFORMED_BASIC);
}

static void test_longest_basic(void **state)
{
	struct arena *a = *state;
	size_t longest = 3 * (LIMIT_CLIENT_ID + LIMIT_CLIENT_SECRET) + 1;

	for (size_t n = longest - 1; n <= longest + 3; n++) {
		struct str text = repeated(a, ':', n);

		/* Whole groups of three bytes decide: 1531 bytes and 1532 or 1533 look alike. */
		assert_int_equal(fault_of(a, header(a, "Basic", text), STR_NONE, STR_NONE),
			(n + 2) / 3 <= (longest + 2) / 3 ? CLIENT_AUTH_OK
							 : CLIENT_AUTH_MALFORMED_BASIC);
	}
}

/* P18 */
static void test_a049_basic_and_body(void **state)
{
	struct arena *a = *state;
	struct client_credentials c;

	/* git-credential-manager sends both */
	c = read_ok(a, BASIC(a, "id:s"), STR("id"), STR("s"));
	assert_true(c.from_basic && c.from_body);
	c = read_ok(a, BASIC(a, "id:s"), STR("id"), STR_NONE);
	assert_true(c.from_basic && !c.from_body);
	c = read_ok(a, BASIC(a, "i%3Ad:s%25"), STR("i:d"), STR("s%"));
	assert_str(c.client_id, "i:d");
	c = read_ok(a, BASIC(a, "i%3Ad:s%25"), STR("i%3Ad"), STR("s%25"));
	assert_str(c.raw_id, "i%3Ad");
	c = read_ok(a, BASIC(a, "id:"), STR("id"), STR("s"));
	assert_str(c.client_secret, "s");
	assert_false(str_is_set(c.raw_secret));
	c = read_ok(a, BASIC(a, ":s"), STR("id"), STR_NONE);
	assert_str(c.client_id, "id");

	assert_int_equal(
		fault_of(a, BASIC(a, "id:s"), STR("other"), STR_NONE), CLIENT_AUTH_CONFLICT);
	assert_int_equal(fault_of(a, BASIC(a, "id:s"), STR("ID"), STR_NONE), CLIENT_AUTH_CONFLICT);
	assert_int_equal(fault_of(a, BASIC(a, "id:s"), STR("id"), STR("t")), CLIENT_AUTH_CONFLICT);
	assert_int_equal(fault_of(a, BASIC(a, "id:s"), STR_NONE, STR("t")), CLIENT_AUTH_CONFLICT);
	assert_int_equal(fault_of(a, BASIC(a, "id:s"), STR(""), STR("")), CLIENT_AUTH_OK);
}

#define TOKEN "gho_0123456789abcdef0123456789abcdef0123"

static void test_api_token(void **state)
{
	struct arena *a = *state;
	const struct str good[] = {STR("token " TOKEN), STR("Token " TOKEN), STR("bearer " TOKEN),
		STR("Bearer  " TOKEN " "), STR("BEARER " TOKEN), BASIC(a, TOKEN ":"),
		BASIC(a, TOKEN ":x-oauth-basic"), BASIC(a, "octocat:" TOKEN), BASIC(a, ":" TOKEN),
		BASIC(a, TOKEN ":anything"), BASIC(a, TOKEN ":" TOKEN),
		header(a, "basic", STR("x-access-token:" TOKEN))};
	const struct str bad[] = {STR_NONE, STR(""), STR("token"), STR("token "), STR("Bearer"),
		STR(TOKEN), STR("Digest x"), STR("Basic"), STR("Basic !"), BASIC(a, "nocolon"),
		BASIC(a, ":"), BASIC(a, ":x-oauth-basic"), BASIC(a, "a\0b:" TOKEN),
		STR("tokens " TOKEN), STR("token:" TOKEN)};
	struct str token;

	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(client_auth_read_token(a, good[i], &token));
		assert_str(token, TOKEN);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(client_auth_read_token(a, bad[i], &token));
		assert_false(str_is_set(token));
	}
	assert_true(client_auth_read_token(a, STR("token a b"), &token));
	assert_str(token, "a b"); /* nobody's token, and said so by whoever looks it up */
	assert_true(client_auth_read_token(a, BASIC(a, "octocat:password"), &token));
	assert_str(token, "password");
	/* not one, by its length, its beginning or its mark */
	static const char *const users[] = {"gho_short", "xho_0123456789abcdef0123456789abcdef0123",
		"gho-0123456789abcdef0123456789abcdef0123"};

	for (size_t i = 0; i < COUNT(users); i++) {
		struct str both = str_printf(a, "%s:secret", users[i]);

		assert_true(client_auth_read_token(a, header(a, "Basic", both), &token));
		assert_str(token, "secret");
	}
}

static void test_basic_for_others(void **state)
{
	struct arena *a = *state;
	struct str user, password;

	assert_true(client_auth_read_basic(a, BASIC(a, "i%3Ad:s%25"), &user, &password));
	assert_str(user, "i%3Ad");
	assert_str(password, "s%25");
	static const char *const none[] = {"", "Bearer aWQ6cw==", "Basic !", "Basic aWQ="};

	for (size_t i = 0; i < COUNT(none); i++) {
		assert_false(client_auth_read_basic(a, str_from(none[i]), &user, &password));
		assert_false(str_is_set(user) || str_is_set(password));
	}
	assert_false(client_auth_read_basic(a, STR_NONE, &user, &password));
}

static void test_what_is_wrong_with_basic_is_said(void **state)
{
	struct arena *a = *state;
	const struct {
		struct str header;
		const char *fault;
	} rows[] = {{STR("Basic !"), "base64"}, {STR("Basic _A=="), "base64url"},
		{STR("Basic -A=="), "base64url"}, {BASIC(a, "id"), "colon"},
		{BASIC(a, "i\0d:s"), "nul"},
		{header(a, "Basic", repeated(a, ':', 4096)), "length"}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct client_credentials c;

		client_auth_read(a, rows[i].header, STR_NONE, STR_NONE, &c);
		assert_int_equal(c.fault, CLIENT_AUTH_MALFORMED_BASIC);
		assert_string_equal(c.basic_fault, rows[i].fault);
	}
}

/* RFC 9449 7.1 */
static void test_dpop_scheme(void **state)
{
	static const char *const none[] = {"", "DPoP", "DPoP ", "Bearer t", "t", "DPoPs t"};
	struct str token;

	(void)state;
	assert_true(client_auth_read_dpop(STR("DPoP t"), &token));
	assert_str(token, "t");
	assert_true(client_auth_read_dpop(STR("dpop  t "), &token));
	assert_str(token, "t");
	for (size_t i = 0; i < COUNT(none); i++)
		assert_false(client_auth_read_dpop(str_from(none[i]), &token));
}

/* {"alg":"ES256"}.{"sub":"app"} and its kin; nobody looks at the signature here. */
static struct str assertion(struct arena *a, const char *header, const char *claims)
{
	return str_printf(a, "%.*s.%.*s.c2ln", STR_ARG(base64url_encode(a, header, strlen(header))),
		STR_ARG(base64url_encode(a, claims, strlen(claims))));
}

static struct str client_of(struct arena *a, struct str sent)
{
	struct client_credentials c = {.client_id = STR_NONE};

	client_auth_take_assertion(a, sent, STR("type"), &c);
	assert_true(str_eq(c.assertion, sent) || !str_is_set(sent));
	assert_str(c.assertion_type, "type");
	return c.client_id;
}

/* RFC 7521 4.2: the subject says whose assertion it is, unless client_id does. */
static void test_7521_4_2_an_assertion_names_its_client(void **state)
{
	struct arena *a = *state;
	struct client_credentials c = {.client_id = STR("sent")};

	assert_str(client_of(a, assertion(a, "{\"alg\":\"ES256\"}", "{\"sub\":\"app\"}")), "app");
	assert_str(client_of(a, assertion(a, "{\"alg\":\"HS256\"}", "{\"sub\":\"app\"}")), "app");
	assert_false(
		str_is_set(client_of(a, assertion(a, "{\"alg\":\"none\"}", "{\"sub\":\"app\"}"))));
	assert_false(str_is_set(client_of(a, assertion(a, "{\"alg\":\"ES256\"}", "[]"))));
	assert_false(str_is_set(client_of(a, assertion(a, "{\"alg\":\"ES256\"}", "{}"))));
	assert_false(str_is_set(client_of(a, STR("a.b"))));
	assert_false(str_is_set(client_of(a, STR(""))));
	assert_false(str_is_set(client_of(a, STR_NONE)));
	client_auth_take_assertion(
		a, assertion(a, "{\"alg\":\"ES256\"}", "{\"sub\":\"app\"}"), STR("type"), &c);
	assert_str(c.client_id, "sent");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_body),
		test_with_arena(test_basic),
		test_with_arena(test_6749_17_form_encoded_halves),
		test_with_arena(test_a060_malformed_basic),
		test_with_arena(test_longest_basic),
		test_with_arena(test_a049_basic_and_body),
		test_with_arena(test_api_token),
		test_with_arena(test_basic_for_others),
		test_with_arena(test_what_is_wrong_with_basic_is_said),
		cmocka_unit_test(test_dpop_scheme),
		test_with_arena(test_7521_4_2_an_assertion_names_its_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
