/* Two-factor authentication: what is stored, and the check at sign-in, with a clock of its own. */
#include "flow/second_factor.h"
#include "store/audit.h"
#include "store/two_factor.h"
#include "store/vault.h"
#include "store_fixture.h"

enum { TRIES = 3, WINDOW_S = 600 };

struct desk {
	struct fixture *f;
	struct account account;
	struct settings settings;
	struct counters counters;
	struct context context;
};

/* An account with two-factor authentication on, its authenticator's clock a minute behind the use
 * of the first code; in a write transaction. */
static void sit_down(struct desk *d, struct fixture *f)
{
	*d = (struct desk){
		.f = f, .settings = {.signin_failures_max = TRIES, .signin_window_s = WINDOW_S}};
	d->context = (struct context){.store = &f->store,
		.settings = &d->settings,
		.counters = &d->counters,
		.arena = &f->arena,
		.random = &f->random,
		.remote = STR("192.0.2.1")};
	begin(f);
	d->account = make_account(f, "ana", "ana@example.com");
	assert_int_equal(two_factor_begin(&f->store, d->account.id, 7), DB_OK);
	assert_int_equal(two_factor_confirm(
				 &f->store, d->account.id, store_now(&f->store) / TOTP_STEP_S - 2),
		DB_OK);
	/* to the middle of a step, so that no test meets its edge by chance */
	clock_advance(&f->clock,
		(TOTP_STEP_S + TOTP_STEP_S / 2 - store_now(&f->store) % TOTP_STEP_S) * 1000000);
}

static struct str code_at(struct desk *d, int64_t off)
{
	struct two_factor t;
	char code[TOTP_DIGITS + 1];

	assert_int_equal(two_factor_read(&d->f->store, d->account.id, &t), DB_OK);
	assert_true(totp_code(
		t.secret, sizeof t.secret, store_now(&d->f->store) / TOTP_STEP_S + off, code));
	return str_dup(&d->f->arena, str_from(code));
}

static enum second_factor check(struct desk *d, struct str typed)
{
	int64_t wait = 0;
	enum second_factor result = second_factor_check(&d->context, &d->account, typed, &wait);

	assert_false(d->context.failed);
	assert_int_equal(wait > 0, result == SECOND_FACTOR_THROTTLED);
	return result;
}

static struct str wrong_code(struct desk *d)
{
	struct str codes[] = {code_at(d, -1), code_at(d, 0), code_at(d, 1)};
	static const char *const candidates[] = {"000000", "000001", "000002", "000003"};

	for (size_t i = 0;; i++) {
		bool taken = false;

		for (size_t k = 0; k < 3; k++)
			taken = taken || str_eq_c(codes[k], candidates[i]);
		if (!taken)
			return str_from(candidates[i]);
	}
}

static void test_secret_is_encrypted_at_rest(void **state)
{
	struct fixture *f = *state;
	struct desk d;
	struct two_factor t;
	struct db_rows r;
	uint8_t sealed[TOTP_SECRET_LEN + VAULT_EXTRA], opened[TOTP_SECRET_LEN];

	sit_down(&d, f);
	assert_int_equal(two_factor_read(&f->store, d.account.id, &t), DB_OK);
	db_query(&r, f->store.db, STMT_TWO_FACTOR_READ, DB_ARGS(DB_INT(d.account.id)));
	assert_true(db_next(&r));
	assert_true(db_bytes(&r, 0, sealed, sizeof sealed));
	db_end(&r);
	for (size_t i = 0; i + 8 <= sizeof sealed; i++)
		assert_int_not_equal(memcmp(sealed + i, t.secret, 8), 0);
	/* the account is part of it: a row that is moved to another account opens nothing */
	assert_false(vault_open(&f->store, STR("two-factor 999"), sealed, TOTP_SECRET_LEN, opened));
	sealed[sizeof sealed - 1] ^= 1;
	struct str mine = str_printf(&f->arena, "two-factor %lld", (long long)d.account.id);

	assert_false(vault_open(&f->store, mine, sealed, TOTP_SECRET_LEN, opened));
	sealed[sizeof sealed - 1] ^= 1;
	assert_true(vault_open(&f->store, mine, sealed, TOTP_SECRET_LEN, opened));
	assert_memory_equal(opened, t.secret, TOTP_SECRET_LEN);
	/* the same key in every process of the instance */
	assert_memory_equal(f->store.vault_key, f->other.vault_key, sizeof f->store.vault_key);
	commit(f);
}

static void test_enrolment_ends_with_the_confirmation(void **state)
{
	struct fixture *f = *state;
	struct two_factor t, again;

	begin(f);
	int64_t id = make_account(f, "eva", "eva@example.com").id;

	assert_int_equal(two_factor_read(&f->store, id, &t), DB_NONE);
	assert_int_equal(two_factor_confirm(&f->store, id, 1), DB_NONE);
	assert_int_equal(two_factor_begin(&f->store, id, 7), DB_OK);
	assert_int_equal(two_factor_read(&f->store, id, &t), DB_OK);
	assert_int_equal(t.confirmed_at, 0);
	assert_int_equal(t.session_id, 7);
	assert_int_equal(two_factor_is_on(&f->store, id), DB_NONE);
	assert_int_equal(two_factor_take_step(&f->store, id, 5), DB_NONE);
	/* begun again: another secret */
	assert_int_equal(two_factor_begin(&f->store, id, 8), DB_OK);
	assert_int_equal(two_factor_read(&f->store, id, &again), DB_OK);
	assert_memory_not_equal(t.secret, again.secret, sizeof t.secret);
	assert_int_equal(two_factor_confirm(&f->store, id, 5), DB_OK);
	assert_int_equal(two_factor_is_on(&f->store, id), DB_OK);
	assert_int_equal(two_factor_confirm(&f->store, id, 6), DB_NONE);
	/* a confirmed secret is not replaced */
	assert_int_equal(two_factor_begin(&f->store, id, 9), DB_CONFLICT);
	assert_int_equal(two_factor_read(&f->store, id, &t), DB_OK);
	assert_memory_equal(t.secret, again.secret, sizeof t.secret);
	assert_int_equal(two_factor_remove(&f->store, id), DB_OK);
	assert_int_equal(two_factor_read(&f->store, id, &t), DB_NONE);
	assert_int_equal(two_factor_remove(&f->store, id), DB_NONE);
	commit(f);
}

static void test_6238_5_2_steps_are_taken_once_and_forward(void **state)
{
	struct fixture *f = *state;

	begin(f);
	int64_t id = make_account(f, "leo", "leo@example.com").id;

	assert_int_equal(two_factor_begin(&f->store, id, 7), DB_OK);
	assert_int_equal(two_factor_confirm(&f->store, id, 10), DB_OK);
	assert_int_equal(two_factor_take_step(&f->store, id, 10), DB_NONE);
	assert_int_equal(two_factor_take_step(&f->store, id, 11), DB_OK);
	assert_int_equal(two_factor_take_step(&f->store, id, 11), DB_NONE);
	assert_int_equal(two_factor_take_step(&f->store, id, 9), DB_NONE);
	assert_int_equal(two_factor_take_step(&f->store, id, 12), DB_OK);
	commit(f);
}

static void test_recovery_codes_work_once_for_their_account(void **state)
{
	struct fixture *f = *state;
	static char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN + 1],
		fresh[RECOVERY_CODES][RECOVERY_TEXT_LEN + 1];
	int64_t left;

	begin(f);
	int64_t id = make_account(f, "pia", "pia@example.com").id;
	int64_t other = make_account(f, "tom", "tom@example.com").id;

	assert_int_equal(recovery_codes_make(&f->store, id, codes), DB_OK);
	assert_int_equal(recovery_codes_left(&f->store, id, &left), DB_OK);
	assert_int_equal(left, RECOVERY_CODES);
	assert_int_equal(recovery_code_take(&f->store, other, str_from(codes[0])), DB_NONE);
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		assert_int_equal(recovery_code_take(&f->store, id, str_from(codes[i])), DB_OK);
		assert_int_equal(recovery_code_take(&f->store, id, str_from(codes[i])), DB_NONE);
	}
	assert_int_equal(recovery_codes_left(&f->store, id, &left), DB_OK);
	assert_int_equal(left, 0);
	/* new ones end the old ones, used or not */
	assert_int_equal(recovery_codes_make(&f->store, id, codes), DB_OK);
	assert_int_equal(recovery_codes_make(&f->store, id, fresh), DB_OK);
	assert_int_equal(recovery_code_take(&f->store, id, str_from(codes[0])), DB_NONE);
	assert_int_equal(recovery_code_take(&f->store, id, str_from(fresh[0])), DB_OK);
	commit(f);
}

static void test_check_takes_a_code_once(void **state)
{
	struct desk d;

	sit_down(&d, *state);
	struct str before = code_at(&d, -1), now = code_at(&d, 0), after = code_at(&d, 1);
	struct str gap = str_printf(&d.f->arena, "%.3s %.3s", now.p, now.p + 3);

	assert_int_equal(check(&d, gap), SECOND_FACTOR_GOOD);
	assert_int_equal(check(&d, now), SECOND_FACTOR_WRONG);
	/* an older one is none either, though it was never used */
	assert_int_equal(check(&d, before), SECOND_FACTOR_WRONG);
	assert_int_equal(check(&d, after), SECOND_FACTOR_GOOD);
	assert_int_equal(check(&d, after), SECOND_FACTOR_WRONG);
	commit(d.f);
}

static void test_check_window_edges(void **state)
{
	struct desk d;

	sit_down(&d, *state);
	struct str far = code_at(&d, 2);

	assert_int_equal(check(&d, far), SECOND_FACTOR_WRONG);
	clock_advance(&d.f->clock, TOTP_STEP_S * 1000000LL);
	assert_int_equal(check(&d, far), SECOND_FACTOR_GOOD);
	struct str near = code_at(&d, 2);

	clock_advance(&d.f->clock, 4 * TOTP_STEP_S * 1000000LL);
	assert_int_equal(check(&d, near), SECOND_FACTOR_WRONG);
	commit(d.f);
}

static void test_check_is_off_until_confirmed(void **state)
{
	struct desk d;

	sit_down(&d, *state);
	assert_int_equal(two_factor_remove(&d.f->store, d.account.id), DB_OK);
	assert_int_equal(check(&d, STR("000000")), SECOND_FACTOR_OFF);
	assert_int_equal(two_factor_begin(&d.f->store, d.account.id, 7), DB_OK);
	assert_int_equal(check(&d, code_at(&d, 0)), SECOND_FACTOR_OFF);
	assert_false(second_factor_is_on(&d.context, &d.account));
	commit(d.f);
}

/* Assurance A202: six digits are few. */
static void test_check_counts_wrong_codes(void **state)
{
	struct desk d;

	sit_down(&d, *state);
	for (int i = 0; i < TRIES - 1; i++)
		assert_int_equal(check(&d, wrong_code(&d)), SECOND_FACTOR_WRONG);
	assert_int_equal(check(&d, STR("0123-4567-89ab-cdef")), SECOND_FACTOR_WRONG);
	/* the right one does not help now, and is not used up */
	assert_int_equal(check(&d, code_at(&d, 0)), SECOND_FACTOR_THROTTLED);
	/* from elsewhere neither: the account counts too */
	d.context.remote = STR("192.0.2.2");
	assert_int_equal(check(&d, code_at(&d, 0)), SECOND_FACTOR_THROTTLED);
	clock_advance(&d.f->clock, (WINDOW_S + 1) * 1000000LL);
	assert_int_equal(check(&d, code_at(&d, 0)), SECOND_FACTOR_GOOD);
	commit(d.f);
}

static void test_check_tells_the_security_log(void **state)
{
	struct desk d;
	static char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN + 1];
	struct audit_entry *entries;
	size_t n, used = 0, failed = 0;

	sit_down(&d, *state);
	assert_int_equal(recovery_codes_make(&d.f->store, d.account.id, codes), DB_OK);
	assert_int_equal(check(&d, str_from(codes[3])), SECOND_FACTOR_GOOD);
	assert_int_equal(check(&d, str_from(codes[3])), SECOND_FACTOR_WRONG);
	assert_int_equal(
		audit_list(&d.f->store, &d.f->arena, d.account.id, 10, &entries, &n), DB_OK);
	for (size_t i = 0; i < n; i++) {
		used += str_eq_c(entries[i].action, "two_factor_authentication.recovery_code_used");
		failed += str_eq_c(entries[i].action, "two_factor_authentication.failed");
	}
	assert_int_equal(used, 1);
	assert_int_equal(failed, 1);
	commit(d.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_secret_is_encrypted_at_rest),
		WITH_STORE(test_enrolment_ends_with_the_confirmation),
		WITH_STORE(test_6238_5_2_steps_are_taken_once_and_forward),
		WITH_STORE(test_recovery_codes_work_once_for_their_account),
		WITH_STORE(test_check_takes_a_code_once),
		WITH_STORE(test_check_window_edges),
		WITH_STORE(test_check_is_off_until_confirmed),
		WITH_STORE(test_check_counts_wrong_codes),
		WITH_STORE(test_check_tells_the_security_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
