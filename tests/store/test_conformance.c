/* What every storage engine must do: transactions, ids, and each operation of the store. */
#include "store/audit.h"
#include "store/logout.h"
#include "store_fixture.h"

static void test_transactions_keep_and_undo(void **state)
{
	struct fixture *f = *state;
	struct account a;

	begin(f);
	make_account(f, "kept", "kept@example.com");
	commit(f);
	begin(f);
	make_account(f, "undone", "undone@example.com");
	db_rollback(f->store.db);
	assert_int_equal(account_by_login(&f->other, &f->arena, STR("KEPT"), &a), DB_OK);
	assert_int_equal(account_by_login(&f->other, &f->arena, STR("undone"), &a), DB_NONE);
}

static void test_savepoint_undoes_one_request_only(void **state)
{
	struct fixture *f = *state;
	struct account a;

	begin(f);
	assert_int_equal(db_savepoint(f->store.db), DB_OK);
	make_account(f, "first", "first@example.com");
	assert_int_equal(db_release(f->store.db), DB_OK);
	assert_int_equal(db_savepoint(f->store.db), DB_OK);
	make_account(f, "second", "second@example.com");
	assert_int_equal(db_rollback_to(f->store.db), DB_OK);
	store_drop_lease(&f->store);
	commit(f);
	assert_int_equal(account_by_login(&f->other, &f->arena, STR("first"), &a), DB_OK);
	assert_int_equal(account_by_login(&f->other, &f->arena, STR("second"), &a), DB_NONE);
}

static void test_reader_sees_no_uncommitted_write(void **state)
{
	struct fixture *f = *state;
	struct account a;

	begin(f);
	make_account(f, "pending", "pending@example.com");
	assert_int_equal(account_by_login(&f->other, &f->arena, STR("pending"), &a), DB_NONE);
	db_rollback(f->other.db);
	commit(f);
	assert_int_equal(account_by_login(&f->other, &f->arena, STR("pending"), &a), DB_OK);
}

static void test_write_after_read_is_current(void **state)
{
	struct fixture *f = *state;
	struct account a;

	/* `other` has an open read transaction from before the write. */
	assert_int_equal(account_by_login(&f->other, &f->arena, STR("late"), &a), DB_NONE);
	begin(f);
	make_account(f, "late", "late@example.com");
	commit(f);
	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	assert_int_equal(account_by_login(&f->other, &f->arena, STR("late"), &a), DB_OK);
	assert_int_equal(db_commit(f->other.db), DB_OK);
}

static void test_commit_failure_undoes_everything(void **state)
{
	struct fixture *f = *state;
	struct account a;

	assert_true(fail_configure("store.commit:1"));
	begin(f);
	make_account(f, "lost", "lost@example.com");
	assert_int_equal(db_commit(f->store.db), DB_FAILED);
	store_drop_lease(&f->store);
	assert_int_equal(account_by_login(&f->store, &f->arena, STR("lost"), &a), DB_NONE);
	begin(f);
	make_account(f, "lost", "lost@example.com");
	commit(f);
}

static void test_ids_rise_and_never_collide_across_connections(void **state)
{
	struct fixture *f = *state;
	enum { N = 3000 }; /* more than one lease */
	static bool seen[4 * 4096];
	uint64_t id, last = 0;

	memset(seen, 0, sizeof seen);
	for (int i = 0; i < N; i++) {
		struct store *s = i % 3 ? &f->store : &f->other;

		assert_int_equal(db_begin_write(s->db), DB_OK);
		assert_int_equal(store_next_id(s, &id), DB_OK);
		assert_int_equal(db_commit(s->db), DB_OK);
		assert_true(id < sizeof seen && !seen[id]);
		seen[id] = true;
		if (s == &f->store) {
			assert_true(id > last);
			last = id;
		}
	}
}

static void test_a_lease_that_was_rolled_back_is_not_used(void **state)
{
	struct fixture *f = *state;
	uint64_t lost, fresh;

	begin(f);
	assert_int_equal(store_next_id(&f->store, &lost), DB_OK);
	db_rollback(f->store.db);
	store_drop_lease(&f->store);
	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	assert_int_equal(store_next_id(&f->other, &fresh), DB_OK);
	assert_int_equal(db_commit(f->other.db), DB_OK);
	begin(f);
	assert_int_equal(store_next_id(&f->store, &lost), DB_OK);
	commit(f);
	assert_int_not_equal(lost, fresh);
}

static void test_account_names_and_addresses_are_unique(void **state)
{
	struct fixture *f = *state;
	struct account a;
	bool login_taken;

	begin(f);
	make_account(f, "Mona", "mona@example.com");
	assert_int_equal(account_create(&f->store, &f->arena, STR("mona"), STR_NONE,
				 STR("other@example.com"), true, STR_NONE, false, &a, &login_taken),
		DB_CONFLICT);
	assert_true(login_taken);
	assert_int_equal(account_create(&f->store, &f->arena, STR("lisa"), STR_NONE,
				 STR("MONA@example.com"), true, STR_NONE, false, &a, &login_taken),
		DB_CONFLICT);
	assert_false(login_taken);
	commit(f);
	assert_int_equal(
		account_by_login_or_email(&f->store, &f->arena, STR("Mona@Example.com"), &a),
		DB_OK);
	assert_true(str_eq_c(a.login, "Mona"));
}

static void test_verifying_the_primary_address_marks_the_account(void **state)
{
	struct fixture *f = *state;
	struct account a;
	bool login_taken;

	begin(f);
	assert_int_equal(account_create(&f->store, &f->arena, STR("new"), STR("New"),
				 STR("new@example.com"), false, STR_NONE, false, &a, &login_taken),
		DB_OK);
	assert_false(a.primary_verified);
	assert_int_equal(
		email_verify(&f->store, &f->arena, a.id, STR("nobody@example.com")), DB_NONE);
	assert_int_equal(email_verify(&f->store, &f->arena, a.id, STR("NEW@example.com")), DB_OK);
	assert_int_equal(email_verify(&f->store, &f->arena, a.id, STR("new@example.com")), DB_NONE);
	assert_int_equal(account_by_id(&f->store, &f->arena, a.id, &a), DB_OK);
	assert_true(a.primary_verified);
	commit(f);
}

static void test_sessions_end_by_age_idleness_and_hand(void **state)
{
	struct fixture *f = *state;
	char cookie[SESSION_TEXT_LEN + 1], second[SESSION_TEXT_LEN + 1];
	struct session s, *list;
	struct account a;
	size_t n;

	begin(f);
	a = make_account(f, "mona", "mona@example.com");
	assert_int_equal(session_begin(&f->store, a.id, 1000, &browser, cookie), DB_OK);
	assert_int_equal(session_begin(&f->store, a.id, 1000, &browser, second), DB_OK);
	assert_int_equal(session_read(&f->store, &f->arena, str_from(cookie), 100, &s, &a), DB_OK);
	assert_int_equal(session_list(&f->store, &f->arena, a.id, 100, &list, &n), DB_OK);
	assert_int_equal(n, 2);
	clock_advance(&f->clock, 60 * 1000000LL);
	assert_int_equal(session_read(&f->store, &f->arena, str_from(cookie), 100, &s, &a), DB_OK);
	assert_int_equal(session_touch(&f->store, s.id, STR("::1")), DB_OK);
	clock_advance(&f->clock, 60 * 1000000LL);
	/* idle for 120 s; the other one was used 60 s ago */
	assert_int_equal(
		session_read(&f->store, &f->arena, str_from(second), 100, &s, &a), DB_NONE);
	assert_int_equal(session_read(&f->store, &f->arena, str_from(cookie), 100, &s, &a), DB_OK);
	assert_int_equal(session_read(&f->store, &f->arena, str_from(cookie), 9999, &s, &a), DB_OK);
	assert_int_equal(session_end(&f->store, a.id + 1, s.id), DB_NONE);
	assert_int_equal(session_end(&f->store, a.id, s.id), DB_OK);
	assert_int_equal(session_end(&f->store, a.id, s.id), DB_NONE);
	assert_int_equal(
		session_read(&f->store, &f->arena, str_from(cookie), 9999, &s, &a), DB_NONE);
	assert_int_equal(session_read(&f->store, &f->arena, str_from(second), 9999, &s, &a), DB_OK);
	clock_advance(&f->clock, 880 * 1000000LL);
	assert_int_equal(
		session_read(&f->store, &f->arena, str_from(second), 9999, &s, &a), DB_NONE);
	commit(f);
}

static void test_oc_06_a_session_that_goes_on(void **state)
{
	struct fixture *f = *state;
	const struct session_fields better = {STR("::2"), STR("Firefox"), "pwd otp mfa"};
	char cookie[SESSION_TEXT_LEN + 1], second[SESSION_TEXT_LEN + 1];
	struct session s, again;
	struct account a;
	bool lives;

	begin(f);
	a = make_account(f, "mona", "mona@example.com");
	assert_int_equal(session_begin(&f->store, a.id, 1000, &browser, cookie), DB_OK);
	assert_int_equal(session_read(&f->store, &f->arena, str_from(cookie), 100, &s, &a), DB_OK);
	assert_int_equal(s.auth_time, store_now(&f->store));
	assert_int_equal(s.auth_n, 1);
	assert_true(str_eq_c(s.amr, "pwd"));
	clock_advance(&f->clock, 50 * 1000000LL);
	assert_int_equal(session_renew(&f->store, s.id, a.id + 1, 1000, &better, second), DB_NONE);
	assert_int_equal(session_renew(&f->store, s.id, a.id, 1000, &better, second), DB_OK);
	/* A075: the old cookie is nobody's */
	assert_int_equal(
		session_read(&f->store, &f->arena, str_from(cookie), 100, &again, &a), DB_NONE);
	assert_int_equal(
		session_read(&f->store, &f->arena, str_from(second), 100, &again, &a), DB_OK);
	assert_int_equal(again.id, s.id);
	assert_int_equal(again.auth_time, s.auth_time + 50);
	assert_int_equal(again.auth_n, 2);
	assert_true(str_eq_c(again.amr, "pwd otp mfa"));
	assert_int_equal(session_lives(&f->store, s.id, &lives), DB_OK);
	assert_true(lives);
	assert_int_equal(session_end(&f->store, a.id, s.id), DB_OK);
	assert_int_equal(session_lives(&f->store, s.id, &lives), DB_OK);
	assert_false(lives);
	assert_int_equal(session_renew(&f->store, s.id, a.id, 1000, &better, second), DB_NONE);
	commit(f);
}

static size_t due_logouts(struct fixture *f, struct logout **out)
{
	size_t n;

	assert_int_equal(logout_due(&f->store, &f->arena, 100, out, &n), DB_OK);
	return n;
}

static void test_bl_05_who_is_to_be_told_is_remembered(void **state)
{
	struct fixture *f = *state;
	char cookie[SESSION_TEXT_LEN + 1];
	struct session one, two;
	struct logout *due;
	struct account a;

	begin(f);
	a = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, a.id, "App"), other = make_app(f, a.id, "Other");

	assert_int_equal(session_begin(&f->store, a.id, 1000, &browser, cookie), DB_OK);
	assert_int_equal(
		session_read(&f->store, &f->arena, str_from(cookie), 100, &one, &a), DB_OK);
	assert_int_equal(session_begin(&f->store, a.id, 1000, &browser, cookie), DB_OK);
	assert_int_equal(
		session_read(&f->store, &f->arena, str_from(cookie), 100, &two, &a), DB_OK);
	assert_int_equal(session_app_put(&f->store, one.id, app.id, a.id), DB_OK);
	assert_int_equal(session_app_put(&f->store, one.id, app.id, a.id), DB_OK);
	assert_int_equal(session_app_put(&f->store, one.id, other.id, a.id), DB_OK);
	assert_int_equal(session_app_put(&f->store, two.id, app.id, a.id), DB_OK);
	assert_int_equal(due_logouts(f, &due), 0);
	assert_int_equal(session_end(&f->store, a.id + 1, one.id), DB_NONE);
	assert_int_equal(due_logouts(f, &due), 0);
	assert_int_equal(session_end(&f->store, a.id, one.id), DB_OK);
	assert_int_equal(session_end(&f->store, a.id, one.id), DB_NONE);
	assert_int_equal(due_logouts(f, &due), 2);
	assert_int_equal(due[0].session_id, one.id);
	assert_int_equal(due[0].account_id, a.id);
	assert_int_equal(logout_done(&f->store, due[0].id), DB_OK);
	assert_int_equal(logout_try(&f->store, due[1].id, store_now(&f->store) + 15), DB_OK);
	assert_int_equal(due_logouts(f, &due), 0);
	clock_advance(&f->clock, 15 * 1000000LL);
	assert_int_equal(due_logouts(f, &due), 1);
	assert_int_equal(due[0].tries, 1);
	assert_int_equal(logout_done(&f->store, due[0].id), DB_OK);
	/* those of all other sessions; an ended one is not told of twice */
	assert_int_equal(session_end_others(&f->store, a.id, 0), DB_OK);
	assert_int_equal(due_logouts(f, &due), 1);
	assert_int_equal(due[0].session_id, two.id);
	commit(f);
}

static void test_session_cookie_with_one_wrong_character_is_nobody(void **state)
{
	struct fixture *f = *state;
	char cookie[SESSION_TEXT_LEN + 1];
	struct session s;
	struct account a;

	begin(f);
	a = make_account(f, "mona", "mona@example.com");
	assert_int_equal(session_begin(&f->store, a.id, 1000, &browser, cookie), DB_OK);
	cookie[SESSION_TEXT_LEN - 1] = cookie[SESSION_TEXT_LEN - 1] == '0' ? '1' : '0';
	assert_int_equal(
		session_read(&f->store, &f->arena, str_from(cookie), 999, &s, &a), DB_NONE);
	commit(f);
}

static void test_app_fields_callbacks_and_names(void **state)
{
	struct fixture *f = *state;
	const struct callback two[] = {{STR("https://a.example/"), REDIRECT_WILDCARD},
		{STR("app.example:/cb"), REDIRECT_EXACT}};
	const struct app_fields change = {.name = STR("New name"),
		.homepage = STR("https://new.example"),
		.description = STR("what it does"),
		.device_flow = true,
		.callbacks = two,
		.callbacks_n = 2};
	struct callback *callbacks;
	struct account owner;
	struct app app, other;
	size_t n;

	begin(f);
	owner = make_account(f, "mona", "mona@example.com");
	app = make_app(f, owner.id, "First");
	other = make_app(f, owner.id, "Second");
	assert_true(app.id != other.id && !str_eq(app.client_id, other.client_id));
	assert_int_equal(app_update(&f->store, &f->arena, app.id, &change), DB_OK);
	assert_int_equal(app_by_client_id(&f->store, &f->arena, app.client_id, &app), DB_OK);
	assert_true(app.device_flow && str_eq_c(app.description, "what it does"));
	assert_true(str_eq_c(app.owner_login, "mona"));
	assert_int_equal(app_callbacks(&f->store, &f->arena, app.id, &callbacks, &n), DB_OK);
	assert_int_equal(n, 2);
	assert_int_equal(callbacks[0].mode, REDIRECT_WILDCARD);
	assert_true(str_eq(callbacks[1].uri, two[1].uri));
	/* its own name is no conflict, in another case too; another's is */
	assert_int_equal(app_update(&f->store, &f->arena, app.id, &change), DB_OK);
	assert_int_equal(app_update(&f->store, &f->arena, other.id, &change), DB_CONFLICT);
	commit(f);
}

static void test_client_secrets_live_and_die(void **state)
{
	struct fixture *f = *state;
	char first[CLIENT_SECRET_LEN + 1], second[CLIENT_SECRET_LEN + 1];
	struct app_secret *list;
	struct client client;
	struct app app;
	size_t n;

	begin(f);
	app = make_app(f, make_account(f, "mona", "mona@example.com").id, "App");
	assert_int_equal(client_read(&f->store, &f->arena, app.client_id, &client), DB_OK);
	assert_int_equal(client.secrets_n, 0);
	assert_int_equal(app_secret_add(&f->store, app.id, app.owner_id, first), DB_OK);
	assert_int_equal(app_secret_add(&f->store, app.id, app.owner_id, second), DB_OK);
	assert_int_equal(app_secret_list(&f->store, &f->arena, app.id, &list, &n), DB_OK);
	assert_int_equal(n, 2);
	assert_memory_equal(list[0].last_eight.p, first + 32, 8);
	assert_true(str_eq_c(list[0].created_by, "mona"));
	assert_int_equal(list[0].used_at, 0);
	assert_int_equal(client_secret_used(&f->store, app.id, list[0].id), DB_OK);
	assert_int_equal(app_secret_revoke(&f->store, app.id, list[1].id), DB_OK);
	assert_int_equal(app_secret_revoke(&f->store, app.id, list[1].id), DB_NONE);
	assert_int_equal(client_read(&f->store, &f->arena, app.client_id, &client), DB_OK);
	assert_int_equal(client.secrets_n, 1);
	assert_true(client.secrets[0].id == list[0].id && client.secrets[0].used_at > 0);
	assert_int_equal(client_read(&f->store, &f->arena, STR("unknown"), &client), DB_NONE);
	commit(f);
}

/* Who renews a secret every day has had more than anybody would count. */
static void test_client_secrets_that_ended_are_in_nobodys_way(void **state)
{
	struct fixture *f = *state;
	char lasting[CLIENT_SECRET_LEN + 1], renewed[CLIENT_SECRET_LEN + 1];
	struct app_secret *list;
	struct client client;
	struct app app;
	size_t n;

	begin(f);
	app = make_app(f, make_account(f, "mona", "mona@example.com").id, "App");
	assert_int_equal(app_secret_add(&f->store, app.id, app.owner_id, lasting), DB_OK);
	for (int i = 0; i < 300; i++) {
		assert_int_equal(app_secret_add(&f->store, app.id, app.owner_id, renewed), DB_OK);
		assert_int_equal(app_secret_list(&f->store, &f->arena, app.id, &list, &n), DB_OK);
		assert_int_equal(n, 2);
		if (i < 299)
			assert_int_equal(app_secret_revoke(&f->store, app.id, list[1].id), DB_OK);
	}
	assert_int_equal(client_read(&f->store, &f->arena, app.client_id, &client), DB_OK);
	assert_int_equal(client.secrets_n, 2);
	assert_int_equal(client.secrets[0].id ^ client.secrets[1].id, list[0].id ^ list[1].id);
	commit(f);
}

static void test_transfer_needs_the_right_recipient(void **state)
{
	struct fixture *f = *state;
	struct account mona, lisa;
	struct app app, *offered;
	struct str login;
	int64_t to;
	size_t n;

	begin(f);
	mona = make_account(f, "mona", "mona@example.com");
	lisa = make_account(f, "lisa", "lisa@example.com");
	app = make_app(f, mona.id, "App");
	assert_int_equal(app_transfer_read(&f->store, &f->arena, app.id, &to, &login), DB_NONE);
	assert_int_equal(app_transfer_offer(&f->store, app.id, lisa.id), DB_OK);
	assert_int_equal(app_transfer_list(&f->store, &f->arena, lisa.id, &offered, &n), DB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(app_transfer_accept(&f->store, &f->arena, app.id, mona.id), DB_NONE);
	assert_int_equal(app_transfer_accept(&f->store, &f->arena, app.id, lisa.id), DB_OK);
	assert_int_equal(app_transfer_accept(&f->store, &f->arena, app.id, lisa.id), DB_NONE);
	assert_int_equal(app_by_id(&f->store, &f->arena, app.id, &app), DB_OK);
	assert_int_equal(app.owner_id, lisa.id);
	commit(f);
}

static void test_grant_union_revocation_and_epoch(void **state)
{
	struct fixture *f = *state;
	struct granted_app *list;
	struct account user;
	struct grant g, again;
	struct app app;
	bool created;
	int64_t count;
	size_t n;

	begin(f);
	user = make_account(f, "mona", "mona@example.com");
	app = make_app(f, user.id, "App");
	assert_int_equal(grant_read(&f->store, &f->arena, user.id, &app, &g), DB_NONE);
	g = make_grant(f, user.id, &app, "user");
	assert_int_equal(
		grant_put(&f->store, &f->arena, user.id, &app, STR("repo user"), &again, &created),
		DB_OK);
	assert_true(!created && again.id == g.id);
	assert_int_equal(grant_count(&f->store, &app, 100, &count), DB_OK);
	assert_int_equal(count, 1);
	/* "revoke all user tokens" ends it; allowing the app again makes a new one */
	assert_int_equal(app_revoke_tokens(&f->store, app.id), DB_OK);
	assert_int_equal(app_by_id(&f->store, &f->arena, app.id, &app), DB_OK);
	assert_int_equal(grant_read(&f->store, &f->arena, user.id, &app, &g), DB_NONE);
	assert_int_equal(grant_list(&f->store, &f->arena, user.id, &list, &n), DB_OK);
	assert_int_equal(n, 0);
	again = make_grant(f, user.id, &app, "user");
	assert_true(again.id != g.id);
	assert_int_equal(grant_list(&f->store, &f->arena, user.id, &list, &n), DB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(grant_revoke(&f->store, user.id, app.id, "user"), DB_OK);
	assert_int_equal(grant_revoke(&f->store, user.id, app.id, "user"), DB_NONE);
	commit(f);
}

static struct code_fields code_of(const struct app *app, const struct grant *g, int64_t user)
{
	return (struct code_fields){.app_id = app->id,
		.account_id = user,
		.grant_id = g->id,
		.redirect_uri = STR("https://client.example/cb"),
		.scopes = STR("repo user"),
		.lifetime_s = 600,
		.token_id = 7};
}

/* 6749-13, A026: whoever comes second gets nothing, whichever connection it comes by. */
static void test_a026_a_code_is_taken_once(void **state)
{
	struct fixture *f = *state;
	char text[CODE_TEXT_LEN + 1];
	struct account user;
	struct code code;
	uint64_t id;

	begin(f);
	user = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, user.id, "App");
	struct grant g = make_grant(f, user.id, &app, "repo user");
	struct code_fields fields = code_of(&app, &g, user.id);

	assert_int_equal(code_issue(&f->store, &fields, text), DB_OK);
	commit(f);
	assert_true(code_locate(&f->other.locator, str_from(text), &id));
	assert_int_equal(code_read_row(&f->other, &f->arena, id, &code), DB_OK);
	assert_true(code.account_verified && !code.consumed_at && !str_is_set(code.challenge));
	begin(f);
	assert_int_equal(code_consume(&f->store, id, STR("first"), STR("192.0.2.1")), DB_OK);
	commit(f);
	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	assert_int_equal(code_consume(&f->other, id, STR("second"), STR("192.0.2.2")), DB_NONE);
	assert_int_equal(db_commit(f->other.db), DB_OK);
	assert_int_equal(code_read_row(&f->other, &f->arena, id, &code), DB_OK);
	assert_true(str_eq_c(code.consumed_by, "first") && code.token_id == 7);
}

/* 6749-12, A032: one second late is late. */
static void test_a032_an_expired_code_cannot_be_taken(void **state)
{
	struct fixture *f = *state;
	char text[CODE_TEXT_LEN + 1];
	struct account user;
	uint64_t id;

	begin(f);
	user = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, user.id, "App");
	struct grant g = make_grant(f, user.id, &app, "repo user");
	struct code_fields fields = code_of(&app, &g, user.id);

	assert_int_equal(code_issue(&f->store, &fields, text), DB_OK);
	assert_true(code_locate(&f->store.locator, str_from(text), &id));
	clock_advance(&f->clock, 600 * 1000000LL);
	assert_int_equal(code_consume(&f->store, id, STR("late"), STR("192.0.2.1")), DB_NONE);
	clock_advance(&f->clock, -2 * 1000000LL);
	assert_int_equal(code_consume(&f->store, id, STR("in time"), STR("192.0.2.1")), DB_OK);
	commit(f);
}

/* GitHub reference section 9: places are pushed out in the order they were taken, whichever
 * connection, and so whichever lease of ids, took them. */
static void test_s9_places_keep_their_order_across_connections(void **state)
{
	struct fixture *f = *state;
	struct token_slot slots[6];

	begin(f);
	struct account user = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, user.id, "App");
	struct grant g = make_grant(f, user.id, &app, "repo");

	commit(f);
	for (int i = 0; i < 6; i++) {
		struct store *s = i % 2 ? &f->store : &f->other;

		assert_int_equal(db_begin_write(s->db), DB_OK);
		assert_int_equal(
			token_slot_take(s, &f->arena, g.id, STR("repo"), 3, 600, &slots[i]), DB_OK);
		assert_int_equal(db_commit(s->db), DB_OK);
		assert_true(slots[i].evict_token_id == (i < 3 ? 0 : slots[i - 3].token_id));
	}
}

static void test_a_token_is_found_by_its_text_only(void **state)
{
	struct fixture *f = *state;
	char text[TOKEN_TEXT_LEN + 1];
	struct account user;
	struct token token;
	uint64_t id;

	begin(f);
	user = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, user.id, "App");
	struct grant g = make_grant(f, user.id, &app, "repo user");
	const struct token_fields fields = {.app_id = app.id,
		.account_id = user.id,
		.grant_id = g.id,
		.scopes = STR("repo user")};

	assert_int_equal(store_next_id(&f->store, &id), DB_OK);
	assert_int_equal(token_issue(&f->store, id, &fields, text), DB_OK);
	assert_int_equal(token_read_row(&f->store, &f->arena, str_from(text), id, &token), DB_OK);
	assert_true(token.id == id && str_eq_c(token.account.login, "mona"));
	assert_true(str_eq(token.client_id, app.client_id));
	text[20] = text[20] == 'A' ? 'B' : 'A';
	assert_int_equal(token_read_row(&f->store, &f->arena, str_from(text), id, &token), DB_NONE);
	text[20] = text[20] == 'A' ? 'B' : 'A';
	assert_int_equal(token_revoke(&f->store, id, "test"), DB_OK);
	assert_int_equal(token_revoke(&f->store, id, "test"), DB_NONE);
	/* the app's row gone, the token is gone */
	assert_int_equal(app_delete(&f->store, app.id), DB_OK);
	commit(f);
}

/* A032, A232: whatever the clock was, nobody is shut out for longer than the window. */
static void test_throttling_of_a_clock_that_was_ahead(void **state)
{
	struct fixture *f = *state;
	const int64_t years = INT64_C(10) * 365 * 86400 * 1000000;
	int64_t failures, left;

	begin(f);
	clock_advance(&f->clock, years);
	for (int i = 1; i <= 3; i++)
		assert_int_equal(throttle_count(&f->store, STR("mona"), 60, &failures), DB_OK);
	clock_advance(&f->clock, -years);
	assert_int_equal(throttle_read(&f->store, STR("mona"), 60, &failures, &left), DB_OK);
	assert_true(failures == 0 && left == 0);
	assert_int_equal(throttle_count(&f->store, STR("mona"), 60, &failures), DB_OK);
	assert_int_equal(failures, 1);
	assert_int_equal(throttle_read(&f->store, STR("mona"), 60, &failures, &left), DB_OK);
	assert_true(failures == 1 && left > 58 && left <= 60);
	commit(f);
}

static void test_throttling_counts_within_its_window(void **state)
{
	struct fixture *f = *state;
	int64_t failures, left;

	begin(f);
	for (int i = 1; i <= 3; i++) {
		assert_int_equal(throttle_count(&f->store, STR("mona"), 60, &failures), DB_OK);
		assert_int_equal(failures, i);
	}
	assert_int_equal(throttle_read(&f->store, STR("lisa"), 60, &failures, &left), DB_OK);
	assert_int_equal(failures, 0);
	clock_advance(&f->clock, 59 * 1000000LL);
	assert_int_equal(throttle_read(&f->store, STR("mona"), 60, &failures, &left), DB_OK);
	assert_int_equal(failures, 3);
	assert_int_equal(left, 1);
	clock_advance(&f->clock, 1000000LL);
	assert_int_equal(throttle_read(&f->store, STR("mona"), 60, &failures, &left), DB_OK);
	assert_int_equal(failures, 0);
	assert_int_equal(throttle_count(&f->store, STR("mona"), 60, &failures), DB_OK);
	assert_int_equal(failures, 1);
	assert_int_equal(throttle_clear(&f->store, STR("mona")), DB_OK);
	assert_int_equal(throttle_read(&f->store, STR("mona"), 60, &failures, &left), DB_OK);
	assert_int_equal(failures, 0);
	commit(f);
}

static void test_audit_and_demo_notes(void **state)
{
	struct fixture *f = *state;
	struct audit_entry *entries;
	struct str text;
	size_t n;

	begin(f);
	assert_int_equal(
		audit_write(&f->store, 1, STR("mona"), "user.login", 0, STR_NONE, STR("::1")),
		DB_OK);
	assert_int_equal(
		audit_write(&f->store, 1, STR("mona"), "user.logout", 0, STR("x"), STR("::1")),
		DB_OK);
	assert_int_equal(audit_list(&f->store, &f->arena, 1, 10, &entries, &n), DB_OK);
	assert_int_equal(n, 2);
	assert_true(str_eq_c(entries[0].action, "user.logout"));
	assert_int_equal(demo_flow_put(&f->store, STR("a"), STR("{}"), 10), DB_OK);
	assert_int_equal(demo_flow_put(&f->store, STR("a"), STR("{1}"), 10), DB_OK);
	assert_int_equal(demo_flow_get(&f->store, &f->arena, STR("a"), &text), DB_OK);
	assert_true(str_eq_c(text, "{1}"));
	clock_advance(&f->clock, 10 * 1000000LL);
	assert_int_equal(demo_flow_get(&f->store, &f->arena, STR("a"), &text), DB_NONE);
	commit(f);
}

static void test_purging_takes_what_is_over_and_nothing_else(void **state)
{
	struct fixture *f = *state;
	char old_code[CODE_TEXT_LEN + 1], new_code[CODE_TEXT_LEN + 1], cookie[SESSION_TEXT_LEN + 1];
	struct session session;
	struct account user;
	struct code code;
	uint64_t id;
	int64_t after = 0;
	bool more;

	begin(f);
	user = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, user.id, "App");
	struct grant g = make_grant(f, user.id, &app, "repo user");
	struct code_fields fields = code_of(&app, &g, user.id);

	assert_int_equal(code_issue(&f->store, &fields, old_code), DB_OK);
	clock_advance(&f->clock, 87001 * 1000000LL);
	assert_int_equal(code_issue(&f->store, &fields, new_code), DB_OK);
	assert_int_equal(session_begin(&f->store, user.id, 1000, &browser, cookie), DB_OK);
	assert_int_equal(store_purge(&f->store, 100), DB_OK);
	assert_int_equal(store_purge_sessions(&f->store, 500, 100, &after), DB_OK);
	assert_int_equal(store_purge_codes(&f->store, 100, &more), DB_OK);
	assert_false(more);
	assert_true(code_locate(&f->store.locator, str_from(old_code), &id));
	assert_int_equal(code_read_row(&f->store, &f->arena, id, &code), DB_NONE);
	assert_true(code_locate(&f->store.locator, str_from(new_code), &id));
	assert_int_equal(code_read_row(&f->store, &f->arena, id, &code), DB_OK);
	assert_int_equal(
		session_read(&f->store, &f->arena, str_from(cookie), 500, &session, &user), DB_OK);
	commit(f);
}

static void test_old_codes_are_cleared_out_in_batches(void **state)
{
	struct fixture *f = *state;
	char text[CODE_TEXT_LEN + 1];
	bool more;

	begin(f);
	struct account user = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, user.id, "App");
	struct grant g = make_grant(f, user.id, &app, "repo user");
	struct code_fields fields = code_of(&app, &g, user.id);

	for (int i = 0; i < 5; i++)
		assert_int_equal(code_issue(&f->store, &fields, text), DB_OK);
	clock_advance(&f->clock, 87001 * 1000000LL);
	for (int left = 5; left > 0; left -= 2) {
		assert_int_equal(store_purge_codes(&f->store, 2, &more), DB_OK);
		assert_int_equal(more, left >= 2);
	}
	assert_int_equal(store_purge_codes(&f->store, 2, &more), DB_OK);
	assert_false(more);
	commit(f);
}

/* The one that is still used is in the way of none behind it, and each batch looks no further. */
static void test_sessions_are_cleared_out_once_round_in_batches(void **state)
{
	struct fixture *f = *state;
	char cookie[SESSION_TEXT_LEN + 1];
	int64_t after = 0;

	begin(f);
	struct account user = make_account(f, "mona", "mona@example.com");

	assert_int_equal(session_begin(&f->store, user.id, 5000, &browser, cookie), DB_OK);
	for (int i = 0; i < 4; i++)
		assert_int_equal(session_begin(&f->store, user.id, 1000, &browser, cookie), DB_OK);
	clock_advance(&f->clock, 1001 * 1000000LL);
	commit(f);
	for (int left = 4; left > 0; left -= left == 4 ? 1 : 2) {
		assert_int_equal(count(f, "session"), left == 4 ? 5 : left + 1);
		begin(f);
		assert_int_equal(store_purge_sessions(&f->store, 5000, 2, &after), DB_OK);
		commit(f);
		assert_true(after > 0);
	}
	assert_int_equal(count(f, "session"), 1);
	begin(f);
	assert_int_equal(store_purge_sessions(&f->store, 5000, 2, &after), DB_OK);
	assert_int_equal(after, 0);
	/* idle */
	assert_int_equal(store_purge_sessions(&f->store, 1000, 2, &after), DB_OK);
	commit(f);
	assert_int_equal(count(f, "session"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_transactions_keep_and_undo),
		WITH_STORE(test_savepoint_undoes_one_request_only),
		WITH_STORE(test_reader_sees_no_uncommitted_write),
		WITH_STORE(test_write_after_read_is_current),
		WITH_STORE(test_commit_failure_undoes_everything),
		WITH_STORE(test_ids_rise_and_never_collide_across_connections),
		WITH_STORE(test_a_lease_that_was_rolled_back_is_not_used),
		WITH_STORE(test_account_names_and_addresses_are_unique),
		WITH_STORE(test_verifying_the_primary_address_marks_the_account),
		WITH_STORE(test_sessions_end_by_age_idleness_and_hand),
		WITH_STORE(test_oc_06_a_session_that_goes_on),
		WITH_STORE(test_bl_05_who_is_to_be_told_is_remembered),
		WITH_STORE(test_session_cookie_with_one_wrong_character_is_nobody),
		WITH_STORE(test_app_fields_callbacks_and_names),
		WITH_STORE(test_client_secrets_live_and_die),
		WITH_STORE(test_client_secrets_that_ended_are_in_nobodys_way),
		WITH_STORE(test_transfer_needs_the_right_recipient),
		WITH_STORE(test_grant_union_revocation_and_epoch),
		WITH_STORE(test_a026_a_code_is_taken_once),
		WITH_STORE(test_a032_an_expired_code_cannot_be_taken),
		WITH_STORE(test_s9_places_keep_their_order_across_connections),
		WITH_STORE(test_a_token_is_found_by_its_text_only),
		WITH_STORE(test_throttling_of_a_clock_that_was_ahead),
		WITH_STORE(test_throttling_counts_within_its_window),
		WITH_STORE(test_audit_and_demo_notes),
		WITH_STORE(test_purging_takes_what_is_over_and_nothing_else),
		WITH_STORE(test_old_codes_are_cleared_out_in_batches),
		WITH_STORE(test_sessions_are_cleared_out_once_round_in_batches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
