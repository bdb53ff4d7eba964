/* Live tokens as their user sees and changes them: GitHub reference 7.1 and 7.2. */
#include "store/authorization.h"
#include "store/refresh.h"
#include "store_fixture.h"

struct made {
	struct account user;
	struct app app;
	struct grant grant;
};

static uint64_t make_token(struct fixture *f, const struct account *user, const struct app *app,
	const struct grant *grant, const char *scopes, const char *fingerprint,
	char text[TOKEN_TEXT_LEN + 1])
{
	struct token_slot slot;
	const struct token_fields fields = {
		.kind = app->id == PERSONAL_APP ? TOKEN_PERSONAL : TOKEN_OAUTH,
		.app_id = app->id,
		.account_id = user->id,
		.grant_id = grant->id,
		.scopes = str_from(scopes),
		.note = app->id == PERSONAL_APP ? str_from(fingerprint) : STR_NONE,
		.fingerprint = str_from(fingerprint)};

	assert_int_equal(
		token_slot_take(&f->store, &f->arena, grant->id, str_from(scopes), 0, 600, &slot),
		DB_OK);
	assert_int_equal(token_issue(&f->store, slot.token_id, &fields, text), DB_OK);
	return slot.token_id;
}

static struct made make(struct fixture *f, const char *login, const char *scopes)
{
	struct made m;
	char email[64];

	snprintf(email, sizeof email, "%s@example.com", login);
	m.user = make_account(f, login, email);
	m.app = make_app(f, m.user.id, login);
	m.grant = make_grant(f, m.user.id, &m.app, scopes);
	return m;
}

static struct authorization read_one(struct fixture *f, const struct account *user, uint64_t id)
{
	struct authorization out;

	assert_int_equal(authorization_read(&f->store, &f->arena, user->id, id, &out), DB_OK);
	return out;
}

static void test_s7_a_user_sees_live_tokens_in_pages(void **state)
{
	struct fixture *f = *state;
	char text[TOKEN_TEXT_LEN + 1];
	struct authorization *list, none;
	uint64_t ids[5];
	size_t n;

	begin(f);
	struct made m = make(f, "lister", "gist repo"), other = make(f, "other", "repo");

	make_token(f, &other.user, &other.app, &other.grant, "repo", NULL, text);
	for (size_t i = 0; i < 5; i++)
		ids[i] = make_token(f, &m.user, &m.app, &m.grant, "repo", NULL, text);
	assert_int_equal(authorization_end(&f->store, ids[1], "user"), DB_OK);
	assert_int_equal(authorization_end(&f->store, ids[1], "user"), DB_NONE);
	assert_int_equal(authorization_count(&f->store, m.user.id, STR_NONE, &n), DB_OK);
	assert_int_equal(n, 4);
	assert_int_equal(
		authorization_list(&f->store, &f->arena, m.user.id, STR_NONE, 1, 2, &list, &n),
		DB_OK);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id, ids[2]);
	assert_int_equal(list[1].id, ids[3]);
	assert_int_equal(authorization_list(&f->store, &f->arena, m.user.id, other.app.client_id, 0,
				 9, &list, &n),
		DB_OK);
	assert_int_equal(n, 0);
	assert_int_equal(
		authorization_read(&f->store, &f->arena, m.user.id, ids[1], &none), DB_NONE);
	assert_int_equal(
		authorization_read(&f->store, &f->arena, other.user.id, ids[0], &none), DB_NONE);
	assert_int_equal(grant_revoke(&f->store, m.user.id, m.app.id, "user"), DB_OK);
	assert_int_equal(authorization_count(&f->store, m.user.id, STR_NONE, &n), DB_OK);
	assert_int_equal(n, 0);
	commit(f);
}

static void test_s7_1_reset_keeps_the_row_and_kills_the_text(void **state)
{
	struct fixture *f = *state;
	char old[TOKEN_TEXT_LEN + 1], new[TOKEN_TEXT_LEN + 1];
	struct token token;
	enum token_kind kind;
	uint64_t found;

	begin(f);
	struct made m = make(f, "resetter", "repo");
	uint64_t id = make_token(f, &m.user, &m.app, &m.grant, "repo", NULL, old);
	struct authorization before = read_one(f, &m.user, id);

	clock_advance(&f->clock, 1000000 * 50);
	assert_int_equal(authorization_reset(&f->store, &before, TOKEN_OAUTH, new), DB_OK);
	struct authorization after = read_one(f, &m.user, id);

	assert_true(str_eq(after.last_eight, str_from(new + TOKEN_TEXT_LEN - 8)));
	assert_int_equal(after.created_at, before.created_at);
	assert_true(after.updated_at >= before.updated_at + 50);
	assert_int_equal(token_read_row(&f->store, &f->arena, str_from(old), id, &token), DB_NONE);
	assert_int_equal(token_read(&f->store.locator, str_from(new), &kind, &found), TOKEN_OK);
	assert_int_equal(found, id);
	assert_int_equal(token_read_row(&f->store, &f->arena, str_from(new), id, &token), DB_OK);
	commit(f);
}

static void test_s7_1_updated_at_is_the_last_use(void **state)
{
	struct fixture *f = *state;
	char text[TOKEN_TEXT_LEN + 1];

	begin(f);
	struct made m = make(f, "user", "repo");
	uint64_t id = make_token(f, &m.user, &m.app, &m.grant, "repo", NULL, text);
	struct authorization t = read_one(f, &m.user, id);

	assert_int_equal(t.updated_at, t.created_at);
	assert_int_equal(t.used_at, 0);
	clock_advance(&f->clock, INT64_C(1000000) * 86400 * 3);
	assert_int_equal(token_use_put(&f->store, id, store_now(&f->store)), DB_OK);
	t = read_one(f, &m.user, id);
	assert_true(t.used_at >= t.created_at + 86400 * 2);
	assert_int_equal(t.updated_at, t.used_at);
	commit(f);
}

static void test_s6_4_a_grant_is_the_union_of_its_tokens(void **state)
{
	struct fixture *f = *state;
	char text[TOKEN_TEXT_LEN + 1];
	struct grant g;

	begin(f);
	struct made m = make(f, "union", "gist repo user");
	uint64_t one = make_token(f, &m.user, &m.app, &m.grant, "repo user", NULL, text);

	make_token(f, &m.user, &m.app, &m.grant, "gist", NULL, text);
	struct authorization token = read_one(f, &m.user, one);

	assert_int_equal(
		authorization_set_scopes(&f->store, &f->arena, &token, STR("public_repo")), DB_OK);
	token = read_one(f, &m.user, one);
	assert_true(str_eq_c(token.scopes, "public_repo"));
	assert_int_equal(grant_read(&f->store, &f->arena, m.user.id, &m.app, &g), DB_OK);
	assert_true(str_eq_c(g.scopes, "gist public_repo"));
	commit(f);
}

static void test_s7_2_fingerprints_and_notes_find_a_token(void **state)
{
	struct fixture *f = *state;
	char text[TOKEN_TEXT_LEN + 1];
	struct authorization found;
	const struct app personal = personal_app();

	begin(f);
	struct made m = make(f, "finger", "repo");
	uint64_t plain = make_token(f, &m.user, &m.app, &m.grant, "repo", NULL, text);
	uint64_t printed = make_token(f, &m.user, &m.app, &m.grant, "repo", "laptop", text);
	struct grant own = make_grant(f, m.user.id, &personal, "gist");
	uint64_t noted = make_token(f, &m.user, &personal, &own, "gist", "admin script", text);

	assert_int_equal(
		authorization_find(&f->store, &f->arena, m.user.id, m.app.id, STR_NONE, &found),
		DB_OK);
	assert_int_equal(found.id, plain);
	assert_int_equal(authorization_find(
				 &f->store, &f->arena, m.user.id, m.app.id, STR("laptop"), &found),
		DB_OK);
	assert_int_equal(found.id, printed);
	assert_int_equal(
		authorization_find(&f->store, &f->arena, m.user.id, m.app.id, STR("phone"), &found),
		DB_NONE);
	assert_int_equal(
		authorization_find_note(&f->store, m.user.id, STR("admin script"), 0), DB_OK);
	assert_int_equal(
		authorization_find_note(&f->store, m.user.id, STR("admin script"), noted), DB_NONE);
	found = read_one(f, &m.user, noted);
	assert_true(str_eq_c(found.client_id, PERSONAL_CLIENT_ID));
	found.note = STR("renamed");
	assert_int_equal(authorization_set_notes(&f->store, &found), DB_OK);
	assert_true(str_eq_c(read_one(f, &m.user, noted).note, "renamed"));
	commit(f);
}

static void test_s7_2_grants_are_listed_without_personal_tokens(void **state)
{
	struct fixture *f = *state;
	const struct app personal = personal_app();
	struct listed_grant *list, one;
	size_t n;

	begin(f);
	struct made m = make(f, "granter", "repo");
	struct grant own = make_grant(f, m.user.id, &personal, "gist");

	assert_int_equal(listed_grant_count(&f->store, m.user.id, STR_NONE, &n), DB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(
		listed_grant_list(&f->store, &f->arena, m.user.id, STR_NONE, 0, 30, &list, &n),
		DB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].id, m.grant.id);
	assert_true(str_eq(list[0].client_id, m.app.client_id));
	assert_int_equal(listed_grant_read(&f->store, &f->arena, m.user.id, own.id, &one), DB_NONE);
	assert_int_equal(
		listed_grant_read(&f->store, &f->arena, m.user.id, m.grant.id, &one), DB_OK);
	commit(f);
}

static void test_s7_3_ending_a_token_ends_its_refresh_token(void **state)
{
	struct fixture *f = *state;
	char text[TOKEN_TEXT_LEN + 1], refresh[REFRESH_TEXT_LEN + 1];
	struct family family;

	begin(f);
	struct made m = make(f, "family", "repo");
	uint64_t id = make_token(f, &m.user, &m.app, &m.grant, "repo", NULL, text);
	const struct family_fields fields = {.app_id = m.app.id,
		.account_id = m.user.id,
		.grant_id = m.grant.id,
		.token_id = id,
		.scopes = STR("repo"),
		.expires_at = store_now(&f->store) + 1000};

	assert_int_equal(family_begin(&f->store, &fields, refresh), DB_OK);
	assert_int_equal(authorization_end(&f->store, id, "user"), DB_OK);
	assert_int_equal(family_read(&f->store, &f->arena, id, &family), DB_OK);
	assert_int_not_equal(family.killed_at, 0);
	commit(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_s7_a_user_sees_live_tokens_in_pages),
		WITH_STORE(test_s7_1_reset_keeps_the_row_and_kills_the_text),
		WITH_STORE(test_s7_1_updated_at_is_the_last_use),
		WITH_STORE(test_s6_4_a_grant_is_the_union_of_its_tokens),
		WITH_STORE(test_s7_2_fingerprints_and_notes_find_a_token),
		WITH_STORE(test_s7_2_grants_are_listed_without_personal_tokens),
		WITH_STORE(test_s7_3_ending_a_token_ends_its_refresh_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
