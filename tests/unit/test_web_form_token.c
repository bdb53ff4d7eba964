#include "unit.h"
#include "web/form_token.h"

static const uint8_t key[SHA256_LEN] = {1, 2, 3}, other_key[SHA256_LEN] = {1, 2, 4};

/* A context with just what tokens need. */
struct fixture {
	struct arena arena;
	struct store store;
	struct settings settings;
	struct random random;
	struct context context;
	struct visit visit;
	struct http_request request;
	struct http_reply reply;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (!f)
		return -1;
	arena_init(&f->arena, 1 << 20);
	memcpy(f->store.form_key, key, sizeof key);
	random_init(&f->random);
	f->settings.session_lifetime_s = 100;
	f->context = (struct context){.store = &f->store,
		.settings = &f->settings,
		.arena = &f->arena,
		.random = &f->random,
		.visit = &f->visit};
	f->request.arena = &f->arena;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_release(&f->arena);
	free(f);
	return 0;
}
#define with_fixture(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static struct str issue(struct fixture *f, const struct form_request *request)
{
	return form_token(&f->context, &f->request, &f->reply, request);
}

static void as_session(struct fixture *f, const char *cookie, bool live)
{
	f->visit.session_cookie = str_from(cookie);
	f->visit.signed_in = live;
}

static void t6749_34_a_token_belongs_to_its_session(void **state)
{
	struct fixture *f = *state;

	as_session(f, "session of one", true);
	struct str token = issue(f, NULL);

	assert_int_equal(token.n, 43);
	assert_true(form_token_is_good(&f->context, token, NULL));
	as_session(f, "session of another", true);
	assert_false(form_token_is_good(&f->context, token, NULL));
	as_session(f, NULL, false);
	assert_false(form_token_is_good(&f->context, token, NULL));
}

static void a063_a_signed_out_browser_gets_a_secret_of_its_own(void **state)
{
	struct fixture *f = *state;
	struct str token = issue(f, NULL);

	assert_true(str_is_set(f->visit.browser_cookie));
	assert_int_equal(f->reply.headers_n, 1);
	assert_string_equal(f->reply.headers[0].name, "Set-Cookie");
	assert_non_null(strstr(f->reply.headers[0].value, "HttpOnly; SameSite=Lax"));
	assert_true(form_token_is_good(&f->context, token, NULL));
	assert_str(issue(f, NULL), str_c(&f->arena, token));
	assert_int_equal(f->reply.headers_n, 1);
	f->visit.browser_cookie = STR("another browser");
	assert_false(form_token_is_good(&f->context, token, NULL));
}

/* P39 */
static void a_form_of_before_signing_in_is_worth_nothing_after(void **state)
{
	struct fixture *f = *state;
	struct str token = issue(f, NULL);

	as_session(f, "a session", true);
	assert_false(form_token_is_good(&f->context, token, NULL));
}

static void an_ended_session_still_proves_the_browser(void **state)
{
	struct fixture *f = *state;

	as_session(f, "a session", true);
	struct str token = issue(f, NULL);

	as_session(f, "a session", false);
	assert_true(form_token_is_good(&f->context, token, NULL));
}

static void malformed_tokens_are_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = {"", "x", ".", "....",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		/* two of them joined by a dot */
		("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA."
		 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")};

	as_session(f, "a session", true);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(form_token_is_good(&f->context, str_from(bad[i]), NULL));
	assert_false(form_token_is_good(&f->context, STR_NONE, NULL));
}

#define TEXT(literal)                                                                              \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}
static struct param fields[] = {{TEXT("client_id"), TEXT("abc")},
	{TEXT("redirect_uri"), TEXT("https://app.example/cb")}, {TEXT("scope"), TEXT("user")},
	{TEXT("state"), TEXT("s")}, {TEXT("response_type"), TEXT("code")},
	{TEXT("code_challenge"), TEXT("x")}, {TEXT("code_challenge_method"), TEXT("S256")}};
static const struct params sent = {fields, COUNT(fields)};
static const struct form_request shown = {TEXT("/login/oauth/authorize"), &sent};

/* P04 */
static void a065_every_hidden_field_is_covered(void **state)
{
	struct fixture *f = *state;

	as_session(f, "a session", true);
	struct str token = issue(f, &shown);

	assert_true(form_token_is_good(&f->context, token, &shown));
	assert_true(form_token_is_good(&f->context, token, NULL));
	for (size_t i = 0; i < COUNT(fields); i++) {
		struct param changed[COUNT(fields)];
		struct params params = {changed, COUNT(fields)};
		const struct form_request request = {shown.path, &params};

		memcpy(changed, fields, sizeof fields);
		changed[i].value = STR("tampered");
		assert_false(form_token_is_good(&f->context, token, &request));
		changed[i] = changed[COUNT(fields) - 1];
		params.n--;
		assert_false(form_token_is_good(&f->context, token, &request));
	}
}

/* P04 */
static void a065_a_field_cannot_be_added(void **state)
{
	struct fixture *f = *state;
	struct param more[COUNT(fields) + 1];
	const struct params params = {more, COUNT(more)};
	const struct form_request request = {shown.path, &params};

	as_session(f, "a session", true);
	struct str token = issue(f, &shown);

	memcpy(more, fields, sizeof fields);
	more[COUNT(fields)] = (struct param){STR("scope"), STR("repo")};
	assert_false(form_token_is_good(&f->context, token, &request));
	more[COUNT(fields)] = (struct param){STR("authorize"), STR("1")};
	assert_true(form_token_is_good(&f->context, token, &request));
}

static void a066_a_token_is_for_one_form(void **state)
{
	struct fixture *f = *state;
	const struct form_request picker = {STR("/login/oauth/select_account"), &sent};

	as_session(f, "a session", true);
	assert_false(form_token_is_good(&f->context, issue(f, &picker), &shown));
	assert_false(form_token_is_good(&f->context, issue(f, NULL), &shown));
}

/* P16 */
static void texts_cannot_run_into_each_other(void **state)
{
	struct fixture *f = *state;
	struct param one[] = {{STR("state"), STR("ab")}}, two[] = {{STR("state"), STR("a")}};
	const struct params p1 = {one, 1}, p2 = {two, 1};
	const struct form_request r1 = {STR("/x"), &p1}, r2 = {STR("/x"), &p2};
	struct str t1 = form_token_of_request(&f->arena, key, STR("s"), &r1);

	assert_false(str_eq(t1, form_token_of_request(&f->arena, key, STR("s"), &r2)));
	assert_false(str_eq(t1, form_token_of_request(&f->arena, other_key, STR("s"), &r1)));
	assert_false(str_eq(t1, form_token_of_browser(&f->arena, key, STR("s"))));
}

static void a064_foreign_forms_are_told_apart(void **state)
{
	struct str own = STR("https://id.example");

	(void)state;
	assert_false(form_is_from_elsewhere(STR_NONE, STR_NONE, own));
	assert_false(form_is_from_elsewhere(STR("same-origin"), own, own));
	assert_false(form_is_from_elsewhere(STR("same-origin"), STR("null"), own));
	assert_false(form_is_from_elsewhere(STR("none"), STR_NONE, own));
	assert_true(form_is_from_elsewhere(STR("cross-site"), STR_NONE, own));
	assert_true(form_is_from_elsewhere(STR("cross-site"), STR("null"), own));
	assert_true(form_is_from_elsewhere(STR_NONE, STR("https://evil.example"), own));
	assert_true(form_is_from_elsewhere(STR_NONE, STR("http://id.example"), own));
	assert_true(form_is_from_elsewhere(STR_NONE, STR("https://id.example:8443"), own));
	assert_true(form_is_from_elsewhere(STR_NONE, STR("https://id.example.evil.example"), own));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_fixture(t6749_34_a_token_belongs_to_its_session),
		with_fixture(a063_a_signed_out_browser_gets_a_secret_of_its_own),
		with_fixture(a_form_of_before_signing_in_is_worth_nothing_after),
		with_fixture(an_ended_session_still_proves_the_browser),
		with_fixture(malformed_tokens_are_refused),
		with_fixture(a065_every_hidden_field_is_covered),
		with_fixture(a065_a_field_cannot_be_added),
		with_fixture(a066_a_token_is_for_one_form),
		with_fixture(texts_cannot_run_into_each_other),
		cmocka_unit_test(a064_foreign_forms_are_told_apart),
	};

	return cmocka_run_group_tests_name("web form_token", tests, NULL, NULL);
}
