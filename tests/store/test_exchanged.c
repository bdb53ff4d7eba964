/* What a token was exchanged for, and which apps serve a resource. */
#include "store/resource_app.h"
#include "store_fixture.h"

#define URI STR("https://api.example/")

static void test_which_apps_serve_a_resource(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(db_begin_write(f->store.db), DB_OK);
	assert_int_equal(resource_app_read(&f->store, URI, 7), DB_NONE);
	assert_int_equal(resource_app_put(&f->store, URI, 7), DB_OK);
	assert_int_equal(resource_app_put(&f->store, URI, 7), DB_OK);
	assert_int_equal(resource_app_read(&f->store, URI, 7), DB_OK);
	assert_int_equal(resource_app_read(&f->store, URI, 8), DB_NONE);
	assert_int_equal(resource_app_read(&f->store, STR("https://api.example"), 7), DB_NONE);
	assert_int_equal(resource_app_delete(&f->store, URI, 7), DB_OK);
	assert_int_equal(resource_app_delete(&f->store, URI, 7), DB_NONE);
	assert_int_equal(resource_app_read(&f->store, URI, 7), DB_NONE);
	assert_int_equal(db_commit(f->store.db), DB_OK);
}

static void test_a_token_knows_what_it_was_exchanged_for(void **state)
{
	static const uint8_t secret[TOKEN_SECRET_LEN] = {1};
	struct fixture *f = *state;
	struct account mona;
	struct app app;
	struct grant grant;
	struct token got;
	bool unused;
	const struct app_fields fields = {
		.name = STR("One"), .homepage = STR("https://one.example/")};
	char text[TOKEN_TEXT_LEN + 1];

	assert_int_equal(db_begin_write(f->store.db), DB_OK);
	assert_int_equal(account_create(&f->store, &f->arena, STR("mona"), STR_NONE,
				 STR("mona@example.com"), true, STR_NONE, false, &mona, &unused),
		DB_OK);
	assert_int_equal(app_create(&f->store, &f->arena, mona.id, STR_NONE, &fields, &app), DB_OK);
	assert_int_equal(
		grant_put(&f->store, &f->arena, mona.id, &app, STR("repo"), &grant, &unused),
		DB_OK);
	for (uint64_t id = 901; id <= 902; id++) {
		const struct token_fields token = {.kind = TOKEN_OAUTH,
			.app_id = app.id,
			.account_id = mona.id,
			.grant_id = grant.id,
			.scopes = STR("repo"),
			.from_token_id = id == 902 ? 901 : 0};

		assert_int_equal(token_issue_as(&f->store, id, &token, secret, text), DB_OK);
		assert_int_equal(token_read_id(&f->store, &f->arena, id, &got), DB_OK);
		assert_int_equal(got.from_token_id, token.from_token_id);
		assert_int_equal(got.account.id, mona.id);
	}
	assert_int_equal(db_commit(f->store.db), DB_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_which_apps_serve_a_resource),
		WITH_STORE(test_a_token_knows_what_it_was_exchanged_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
