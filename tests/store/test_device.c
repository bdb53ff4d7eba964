/* Device codes in the store: RFC 8628. */
#include "store/device.h"
#include "store_fixture.h"

struct made {
	struct account user;
	struct app app;
	struct grant grant;
	char text[CODE_TEXT_LEN + 1], user_code[USER_CODE_LEN + 1];
	struct device device;
};

enum { SESSION = 77, LIFETIME = 900 };

static struct device read_it(struct fixture *f, const char *text)
{
	struct device out;
	uint8_t hash[SHA256_LEN];
	uint64_t id;

	assert_true(code_locate(&f->store.locator, str_from(text), &id));
	assert_int_equal(device_read(&f->store, &f->arena, id, &out), DB_OK);
	sha256(str_from(text), hash);
	assert_memory_equal(hash, out.hash, sizeof hash);
	return out;
}

static void start(struct fixture *f, struct made *m)
{
	const struct device_fields fields = {.app_id = m->app.id,
		.scopes = STR("gist repo"),
		.offline = true,
		.address = STR("192.0.2.7"),
		.lifetime_s = LIFETIME};

	assert_int_equal(device_start(&f->store, &f->arena, &fields, m->text, m->user_code), DB_OK);
	m->device = read_it(f, m->text);
}

static struct made make(struct fixture *f)
{
	struct made m;

	m.user = make_account(f, "dora", "dora@example.com");
	m.app = make_app(f, m.user.id, "Television");
	m.grant = make_grant(f, m.user.id, &m.app, "gist repo");
	start(f, &m);
	return m;
}

static enum db_status approve(struct fixture *f, const struct made *m, uint64_t session)
{
	const struct device_approval approval = {.account_id = m->user.id,
		.grant_id = m->grant.id,
		.token_id = 4711,
		.evict_token_id = 0,
		.scopes = STR("gist")};

	return device_approve(&f->store, m->device.id, session, &approval);
}

static void test_8628_01_a_code_is_kept_and_found_by_either_text(void **state)
{
	struct fixture *f = *state;
	struct device found;

	begin(f);
	struct made m = make(f);

	assert_true(str_eq_c(m.device.scopes, "gist repo"));
	assert_true(str_eq_c(m.device.address, "192.0.2.7"));
	assert_true(m.device.offline && m.device.app_id == m.app.id);
	assert_int_equal(m.device.expires_at - m.device.created_at, LIFETIME);
	assert_true(!m.device.approved_at && !m.device.denied_at && !m.device.session_id);
	assert_int_equal(device_by_user_code(&f->store, &f->arena, m.user_code, &found), DB_OK);
	assert_int_equal(found.id, m.device.id);
	assert_int_equal(device_by_user_code(&f->store, &f->arena, "00000000", &found), DB_NONE);
	commit(f);
}

static void test_a112_only_the_session_that_entered_it_decides_and_once(void **state)
{
	struct fixture *f = *state;
	struct device d;

	begin(f);
	struct made m = make(f);

	assert_int_equal(approve(f, &m, SESSION), DB_NONE);
	assert_int_equal(device_claim(&f->store, m.device.id, SESSION), DB_OK);
	assert_int_equal(approve(f, &m, SESSION + 1), DB_NONE);
	assert_int_equal(device_deny(&f->store, m.device.id, SESSION + 1), DB_NONE);
	assert_int_equal(device_consume(&f->store, m.device.id), DB_NONE);
	assert_int_equal(approve(f, &m, SESSION), DB_OK);
	assert_int_equal(approve(f, &m, SESSION), DB_NONE);
	assert_int_equal(device_deny(&f->store, m.device.id, SESSION), DB_NONE);
	assert_int_equal(device_by_user_code(&f->store, &f->arena, m.user_code, &d), DB_NONE);
	d = read_it(f, m.text);
	assert_true(d.approved_at && d.account_id == m.user.id && d.token_id == 4711);
	assert_true(d.grant_id == m.grant.id && d.grant_epoch == m.app.epoch);
	assert_true(str_eq_c(d.scopes, "gist"));
	assert_true(d.account_verified && !d.grant_revoked_at);
	commit(f);
}

static void test_8628_05_an_approved_code_is_taken_once(void **state)
{
	struct fixture *f = *state;

	begin(f);
	struct made m = make(f);

	assert_int_equal(device_claim(&f->store, m.device.id, SESSION), DB_OK);
	assert_int_equal(approve(f, &m, SESSION), DB_OK);
	assert_int_equal(device_consume(&f->store, m.device.id), DB_OK);
	assert_int_equal(device_consume(&f->store, m.device.id), DB_NONE);
	assert_true(read_it(f, m.text).consumed_at != 0);
	commit(f);
}

static void test_8628_10_what_is_denied_or_expired_stays_so(void **state)
{
	struct fixture *f = *state;

	begin(f);
	struct made m = make(f);

	assert_int_equal(device_claim(&f->store, m.device.id, SESSION), DB_OK);
	assert_int_equal(device_deny(&f->store, m.device.id, SESSION), DB_OK);
	assert_int_equal(approve(f, &m, SESSION), DB_NONE);
	assert_true(read_it(f, m.text).denied_at && !read_it(f, m.text).approved_at);

	start(f, &m);
	assert_int_equal(device_claim(&f->store, m.device.id, SESSION), DB_OK);
	clock_advance(&f->clock, (int64_t)LIFETIME * 1000000);
	assert_int_equal(approve(f, &m, SESSION), DB_NONE);
	assert_int_equal(device_deny(&f->store, m.device.id, SESSION), DB_NONE);
	assert_false(read_it(f, m.text).approved_at);
	commit(f);
}

static void test_s5_5_the_pace_is_remembered(void **state)
{
	struct fixture *f = *state;
	const struct device_pace pace = {1234567890123456, true, true};

	begin(f);
	struct made m = make(f);

	assert_true(!m.device.pace.polled_at_us && !m.device.pace.slow && !m.device.pace.twice);
	assert_int_equal(device_note_pace(&f->store, m.device.id, &pace), DB_OK);
	struct device_pace back = read_it(f, m.text).pace;

	assert_true(back.polled_at_us == pace.polled_at_us && back.slow && back.twice);
	commit(f);
}

/* A187 */
static void test_old_codes_are_cleared_out(void **state)
{
	struct fixture *f = *state;
	struct device d;

	begin(f);
	struct made m = make(f);

	clock_advance(&f->clock, (int64_t)(LIFETIME + 80000) * 1000000);
	assert_int_equal(store_purge(&f->store, 100), DB_OK);
	assert_int_equal(device_read(&f->store, &f->arena, m.device.id, &d), DB_OK);
	clock_advance(&f->clock, (int64_t)7000 * 1000000);
	assert_int_equal(store_purge(&f->store, 100), DB_OK);
	assert_int_equal(device_read(&f->store, &f->arena, m.device.id, &d), DB_NONE);
	commit(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_8628_01_a_code_is_kept_and_found_by_either_text),
		WITH_STORE(test_a112_only_the_session_that_entered_it_decides_and_once),
		WITH_STORE(test_8628_05_an_approved_code_is_taken_once),
		WITH_STORE(test_8628_10_what_is_denied_or_expired_stays_so),
		WITH_STORE(test_s5_5_the_pace_is_remembered),
		WITH_STORE(test_old_codes_are_cleared_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
