/* Registration tokens, the marks of apps that registered themselves, and fetched documents. */
#include "store/metadata.h"
#include "store/registration.h"
#include "store/remote_document.h"
#include "store_fixture.h"

static struct app make_unverified(struct fixture *f, const char *name, const char *client_id)
{
	const struct callback callback = {STR("https://client.example/cb"), REDIRECT_EXACT};
	const struct app_fields fields = {.name = str_from(name),
		.name_key = app_own_name_key(&f->arena, str_from(client_id)),
		.homepage = STR(""),
		.callbacks = &callback,
		.callbacks_n = 1,
		.dialects = DIALECT_STANDARD,
		.profile = PROFILE_STANDARD,
		.auth_method = AUTH_NONE,
		.metadata = STR("{\"logo_uri\":\"https://client.example/l\",\"grant_types\":"
				"[\"authorization_code\"],\"response_types\":[\"code\"]}"),
		.origin = APP_BY_REGISTRATION,
		.unverified = true};
	struct app app;

	assert_int_equal(app_create(&f->store, &f->arena, ACCOUNT_OF_APPS, str_from(client_id),
				 &fields, &app),
		DB_OK);
	return app;
}

static void test_an_initial_token_is_found_by_its_text_alone(void **state)
{
	struct fixture *f = *state;
	char text[REGISTRATION_TOKEN_LEN + 1];
	struct registration_token t = {.owner_id = 7, .note = STR("ci"), .uses_left = 2}, out;
	uint64_t id;

	begin(f);
	assert_int_equal(registration_token_create(&f->store, &t, &id, text), DB_OK);
	assert_int_equal(strlen(text), REGISTRATION_TOKEN_LEN);
	assert_int_equal(
		registration_token_read(&f->store, &f->arena, str_from(text), &out), DB_OK);
	assert_int_equal(out.id, id);
	assert_int_equal(out.owner_id, 7);
	assert_int_equal(out.uses_left, 2);
	assert_int_equal(out.expires_at, 0);
	text[REGISTRATION_TOKEN_LEN - 1] ^= 1;
	assert_int_equal(
		registration_token_read(&f->store, &f->arena, str_from(text), &out), DB_NONE);
	commit(f);
}

static void test_uses_end(void **state)
{
	struct fixture *f = *state;
	char text[REGISTRATION_TOKEN_LEN + 1];
	struct registration_token t = {.owner_id = ACCOUNT_OF_APPS, .uses_left = 1}, *list;
	uint64_t id;
	size_t n;

	begin(f);
	assert_int_equal(registration_token_create(&f->store, &t, &id, text), DB_OK);
	t.id = id;
	assert_int_equal(registration_token_use(&f->store, &t), DB_OK);
	assert_int_equal(registration_token_use(&f->store, &t), DB_NONE);
	t.uses_left = -1;
	assert_int_equal(registration_token_use(&f->store, &t), DB_OK);
	assert_int_equal(registration_token_revoke(&f->store, id), DB_OK);
	assert_int_equal(registration_token_revoke(&f->store, id), DB_NONE);
	assert_int_equal(registration_token_list(&f->store, &f->arena, 0, 10, &list, &n), DB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].uses_left, 0);
	assert_true(list[0].revoked_at);
	commit(f);
}

static void test_7592_04_the_new_access_token_ends_the_old_one(void **state)
{
	struct fixture *f = *state;
	char first[REGISTRATION_TOKEN_LEN + 1], second[REGISTRATION_TOKEN_LEN + 1];

	begin(f);
	struct app app = make_unverified(f, "Client", "self-1"), other;

	assert_int_equal(registration_access_check(&f->store, app.id, STR("x")), DB_NONE);
	assert_int_equal(registration_access_renew(&f->store, app.id, first), DB_OK);
	assert_int_equal(registration_access_check(&f->store, app.id, str_from(first)), DB_OK);
	assert_int_equal(registration_access_renew(&f->store, app.id, second), DB_OK);
	assert_int_equal(registration_access_check(&f->store, app.id, str_from(first)), DB_NONE);
	assert_int_equal(registration_access_check(&f->store, app.id, str_from(second)), DB_OK);
	other = make_unverified(f, "Client", "self-2");
	assert_int_equal(registration_access_check(&f->store, other.id, str_from(second)), DB_NONE);
	assert_int_equal(app_delete(&f->store, app.id), DB_OK);
	assert_int_equal(registration_access_check(&f->store, app.id, str_from(second)), DB_NONE);
	commit(f);
}

/* A stranger's program may call itself what it likes, but takes no name from anybody. */
static void test_names_of_registered_apps_are_not_taken(void **state)
{
	struct fixture *f = *state;

	begin(f);
	struct account owner = make_account(f, "owner", "owner@example.com");
	struct app one = make_unverified(f, "Client", "self-1");
	struct app two = make_unverified(f, "Client", "self-2");
	struct app person = make_app(f, owner.id, "Client");

	assert_true(one.id != two.id && two.id != person.id);
	assert_true(one.unverified && !person.unverified);
	assert_int_equal(one.origin, APP_BY_REGISTRATION);
	assert_int_equal(app_set_verified(&f->store, one.id), DB_OK);
	assert_int_equal(app_by_id(&f->store, &f->arena, one.id, &one), DB_OK);
	assert_false(one.unverified);
	commit(f);
}

static void test_metadata_is_completed_from_the_columns(void **state)
{
	struct fixture *f = *state;
	struct client_metadata whole;
	struct client client;

	begin(f);
	struct account owner = make_account(f, "owner", "owner@example.com");
	struct app app = make_unverified(f, "Client", "self-1"), plain;
	const struct client_metadata *m = app_metadata_of(&f->arena, &app);

	assert_int_equal(m->auth_method, AUTH_NONE);
	assert_int_equal(m->grant_types, GRANT_TYPE_CODE);
	assert_true(str_eq_c(m->logo_uri, "https://client.example/l"));
	assert_int_equal(app_metadata_whole(&f->store, &f->arena, &app, &whole), DB_OK);
	assert_true(str_eq_c(whole.client_name, "Client"));
	assert_int_equal(whole.redirect_uris.n, 1);
	assert_false(str_is_set(whole.client_uri));
	plain = make_app(f, owner.id, "Plain");
	assert_int_equal(client_read(&f->store, &f->arena, plain.client_id, &client), DB_OK);
	m = client_metadata_of(&f->arena, &client);
	assert_int_equal(m->auth_method, AUTH_SECRET);
	assert_int_equal(m->grant_types,
		GRANT_TYPE_CODE | GRANT_TYPE_REFRESH | GRANT_TYPE_CLIENT_CREDENTIALS);
	commit(f);
}

static void test_unused_apps_of_nobody_are_cleared_out(void **state)
{
	struct fixture *f = *state;
	int64_t n, now = store_now(&f->store);

	begin(f);
	struct account owner = make_account(f, "owner", "owner@example.com");
	struct app unused = make_unverified(f, "A", "self-1"),
		   used = make_unverified(f, "B", "self-2");
	struct app person = make_app(f, owner.id, "C"), out;

	make_grant(f, owner.id, &used, "user");
	assert_int_equal(app_unverified_count(&f->store, 10, &n), DB_OK);
	assert_int_equal(n, 2);
	assert_int_equal(app_delete_unused(&f->store, now, 10), DB_OK);
	assert_int_equal(app_by_id(&f->store, &f->arena, unused.id, &out), DB_OK);
	assert_int_equal(app_delete_unused(&f->store, now + 10, 10), DB_OK);
	assert_int_equal(app_by_id(&f->store, &f->arena, unused.id, &out), DB_NONE);
	assert_int_equal(app_by_id(&f->store, &f->arena, used.id, &out), DB_OK);
	assert_int_equal(app_by_id(&f->store, &f->arena, person.id, &out), DB_OK);
	commit(f);
}

static void test_fetched_documents(void **state)
{
	struct fixture *f = *state;
	struct remote_document d;

	begin(f);
	assert_int_equal(remote_document_get(&f->store, &f->arena, STR("https://a/"), &d), DB_NONE);
	assert_int_equal(remote_document_put(&f->store, STR("https://a/"), STR("{}"), 60), DB_OK);
	assert_int_equal(remote_document_put(&f->store, STR("https://a/"), STR("{1}"), 90), DB_OK);
	assert_int_equal(remote_document_get(&f->store, &f->arena, STR("https://a/"), &d), DB_OK);
	assert_true(str_eq_c(d.body, "{1}"));
	assert_int_equal(d.fresh_until - d.fetched_at, 90);
	assert_int_equal(remote_document_purge(&f->store, d.fetched_at, 10), DB_OK);
	assert_int_equal(remote_document_get(&f->store, &f->arena, STR("https://a/"), &d), DB_OK);
	assert_int_equal(remote_document_purge(&f->store, d.fetched_at + 1, 10), DB_OK);
	assert_int_equal(remote_document_get(&f->store, &f->arena, STR("https://a/"), &d), DB_NONE);
	commit(f);
}

static void test_deleting_an_account_deletes_its_registration_tokens(void **state)
{
	struct fixture *f = *state;
	char text[REGISTRATION_TOKEN_LEN + 1];
	struct registration_token t = {.uses_left = -1}, out;
	uint64_t id;

	begin(f);
	t.owner_id = make_account(f, "owner", "owner@example.com").id;
	assert_int_equal(registration_token_create(&f->store, &t, &id, text), DB_OK);
	assert_int_equal(account_delete(&f->store, &f->arena, t.owner_id), DB_OK);
	assert_int_equal(
		registration_token_read(&f->store, &f->arena, str_from(text), &out), DB_NONE);
	commit(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_an_initial_token_is_found_by_its_text_alone),
		WITH_STORE(test_uses_end),
		WITH_STORE(test_7592_04_the_new_access_token_ends_the_old_one),
		WITH_STORE(test_names_of_registered_apps_are_not_taken),
		WITH_STORE(test_metadata_is_completed_from_the_columns),
		WITH_STORE(test_unused_apps_of_nobody_are_cleared_out),
		WITH_STORE(test_fetched_documents),
		WITH_STORE(test_deleting_an_account_deletes_its_registration_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
