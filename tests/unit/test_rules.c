/* What counts of an edge, a profile and a client's kind: always the stricter. */
#include "base/limits.h"
#include "core/app_rights.h"
#include "core/bound.h"
#include "core/rules.h"
#include "unit.h"

static void test_the_github_edge_and_profile_ask_for_nothing_more(void **state)
{
	struct rules r = rules_of(DIALECT_GITHUB, PROFILE_GITHUB, AUTH_SECRET);

	(void)state;
	assert_false(
		r.exact_redirects || r.names_redirect || r.https_redirects || r.names_response);
	assert_false(r.scope_as_sent || r.pkce || r.confidential || r.tokens_expire);
	assert_true(r.code_lifetime_s == 0 && r.token_lifetime_s == 0);
}

/* P53 */
static void test_the_standard_edge_counts_for_every_profile(void **state)
{
	(void)state;
	for (int p = 0; p < PROFILES; p++) {
		struct rules r = rules_of(DIALECT_STANDARD, (enum profile)p, AUTH_SECRET);

		assert_true(r.exact_redirects && r.names_redirect && r.names_response);
		assert_true(r.scope_as_sent && r.tokens_expire);
		assert_int_equal(r.pkce, p != PROFILE_GITHUB);
	}
}

/* P53 */
static void test_a_profile_counts_at_every_edge(void **state)
{
	static const enum dialect edges[] = {DIALECT_GITHUB, DIALECT_STANDARD};

	(void)state;
	for (size_t i = 0; i < COUNT(edges); i++) {
		struct rules standard = rules_of(edges[i], PROFILE_STANDARD, AUTH_SECRET),
			     strict = rules_of(edges[i], PROFILE_STRICT, AUTH_SECRET);

		assert_true(standard.pkce && standard.exact_redirects && standard.tokens_expire);
		assert_int_equal(standard.token_lifetime_s, LIMIT_PROFILE_TOKEN_LIFETIME);
		assert_false(standard.confidential || standard.https_redirects);
		assert_int_equal(standard.code_lifetime_s, 0);
		assert_true(strict.pkce && strict.exact_redirects && strict.tokens_expire);
		assert_true(strict.confidential && strict.https_redirects && strict.pushed);
		assert_false(standard.pushed);
		assert_int_equal(strict.code_lifetime_s, LIMIT_STRICT_CODE_LIFETIME);
	}
}

static void test_only_the_strict_profile_asks_for_pushing_and_signing(void **state)
{
	(void)state;
	for (int p = 0; p < PROFILES; p++) {
		struct rules r = rules_of(DIALECT_GITHUB, (enum profile)p, AUTH_NONE);
		bool strict = p == PROFILE_STRICT;

		assert_int_equal(r.pushed, strict);
		assert_int_equal(r.signed_auth, strict);
		assert_int_equal(r.sender_bound, strict);
		assert_int_equal(r.https_redirects, strict);
		assert_int_equal(r.confidential, strict);
		assert_int_equal(r.names_redirect, p != PROFILE_GITHUB);
		assert_false(r.names_response || r.scope_as_sent);
	}
}

/* P53 */
static void test_a_public_client_needs_pkce_everywhere(void **state)
{
	(void)state;
	assert_true(rules_of(DIALECT_GITHUB, PROFILE_GITHUB, AUTH_NONE).pkce);
	assert_true(rules_of(DIALECT_STANDARD, PROFILE_GITHUB, AUTH_NONE).pkce);
}

static void test_rights_come_from_metadata_and_from_nothing_else(void **state)
{
	struct arena *a = *state;
	struct app_rights all =
		app_rights_of(a, STR("{\"resource_server\":true,\"scope\":\"repo user\"}"));
	static const char *const none[] = {"{}", "[]", "true", "{\"resource_server\":1}",
		"{\"resource_server\":\"true\"}", "{\"scope\":[\"repo\"]}", "{", ""};

	assert_true(all.resource_server);
	assert_str(all.own_scopes, "repo user");
	for (size_t i = 0; i < COUNT(none); i++) {
		struct app_rights r = app_rights_of(a, str_from(none[i]));

		assert_false(r.resource_server);
		assert_false(str_is_set(r.own_scopes));
	}
	assert_false(app_rights_of(a, STR_NONE).resource_server);
}

static void test_bound_remembers_that_a_redirect_uri_was_sent(void **state)
{
	struct arena *a = *state;
	const struct bound b = {.standard = true, .redirect = true, .nonce = STR("n\"1")};
	struct bound read;

	assert_true(bound_read(a, bound_write(a, &b), &read));
	assert_true(read.standard && read.redirect && !read.oidc);
	assert_str(read.nonce, "n\"1");
}

static void test_bound_is_read_as_it_was_written(void **state)
{
	struct arena *a = *state;
	struct bound b = {.jkt = STR("j"),
		.x5t = STR("x"),
		.details = STR("[]"),
		.claims = STR("{}"),
		.acr = STR("1"),
		.amr = STR("pwd otp"),
		.sid = STR("s"),
		.actor = STR("{\"sub\":\"a\"}"),
		.auth_time = 7,
		.session = 8,
		.offline = true,
		.oidc = true,
		.resources_n = BOUND_RESOURCES};
	struct bound read;

	for (size_t i = 0; i < BOUND_RESOURCES; i++)
		b.resources[i] = str_printf(a, "https://api.example/%zu", i);
	assert_true(bound_read(a, bound_write(a, &b), &read));
	assert_str(read.jkt, "j");
	assert_str(read.x5t, "x");
	assert_str(read.details, "[]");
	assert_str(read.claims, "{}");
	assert_str(read.acr, "1");
	assert_str(read.amr, "pwd otp");
	assert_str(read.sid, "s");
	assert_str(read.actor, "{\"sub\":\"a\"}");
	assert_true(read.auth_time == 7 && read.session == 8);
	assert_true(read.offline && read.oidc && !read.standard && !read.redirect);
	assert_false(str_is_set(read.nonce));
	assert_int_equal(read.resources_n, BOUND_RESOURCES);
	for (size_t i = 0; i < BOUND_RESOURCES; i++)
		assert_true(str_eq(read.resources[i], b.resources[i]));
}

static void test_bound_to_nothing_is_not_written(void **state)
{
	struct arena *a = *state;
	const struct bound nothing = {.auth_time = 0};
	struct bound read;

	assert_false(str_is_set(bound_write(a, &nothing)));
	memset(&read, 1, sizeof read);
	assert_true(bound_read(a, STR_NONE, &read));
	assert_memory_equal(&read, &nothing, sizeof read);
}

static void test_bound_takes_no_other_text(void **state)
{
	static const char *const bad[] = {"", "[]", "1", "{", "{\"acr\":\"1\",\"acr\":\"2\"}"};
	struct arena *a = *state;
	struct bound read;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(bound_read(a, str_from(bad[i]), &read));
	/* members of other types are not there; of resources, no more than fit */
	assert_true(bound_read(a,
		STR("{\"jkt\":1,\"offline\":1,\"oidc\":false,\"standard\":\"true\",\"redirect\":"
		    "null,"
		    "\"auth_time\":\"7\",\"new\":true,"
		    "\"resources\":[\"a\",1,\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"]}"),
		&read));
	assert_false(str_is_set(read.jkt) || str_is_set(read.resources[1]));
	assert_false(read.offline || read.oidc || read.standard || read.redirect);
	assert_int_equal(read.auth_time, 0);
	assert_int_equal(read.resources_n, BOUND_RESOURCES);
	assert_str(read.resources[BOUND_RESOURCES - 1], "h");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_github_edge_and_profile_ask_for_nothing_more),
		cmocka_unit_test(test_the_standard_edge_counts_for_every_profile),
		cmocka_unit_test(test_a_profile_counts_at_every_edge),
		cmocka_unit_test(test_only_the_strict_profile_asks_for_pushing_and_signing),
		cmocka_unit_test(test_a_public_client_needs_pkce_everywhere),
		test_with_arena(test_rights_come_from_metadata_and_from_nothing_else),
		test_with_arena(test_bound_remembers_that_a_redirect_uri_was_sent),
		test_with_arena(test_bound_is_read_as_it_was_written),
		test_with_arena(test_bound_to_nothing_is_not_written),
		test_with_arena(test_bound_takes_no_other_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
