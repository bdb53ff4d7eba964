/* Deleting accounts, sandboxes, clearing out what they leave, and the moved clock. */

#include "core/user_code.h"
#include "fail_each.h"
#include "flow/sandboxes.h"
#include "store/audit.h"
#include "store/device.h"
#include "store/moved_clock.h"
#include "store/org.h"
#include "store/refresh.h"
#include "store/sweep.h"
#include "store/two_factor.h"

enum { HOUR = 3600, DAY = 86400 };

/* A user of an app with everything that a user can have. */
struct life {
	struct account user;
	struct app app;
	char token[TOKEN_TEXT_LEN + 1], session[SESSION_TEXT_LEN + 1], code[CODE_TEXT_LEN + 1];
	uint64_t token_id, device_id;
};

static void have_token(struct fixture *f, struct life *l, const struct grant *g)
{
	struct token_slot slot;
	char refresh[REFRESH_TEXT_LEN + 1];

	assert_int_equal(
		token_slot_take(&f->store, &f->arena, g->id, STR("repo"), 10, 600, &slot), DB_OK);
	l->token_id = slot.token_id;
	const struct token_fields token = {.kind = TOKEN_OAUTH,
		.app_id = l->app.id,
		.account_id = l->user.id,
		.grant_id = g->id,
		.scopes = STR("repo")};
	const struct family_fields family = {.app_id = l->app.id,
		.account_id = l->user.id,
		.grant_id = g->id,
		.token_id = l->token_id,
		.scopes = STR("repo"),
		.expires_at = store_now(&f->store) + DAY};
	const struct code_fields code = {.app_id = l->app.id,
		.account_id = l->user.id,
		.grant_id = g->id,
		.redirect_uri = STR("https://client.example/cb"),
		.scopes = STR("repo"),
		.challenge = STR_NONE,
		.lifetime_s = 600,
		.token_id = l->token_id};

	assert_int_equal(token_issue(&f->store, l->token_id, &token, l->token), DB_OK);
	assert_int_equal(token_use_put(&f->store, l->token_id, store_now(&f->store)), DB_OK);
	assert_int_equal(family_begin(&f->store, &family, refresh), DB_OK);
	assert_int_equal(code_issue(&f->store, &code, l->code), DB_OK);
}

static void have_device(struct fixture *f, struct life *l, const struct grant *g)
{
	const struct device_fields fields = {.app_id = l->app.id,
		.scopes = STR("repo"),
		.address = STR("192.0.2.1"),
		.lifetime_s = 600};
	const struct device_approval approval = {.account_id = l->user.id,
		.grant_id = g->id,
		.token_id = l->token_id,
		.scopes = STR("repo")};
	char text[CODE_TEXT_LEN + 1], user_code[USER_CODE_LEN + 1];

	assert_int_equal(device_start(&f->store, &f->arena, &fields, text, user_code), DB_OK);
	assert_true(code_locate(&f->store.locator, str_from(text), &l->device_id));
	assert_int_equal(device_claim(&f->store, l->device_id, 7), DB_OK);
	assert_int_equal(device_approve(&f->store, l->device_id, 7, &approval), DB_OK);
}

/* In the running transaction. */
static struct life live(struct fixture *f, const char *login, const char *email, int64_t owner)
{
	struct life l = {.user = make_account(f, login, email)};
	char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN + 1];

	l.app = make_app(f, owner ? owner : l.user.id, login);
	struct grant g = make_grant(f, l.user.id, &l.app, "repo");

	have_token(f, &l, &g);
	have_device(f, &l, &g);
	assert_int_equal(session_begin(&f->store, l.user.id, DAY, &browser, l.session), DB_OK);
	assert_int_equal(two_factor_begin(&f->store, l.user.id, 7), DB_OK);
	assert_int_equal(recovery_codes_make(&f->store, l.user.id, codes), DB_OK);
	assert_int_equal(audit_write(&f->store, l.user.id, l.user.login, "user.login", 0, STR_NONE,
				 STR("192.0.2.1")),
		DB_OK);
	return l;
}

static void sweep_all(struct fixture *f, size_t batch)
{
	struct sweep sweep = {0};
	bool more = true;

	for (int i = 0; more; i++) {
		assert_true(i < 1000);
		begin(f);
		assert_int_equal(store_sweep(&f->store, &sweep, batch, &more), DB_OK);
		commit(f);
	}
}

static const char *const belonging[] = {"email", "session", "two_factor", "recovery_code",
	"org_member", "team_member", "app_grant", "code", "token", "refresh_family", "device_code",
	"audit"};

static int64_t rows_of(struct fixture *f, const char *table, int64_t account_id)
{
	char what[96];

	snprintf(what, sizeof what, "%s WHERE account_id = %lld", table, (long long)account_id);
	return count(f, what);
}

/* P28 */
static void test_a_deleted_account_can_do_nothing(void **state)
{
	struct fixture *f = *state;
	struct session session;
	struct account a;
	struct token token;
	struct code code;
	struct device device;
	struct family family;
	uint64_t id;

	begin(f);
	struct account owner = make_account(f, "owner", "owner@example.com");
	struct life l = live(f, "gone", "gone@example.com", owner.id);

	assert_int_equal(account_delete(&f->store, &f->arena, l.user.id), DB_OK);
	commit(f);
	assert_int_equal(account_by_login(&f->store, &f->arena, STR("gone"), &a), DB_NONE);
	assert_int_equal(
		account_by_login_or_email(&f->store, &f->arena, STR("gone@example.com"), &a),
		DB_NONE);
	assert_int_equal(session_read(&f->store, &f->arena, str_from(l.session), DAY, &session, &a),
		DB_NONE);
	assert_int_equal(
		token_read_row(&f->store, &f->arena, str_from(l.token), l.token_id, &token),
		DB_NONE);
	assert_true(code_locate(&f->store.locator, str_from(l.code), &id));
	assert_int_equal(code_read_row(&f->store, &f->arena, id, &code), DB_NONE);
	assert_int_equal(family_read(&f->store, &f->arena, l.token_id, &family), DB_NONE);
	assert_int_equal(device_read(&f->store, &f->arena, l.device_id, &device), DB_OK);
	assert_true(device.grant_revoked_at != 0 && !device.account_verified);
}

static void test_a_deleted_account_leaves_nothing(void **state)
{
	struct fixture *f = *state;

	begin(f);
	struct account owner = make_account(f, "owner", "owner@example.com");
	struct life l = live(f, "gone", "gone@example.com", owner.id);
	struct life kept = live(f, "kept", "kept@example.com", owner.id);

	assert_int_equal(app_transfer_offer(&f->store, l.app.id, l.user.id), DB_OK);
	assert_int_equal(account_delete(&f->store, &f->arena, l.user.id), DB_OK);
	commit(f);
	sweep_all(f, 1);
	for (size_t i = 0; i < sizeof belonging / sizeof belonging[0]; i++) {
		if (rows_of(f, belonging[i], l.user.id) != 0)
			fail_msg("%s has rows", belonging[i]);
		bool was_there = strcmp(belonging[i], "org_member") != 0 &&
				 strcmp(belonging[i], "team_member") != 0;

		if ((rows_of(f, belonging[i], kept.user.id) > 0) != was_there)
			fail_msg("%s lost rows of another", belonging[i]);
	}
	assert_int_equal(count(f, "token_use"), 1);
	assert_int_equal(count(f, "grant_token"), 1);
	assert_int_equal(count(f, "app_transfer"), 0);
	assert_int_equal(count(f, "app WHERE id > 0"), 2); /* they are the owner's */
}

static void test_its_apps_go_with_it(void **state)
{
	struct fixture *f = *state;
	struct app app;

	begin(f);
	struct life l = live(f, "gone", "gone@example.com", 0);

	for (int i = 0; i < 150; i++) { /* more than one list of them */
		char name[16];

		snprintf(name, sizeof name, "app %d", i);
		make_app(f, l.user.id, name);
	}
	assert_int_equal(account_delete(&f->store, &f->arena, l.user.id), DB_OK);
	commit(f);
	assert_int_equal(app_by_id(&f->store, &f->arena, l.app.id, &app), DB_NONE);
	assert_int_equal(count(f, "app WHERE id > 0"), 0);
	assert_int_equal(count(f, "app_callback"), 0);
	db_rollback(f->store.db);
	sweep_all(f, 500);
	assert_int_equal(count(f, "token"), 0);
	assert_int_equal(count(f, "device_code"), 0);
}

static void test_organizations_of_others_stay(void **state)
{
	struct fixture *f = *state;
	struct org alone, shared, found;

	begin(f);
	struct account gone = make_account(f, "gone", "gone@example.com");
	struct account kept = make_account(f, "kept", "kept@example.com");

	assert_int_equal(
		org_create(&f->store, &f->arena, STR("alone"), STR_NONE, STR_NONE, &alone), DB_OK);
	assert_int_equal(
		org_create(&f->store, &f->arena, STR("shared"), STR_NONE, STR_NONE, &shared),
		DB_OK);
	assert_int_equal(org_member_put(&f->store, alone.id, gone.id, true, true), DB_OK);
	assert_int_equal(org_member_put(&f->store, shared.id, gone.id, true, true), DB_OK);
	assert_int_equal(org_member_put(&f->store, shared.id, kept.id, false, true), DB_OK);
	assert_int_equal(account_delete(&f->store, &f->arena, gone.id), DB_OK);
	commit(f);
	assert_int_equal(org_by_login(&f->store, &f->arena, STR("alone"), &found), DB_NONE);
	assert_int_equal(org_by_login(&f->store, &f->arena, STR("shared"), &found), DB_OK);
	assert_int_equal(rows_of(f, "org_member", gone.id), 0);
	assert_int_equal(rows_of(f, "org_member", kept.id), 1);
}

static void test_deleting_nobody_changes_nothing(void **state)
{
	struct fixture *f = *state;

	begin(f);
	live(f, "kept", "kept@example.com", 0);
	assert_int_equal(account_delete(&f->store, &f->arena, 12345), DB_OK);
	commit(f);
	assert_int_equal(count(f, "account WHERE id > 0"), 1);
	assert_int_equal(count(f, "session"), 1);
}

/* A sandbox of one app and one user, in the running transaction. */
static struct life make_sandbox(struct fixture *f, const char *id, int64_t lifetime_s)
{
	char email[64];

	snprintf(email, sizeof email, "%s@example.com", id);
	struct life l = live(f, id, email, 0);
	const struct sandbox sandbox = {.id = str_from(id),
		.name = STR_NONE,
		.app_id = l.app.id,
		.expires_at = store_now(&f->store) + lifetime_s};

	assert_int_equal(sandbox_put(&f->store, &sandbox, &l.user.id, 1), DB_OK);
	return l;
}

static void test_sandboxes_are_listed_by_their_ends(void **state)
{
	struct fixture *f = *state;
	struct sandbox *list, one;
	int64_t soonest, n;
	size_t length;

	assert_int_equal(sandbox_soonest(&f->store, &soonest), DB_OK);
	assert_true(soonest == INT64_MAX);
	begin(f);
	int64_t now = store_now(&f->store);
	struct life late = make_sandbox(f, "late", 2 * HOUR);

	make_sandbox(f, "soon", HOUR);
	commit(f);
	assert_int_equal(sandbox_list(&f->store, &f->arena, 10, &list, &length), DB_OK);
	assert_int_equal(length, 2);
	assert_true(str_eq_c(list[0].id, "soon") && str_eq_c(list[1].id, "late"));
	assert_true(str_eq(list[1].client_id, late.app.client_id) && list[1].users == 1);
	assert_int_equal(sandbox_count(&f->store, 1, &n), DB_OK);
	assert_int_equal(n, 1); /* no more are counted */
	assert_int_equal(sandbox_soonest(&f->store, &soonest), DB_OK);
	assert_in_range(soonest, now + HOUR, now + HOUR + 60);
	db_rollback(f->store.db);
	clock_advance(&f->clock, INT64_C(1000000) * (HOUR + 60));
	assert_int_equal(sandbox_list(&f->store, &f->arena, 10, &list, &length), DB_OK);
	assert_int_equal(length, 1);
	assert_int_equal(
		sandbox_list_due(&f->store, &f->arena, store_now(&f->store), 10, &list, &length),
		DB_OK);
	assert_true(length == 1 && str_eq_c(list[0].id, "soon"));
	assert_int_equal(sandbox_read(&f->store, &f->arena, STR("late"), &one), DB_OK);
	assert_false(str_is_set(one.name));
	assert_int_equal(sandbox_read(&f->store, &f->arena, STR("none"), &one), DB_NONE);
}

static void test_sandboxes_end_when_they_are_due(void **state)
{
	struct fixture *f = *state;
	struct rehearsal *r = calloc(1, sizeof *r);
	struct sandboxes_look look;
	struct account a;

	rehearsal_init(r, &f->clock);
	assert_true(sandboxes_are_due(r, &f->store)); /* nobody has looked yet */
	begin(f);
	assert_int_equal(sandboxes_end_due(&f->store, r, &look), DB_OK);
	assert_true(sandboxes_are_due(r, &f->other)); /* for others nothing has changed yet */
	commit(f);
	sandboxes_ended(r, &look);
	assert_false(sandboxes_are_due(r, &f->store));
	begin(f);
	make_sandbox(f, "soon", HOUR);
	sandboxes_note(r, store_now(&f->store) + HOUR);
	make_sandbox(f, "late", 2 * HOUR);
	sandboxes_note(r, store_now(&f->store) + 2 * HOUR);
	commit(f);
	clock_advance(&f->clock, INT64_C(1000000) * (HOUR - 60));
	assert_false(sandboxes_are_due(r, &f->store));
	clock_advance(&f->clock, INT64_C(1000000) * 120);
	assert_true(sandboxes_are_due(r, &f->store));
	atomic_store(&r->sweep, false);
	begin(f);
	assert_int_equal(sandboxes_end_due(&f->store, r, &look), DB_OK);
	assert_false(atomic_load(&r->sweep));
	commit(f);
	sandboxes_ended(r, &look);
	assert_true(atomic_load(&r->sweep));
	assert_false(sandboxes_are_due(r, &f->store));
	assert_int_equal(account_by_login(&f->store, &f->arena, STR("soon"), &a), DB_NONE);
	assert_int_equal(account_by_login(&f->store, &f->arena, STR("late"), &a), DB_OK);
	free(r);
}

/* Another worker makes one between the look and its being told. */
static void test_a_sandbox_that_is_made_meanwhile_ends_on_time(void **state)
{
	struct fixture *f = *state;
	struct rehearsal *r = calloc(1, sizeof *r);
	struct sandboxes_look look;

	rehearsal_init(r, &f->clock);
	begin(f);
	assert_int_equal(sandboxes_end_due(&f->store, r, &look), DB_OK);
	commit(f);
	begin(f);
	make_sandbox(f, "soon", HOUR);
	sandboxes_note(r, store_now(&f->store) + HOUR);
	commit(f);
	sandboxes_ended(r, &look);
	clock_advance(&f->clock, INT64_C(1000000) * (HOUR + 60));
	assert_true(sandboxes_are_due(r, &f->store));
	free(r);
}

static void test_ending_one_and_ending_all(void **state)
{
	struct fixture *f = *state;
	struct sandbox one;
	size_t ended = 0;

	begin(f);
	struct account kept = make_account(f, "kept", "kept@example.com");
	struct life l = make_sandbox(f, "one", HOUR);

	for (int i = 0; i < 70; i++) { /* more than are read at once */
		char id[16];

		snprintf(id, sizeof id, "more%d", i);
		make_sandbox(f, id, HOUR);
	}
	/* Somebody has taken over the app meanwhile: it goes all the same. */
	assert_int_equal(app_transfer_offer(&f->store, l.app.id, kept.id), DB_OK);
	assert_int_equal(app_transfer_accept(&f->store, &f->arena, l.app.id, kept.id), DB_OK);
	assert_int_equal(sandbox_read(&f->store, &f->arena, STR("one"), &one), DB_OK);
	assert_int_equal(sandbox_delete(&f->store, &f->arena, &one), DB_OK);
	assert_int_equal(sandboxes_end_all(&f->store, &ended), DB_OK);
	commit(f);
	assert_int_equal(ended, 70);
	assert_int_equal(count(f, "sandbox"), 0);
	assert_int_equal(count(f, "sandbox_user"), 0);
	assert_int_equal(count(f, "app WHERE id > 0"), 0);
	assert_int_equal(count(f, "account WHERE id > 0"), 1);
	sweep_all(f, 10);
	assert_int_equal(count(f, "token"), 0);
	assert_int_equal(count(f, "app_grant"), 0);
}

/* Accounts, apps and sandboxes. */
struct population {
	struct fixture *f;
	int64_t accounts, apps, sandboxes;
};

static struct population population_of(struct fixture *f)
{
	return (struct population){f, count(f, "account"), count(f, "app"), count(f, "sandbox")};
}

static bool try_to_end_all(void *of)
{
	const struct population *p = of;
	size_t ended = 0;

	begin(p->f);
	enum db_status status = sandboxes_end_all(&p->f->store, &ended);

	assert_true(status == DB_OK || status == DB_FAILED);
	return finish(&p->f->store, status == DB_OK);
}

static void all_live(void *of)
{
	const struct population *p = of, now = population_of(p->f);

	assert_int_equal(now.accounts, p->accounts);
	assert_int_equal(now.apps, p->apps);
	assert_int_equal(now.sandboxes, p->sandboxes);
}

/* One that cannot be ended keeps the others too: they are tried again together. */
static void test_sandboxes_end_together_or_not_at_all(void **state)
{
	static const char *const points[] = {"store.query", "store.step", "arena.alloc"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
		begin(f);
		make_sandbox(f, "one", HOUR);
		make_sandbox(f, "two", HOUR);
		commit(f);
		struct population before = population_of(f);
		const struct work work = {try_to_end_all, all_live, &before};

		fail_each(&work, points[i]);
		assert_int_equal(count(f, "sandbox"), 0);
		assert_int_equal(count(f, "account"), before.accounts - 2);
	}
}

/* The same where more are due than are read at once. */
static void test_more_sandboxes_than_are_read_at_once_end_together(void **state)
{
	struct fixture *f = *state;

	begin(f);
	for (int i = 0; i < 65; i++) {
		char id[16];

		snprintf(id, sizeof id, "more%d", i);
		make_sandbox(f, id, HOUR);
	}
	commit(f);
	struct population before = population_of(f);

	for (int passage = 1; passage < 1000; passage += 150) {
		char spec[32];

		snprintf(spec, sizeof spec, "store.query:%d", passage);
		assert_true(fail_configure(spec));
		assert_false(try_to_end_all(&before));
		fail_configure(NULL);
		all_live(&before);
	}
	assert_true(try_to_end_all(&before));
	assert_int_equal(count(f, "sandbox"), 0);
}

static void test_the_moved_clock_is_kept(void **state)
{
	struct fixture *f = *state;
	int64_t offset_us;
	bool counts;

	assert_int_equal(moved_clock_read(&f->other, &offset_us), DB_OK);
	assert_int_equal(offset_us, 0);
	assert_int_equal(moved_clock_counts(&f->other, &counts), DB_OK);
	assert_false(counts);
	db_rollback(f->other.db);
	for (size_t i = 0; i < 2; i++) {
		int64_t us = (const int64_t[]){660000000, INT64_C(315360000000000)}[i];

		begin(f);
		assert_int_equal(moved_clock_put(&f->store, us), DB_OK);
		assert_int_equal(moved_clock_set_counts(&f->store, i == 1), DB_OK);
		commit(f);
		assert_int_equal(moved_clock_read(&f->other, &offset_us), DB_OK);
		assert_true(offset_us == us);
		assert_int_equal(moved_clock_counts(&f->other, &counts), DB_OK);
		assert_true(counts == (i == 1));
		db_rollback(f->other.db);
	}
	begin(f);
	assert_int_equal(moved_clock_put(&f->store, 0), DB_OK);
	assert_int_equal(moved_clock_read(&f->store, &offset_us), DB_OK);
	assert_int_equal(offset_us, 0);
	commit(f);
}

static void test_clearing_out_takes_refresh_families_too(void **state)
{
	struct fixture *f = *state;
	int64_t after = 0;
	bool more;

	begin(f);
	live(f, "user", "user@example.com", 0);
	commit(f);
	clock_advance(&f->clock, INT64_C(1000000) * 31 * DAY - INT64_C(60000000));
	for (int i = 0; i < 2; i++) {
		begin(f);
		assert_int_equal(store_purge(&f->store, 100), DB_OK);
		assert_int_equal(store_purge_sessions(&f->store, DAY, 100, &after), DB_OK);
		assert_int_equal(store_purge_codes(&f->store, 100, &more), DB_OK);
		commit(f);
		assert_int_equal(count(f, "refresh_family"), i == 0);
		clock_advance(&f->clock, INT64_C(1000000) * 120);
	}
	assert_int_equal(count(f, "code"), 0);
	assert_int_equal(count(f, "device_code"), 0);
	assert_int_equal(count(f, "session"), 0);
}

static void test_running_windows_can_be_forgotten(void **state)
{
	struct fixture *f = *state;
	int64_t failures, left_s;

	begin(f);
	assert_int_equal(throttle_count(&f->store, STR("a"), 900, &failures), DB_OK);
	clock_advance(&f->clock, INT64_C(-86400000000));
	assert_int_equal(throttle_clear_all(&f->store), DB_OK);
	assert_int_equal(throttle_read(&f->store, STR("a"), 900, &failures, &left_s), DB_OK);
	assert_int_equal(failures, 0);
	commit(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_a_deleted_account_can_do_nothing),
		WITH_STORE(test_a_deleted_account_leaves_nothing),
		WITH_STORE(test_its_apps_go_with_it),
		WITH_STORE(test_organizations_of_others_stay),
		WITH_STORE(test_deleting_nobody_changes_nothing),
		WITH_STORE(test_sandboxes_are_listed_by_their_ends),
		WITH_STORE(test_sandboxes_end_when_they_are_due),
		WITH_STORE(test_a_sandbox_that_is_made_meanwhile_ends_on_time),
		WITH_STORE(test_ending_one_and_ending_all),
		WITH_STORE(test_sandboxes_end_together_or_not_at_all),
		WITH_STORE(test_more_sandboxes_than_are_read_at_once_end_together),
		WITH_STORE(test_the_moved_clock_is_kept),
		WITH_STORE(test_clearing_out_takes_refresh_families_too),
		WITH_STORE(test_running_windows_can_be_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
