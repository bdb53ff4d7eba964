/* Subjects, classes, prompts and the claims parameter: OpenID Connect Core 2, 3.1.2.1, 5.5 and 8.
 */
#include "core/acr.h"
#include "core/openid_claims.h"
#include "core/prompt.h"
#include "core/subject.h"
#include "oauth/bearer.h"
#include "unit.h"

static const uint8_t key[SHA256_LEN] = {1}, other_key[SHA256_LEN] = {2};

static void test_oc_02_subjects_differ_where_they_must(void **state)
{
	struct arena *a = *state;
	struct str one = subject_public(a, key, 1);

	assert_int_equal(one.n, SUBJECT_LEN);
	assert_true(str_is_printable(one));
	assert_true(str_eq(one, subject_public(a, key, 1)));
	assert_false(str_eq(one, subject_public(a, key, 2)));
	assert_false(str_eq(one, subject_public(a, other_key, 1)));
	struct str pair = subject_pairwise(a, key, STR("app.example"), 1);

	assert_int_equal(pair.n, SUBJECT_LEN);
	assert_false(str_eq(one, pair));
	assert_true(str_eq(pair, subject_pairwise(a, key, STR("APP.example"), 1)));
	assert_false(str_eq(pair, subject_pairwise(a, key, STR("app.example"), 2)));
	assert_false(str_eq(pair, subject_pairwise(a, key, STR("app2.example"), 1)));
	/* no two pairs of account and host give one text */
	assert_false(str_eq(subject_pairwise(a, key, STR("2.example"), 1),
		subject_pairwise(a, key, STR(".example"), 12)));
}

static void test_sessions_have_a_name_for_each_app(void **state)
{
	struct arena *a = *state;
	struct str one = subject_of_session(a, key, 7, 1);

	assert_true(str_eq(one, subject_of_session(a, key, 7, 1)));
	assert_false(str_eq(one, subject_of_session(a, key, 7, 2)));
	assert_false(str_eq(one, subject_of_session(a, key, 8, 1)));
}

static void test_classes(void **state)
{
	(void)state;
	assert_false(str_is_set(acr_of(STR_NONE)));
	assert_str(acr_of(STR("pwd")), ACR_ONE);
	assert_str(acr_of(STR(AMR_TWO_FACTORS)), ACR_TWO);
	assert_true(acr_suffices(STR(ACR_TWO), STR(ACR_ONE)));
	assert_true(acr_suffices(STR(ACR_TWO), STR(ACR_TWO)));
	assert_true(acr_suffices(STR(ACR_ONE), STR(ACR_ONE)));
	assert_false(acr_suffices(STR(ACR_ONE), STR(ACR_TWO)));
	assert_false(acr_suffices(STR(ACR_TWO), STR("gold")));
	assert_false(acr_suffices(STR_NONE, STR(ACR_ONE)));
	assert_false(acr_suffices(STR_NONE, STR_NONE));
}

static void test_oc_05_prompts(void **state)
{
	unsigned got;

	(void)state;
	assert_true(prompt_read(STR_NONE, &got));
	assert_int_equal(got, 0);
	assert_true(prompt_read(STR("none"), &got));
	assert_int_equal(got, PROMPT_NONE);
	assert_true(prompt_read(STR("consent login  select_account"), &got));
	assert_int_equal(got, PROMPT_CONSENT | PROMPT_LOGIN | PROMPT_SELECT_ACCOUNT);
	assert_true(prompt_read(STR("none none"), &got));
	assert_false(prompt_read(STR("none login"), &got));
	assert_false(prompt_read(STR("Login"), &got));
	assert_false(prompt_read(STR("login,consent"), &got));
	for (size_t i = 0; prompt_name(i); i++) {
		assert_true(prompt_read(str_from(prompt_name(i)), &got));
		assert_int_equal(got, 1U << i);
	}
}

static void test_oc_14_claims(void **state)
{
	struct arena *a = *state;
	struct claims_request c;

	assert_true(claims_request_read(a, STR_NONE, &c));
	assert_int_equal(c.userinfo | c.id_token, 0);
	assert_true(claims_request_read(a,
		STR("{\"userinfo\":{\"email\":null,\"x\":{\"essential\":true}},\"id_token\":"
		    "{\"name\":{},\"sub\":{\"value\":\"me\"},\"acr\":{\"essential\":true,"
		    "\"values\":[\"a\",\"b\",1]}},\"other\":[1]}"),
		&c));
	assert_int_equal(c.userinfo, 1U << OPENID_EMAIL);
	assert_int_equal(c.id_token, 1U << OPENID_NAME);
	assert_str(c.sub, "me");
	assert_true(c.acr_essential);
	assert_int_equal(c.acrs_n, 2);
	assert_str(c.acrs[1], "b");
	static const char *const bad[] = {"", "[]", "1", "{", "{\"userinfo\":1}",
		"{\"userinfo\":[]}", "{\"id_token\":{\"name\":true}}", "{} {}",
		"{\"userinfo\":{},\"userinfo\":{}}"};

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(claims_request_read(a, str_from(bad[i]), &c));
}

static void test_oc_14_classes_that_are_asked_for(void **state)
{
	struct arena *a = *state;
	struct claims_request c;
	struct str values = STR("");

	for (int n = 1; n <= OPENID_ACRS + 1; n++) {
		values = str_joined(a, values, ",", str_printf(a, "\"v%d\"", n));
		assert_true(claims_request_read(a,
			str_printf(
				a, "{\"id_token\":{\"acr\":{\"values\":[%.*s]}}}", STR_ARG(values)),
			&c));
		assert_int_equal(c.acrs_n, n <= OPENID_ACRS ? n : OPENID_ACRS);
		assert_str(c.acrs[0], "v1");
	}
	assert_true(claims_request_read(a,
		STR("{\"userinfo\":null,\"id_token\":{\"acr\":{\"value\":\"one\",\"essential\":1}}"
		    "}"),
		&c));
	assert_int_equal(c.acrs_n, 1);
	assert_false(c.acr_essential);
	assert_false(claims_request_read(a, STR("{\"userinfo\":{\"email\":1}}"), &c));
}

static void test_5_4_scopes_and_their_claims(void **state)
{
	(void)state;
	unsigned email = openid_claims_of_scope(false, true);
	unsigned profile = openid_claims_of_scope(true, false);

	assert_int_equal(openid_claims_of_scope(false, false), 0);
	assert_int_equal(email, 1U << OPENID_EMAIL | 1U << OPENID_EMAIL_VERIFIED);
	assert_int_equal(email & profile, 0);
	assert_int_equal(openid_claims_of_scope(true, true), (1U << OPENID_CLAIMS) - 1);
}

static void test_9470_a_challenge(void **state)
{
	struct arena *a = *state;
	const struct oauth_challenge nothing = {.max_age_s = -1},
				     more = {.scope = STR("openid"), .acr_values = STR(ACR_TWO)};

	assert_str(oauth_challenge_text(a, "", "", &nothing), "Bearer realm=\"llavero\"");
	assert_str(oauth_challenge_text(
			   a, "insufficient_user_authentication", "Sign in again.", &more),
		"Bearer realm=\"llavero\", error=\"insufficient_user_authentication\", "
		"error_description=\"Sign in again.\", scope=\"openid\", acr_values=\"" ACR_TWO
		"\", max_age=\"0\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_oc_02_subjects_differ_where_they_must),
		test_with_arena(test_sessions_have_a_name_for_each_app),
		test_with_arena(test_classes),
		test_with_arena(test_oc_05_prompts),
		test_with_arena(test_oc_14_claims),
		test_with_arena(test_oc_14_classes_that_are_asked_for),
		test_with_arena(test_5_4_scopes_and_their_claims),
		test_with_arena(test_9470_a_challenge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
