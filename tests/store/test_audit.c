/* The security log: what shows that it was changed. I10, invariants of store/audit.h. */
#include "store_fixture.h"

#include <pthread.h>

#include "store/account.h"
#include "store/audit_verify.h"

enum { THREADS = 4, EACH = 40 };

static enum db_status note_text(struct store *s, const char *detail)
{
	return audit_write(s, 7, STR("mona"), "user.login", 3, str_from(detail), STR("::1"));
}

static enum db_status note(struct store *s, void *detail)
{
	return note_text(s, detail);
}

static void write_some(struct fixture *f, int n)
{
	char text[32];

	for (int i = 0; i < n; i++) {
		snprintf(text, sizeof text, "entry %d", i);
		assert_int_equal(store_write(&f->store, note, text), DB_OK);
	}
}

static void seal(struct fixture *f)
{
	assert_int_equal(audit_seal_all(&f->store, &f->arena), DB_OK);
}

struct findings {
	size_t n;
	struct audit_finding all[32];
};

static void keep(void *context, const struct audit_finding *finding)
{
	struct findings *found = context;

	assert_true(found->n < 32);
	found->all[found->n++] = *finding;
}

static struct audit_report verify(struct fixture *f, struct findings *found)
{
	struct audit_report report;

	found->n = 0;
	assert_int_equal(audit_verify(&f->store, &f->arena, keep, found, &report), DB_OK);
	assert_int_equal(report.faults, found->n);
	return report;
}

static void assert_whole(struct fixture *f, uint64_t entries)
{
	struct findings found;
	struct audit_report report = verify(f, &found);

	if (found.n)
		fail_msg("fault %d at %lld", found.all[0].fault, (long long)found.all[0].from);
	assert_int_equal(report.entries, entries);
	assert_int_equal(report.waiting, 0);
}

static void assert_fault(struct fixture *f, enum audit_fault fault, int64_t from, int64_t to)
{
	struct findings found;

	verify(f, &found);
	for (size_t i = 0; i < found.n; i++)
		if (found.all[i].fault == fault && found.all[i].from == from &&
			found.all[i].to == to)
			return;
	fail_msg("fault %d from %lld to %lld is not among %zu", fault, (long long)from,
		(long long)to, found.n);
}

static void test_entries_wait_and_get_places(void **state)
{
	struct fixture *f = *state;
	struct audit_entry *entries;
	struct findings found;
	size_t n;

	write_some(f, 3);
	assert_int_equal(verify(f, &found).waiting, 3);
	assert_int_equal(found.n, 0);
	seal(f);
	assert_whole(f, 3);
	assert_int_equal(audit_chain(&f->store, &f->arena, 1, INT64_MIN, 10, &entries, &n), DB_OK);
	db_rollback(f->store.db);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(entries[i].seq, (int64_t)i + 1);
	/* again: nothing waits, nothing changes */
	seal(f);
	assert_whole(f, 3);
	write_some(f, AUDIT_BATCH + 5);
	seal(f);
	assert_whole(f, AUDIT_BATCH + 8);
}

/* Whoever commits later with an earlier id gets a later place, and none is left out. */
static void test_ids_that_commit_in_another_order(void **state)
{
	struct fixture *f = *state;

	if (!on_postgres())
		skip(); /* writers take turns there */
	char late[] = "late id";

	store_lease_ids(&f->store);
	store_lease_ids(&f->other);
	begin(f);
	assert_int_equal(note_text(&f->store, "early id"), DB_OK);
	assert_int_equal(store_write(&f->other, note, late), DB_OK);
	assert_int_equal(audit_seal_all(&f->other, &f->arena), DB_OK);
	assert_int_equal(count(f, "audit WHERE seq = 1 AND detail = 'late id'"), 1);
	commit(f);
	seal(f);
	assert_int_equal(count(f, "audit WHERE seq = 2 AND detail = 'early id'"), 1);
	assert_whole(f, 2);
}

static void *write_and_seal(void *context)
{
	struct fixture *f = context;
	char detail[] = "one of many";
	struct random random;
	struct arena arena;
	struct store s;
	char problem[256];

	random_init(&random);
	arena_init(&arena, 8 << 20);
	if (!store_open(&s, f->url, false, &random, &f->clock, problem))
		return context; /* not NULL: failed */
	bool good = true;

	for (int i = 0; i < EACH && good; i++) {
		enum db_status sealed = DB_OK;

		good = store_write(&s, note, detail) == DB_OK;
		if (i % 3 == 0)
			sealed = audit_seal_all(&s, &arena);
		/* another one was in the way too often: the next turn does it */
		good = good && (sealed == DB_OK || sealed == DB_RETRY);
		arena_reset(&arena);
	}
	store_close(&s);
	arena_release(&arena);
	return good ? NULL : context;
}

/* Nodes that write and give places at the same time: each entry has one place. */
static void test_many_write_and_seal(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_and_seal, f), 0);
	for (int i = 0; i < THREADS; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	seal(f);
	assert_whole(f, (uint64_t)THREADS * EACH);
}

/* Every kind of change, by SQL, each on a fresh log of six entries. */
static const struct {
	const char *sql;
	enum audit_fault fault;
	int64_t from, to;
} changes[] = {
	{"UPDATE audit SET detail = 'other' WHERE seq = 3", AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET at = at - 1 WHERE seq = 3", AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET account_id = 8 WHERE seq = 3", AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET actor = 'nobody' WHERE seq = 3", AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET action = 'user.logout' WHERE seq = 3", AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET app_id = 4 WHERE seq = 3", AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET app_id = NULL WHERE seq = 3", AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET address = '' WHERE seq = 3", AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET actor = 'monau', action = 'ser.login' WHERE seq = 3", AUDIT_CHANGED, 3,
		3},
	{"UPDATE audit SET id = id + 100000 WHERE seq = 3", AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET tag = NULL WHERE seq = 3", AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET account_id = -1, actor = '', action = '', app_id = NULL, detail = '',"
	 " address = '', erased = tag WHERE seq = 3",
		AUDIT_CHANGED, 3, 3},
	{"UPDATE audit SET link = tag WHERE seq = 3", AUDIT_MOVED, 3, 3},
	{"DELETE FROM audit WHERE seq = 1", AUDIT_MISSING, 1, 1},
	{"DELETE FROM audit WHERE seq = 3", AUDIT_MISSING, 3, 3},
	{"DELETE FROM audit WHERE seq > 2 AND seq < 6", AUDIT_MISSING, 3, 5},
	{"DELETE FROM audit WHERE seq = 6", AUDIT_MISSING, 6, 6},
	{"DELETE FROM audit", AUDIT_MISSING, 1, 6},
	{"UPDATE audit SET seq = 100 + seq WHERE seq > 4", AUDIT_PUT_IN, 105, 105},
	{"UPDATE audit SET seq = CASE seq WHEN 2 THEN 3 ELSE 2 END WHERE seq IN (2, 3)",
		AUDIT_MOVED, 2, 2},
	{"UPDATE audit SET seq = NULL WHERE seq = 6", AUDIT_MISSING, 6, 6},
	{"UPDATE audit SET seq = 2 WHERE seq = 3", AUDIT_PUT_IN, 2, 2},
	{"INSERT INTO audit (id, at, account_id, actor, action, detail, address) VALUES (999999, 1,"
	 " 7, 'mona', 'user.login', '', '')",
		AUDIT_PUT_IN, 0, 0},
	{"INSERT INTO audit (id, at, account_id, actor, action, detail, address, tag) SELECT "
	 "999999,"
	 " at, account_id, actor, action, detail, address, tag FROM audit WHERE seq = 2",
		AUDIT_PUT_IN, 0, 0},
	{"INSERT INTO audit (id, at, account_id, actor, action, detail, address, seq, tag, link)"
	 " SELECT 999999, at, account_id, actor, action, detail, address, 7, tag, link FROM audit"
	 " WHERE seq = 6",
		AUDIT_PUT_IN, 7, 7},
	{"INSERT INTO audit (id, at, account_id, actor, action, detail, address, seq, tag, link)"
	 " SELECT -5, at, account_id, actor, action, detail, address, -5, tag, link FROM audit"
	 " WHERE seq = 6",
		AUDIT_PUT_IN, -5, -5},
	{"DELETE FROM instance WHERE name = 'audit_head'", AUDIT_HEAD_CHANGED, 0, 0},
	{"UPDATE instance SET value = (SELECT tag FROM audit WHERE seq = 1) WHERE name ="
	 " 'audit_head'",
		AUDIT_HEAD_CHANGED, 0, 0},
};

static void test_each_change_shows(void **state)
{
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		void *one = NULL;

		setup(&one);
		struct fixture *f = one;

		write_some(f, 6);
		seal(f);
		assert_whole(f, 6);
		run_sql(f, changes[i].sql);
		assert_fault(f, changes[i].fault, changes[i].from, changes[i].to);
		/* nor does the housekeeping make it good */
		audit_seal_all(&f->store, &f->arena);
		struct findings found;

		assert_true(verify(f, &found).faults > 0);
		teardown(&one);
	}
	(void)state;
}

/* Only a head that was kept elsewhere shows this one: all of it put back as it was. */
static void test_an_older_head_with_its_entries_is_not_told_by_itself(void **state)
{
	struct fixture *f = *state;
	struct audit_head before, after;

	write_some(f, 4);
	seal(f);
	assert_int_equal(audit_head_read(&f->store, &before), DB_OK);
	db_rollback(f->store.db);
	run_sql(f, "CREATE TABLE aside AS SELECT * FROM instance WHERE name = 'audit_head'");
	write_some(f, 2);
	seal(f);
	assert_int_equal(audit_head_read(&f->store, &after), DB_OK);
	db_rollback(f->store.db);
	assert_int_equal(after.seq, 6);
	run_sql(f, "DELETE FROM audit WHERE seq > 4");
	run_sql(f, "DELETE FROM instance WHERE name = 'audit_head'");
	run_sql(f, "INSERT INTO instance SELECT * FROM aside");
	run_sql(f, "DROP TABLE aside");
	assert_whole(f, 4);
	/* what the kept head says is not there */
	uint8_t link[AUDIT_MAC];

	assert_int_equal(audit_link_at(&f->store, 6, link), DB_NONE);
	write_some(f, 2);
	seal(f);
	assert_int_equal(audit_link_at(&f->store, 6, link), DB_OK);
	assert_memory_not_equal(link, after.link, sizeof link);
	db_rollback(f->store.db);
}

static void test_a_head_that_is_gone_is_not_made_anew(void **state)
{
	struct fixture *f = *state;

	write_some(f, 2);
	seal(f);
	run_sql(f, "DELETE FROM instance WHERE name = 'audit_head'");
	run_sql(f, "UPDATE audit SET seq = NULL, link = NULL");
	assert_int_equal(audit_seal_all(&f->store, &f->arena), DB_CONFLICT);
	db_rollback(f->store.db);
	assert_fault(f, AUDIT_HEAD_CHANGED, 0, 0);
	assert_int_equal(count(f, "audit WHERE seq IS NULL"), 2);
}

static void test_an_erased_account_leaves_proven_gaps(void **state)
{
	struct fixture *f = *state;
	struct findings found;

	begin(f);
	struct account gone = make_account(f, "gone", "gone@example.com");

	for (int i = 0; i < 3; i++)
		assert_int_equal(audit_write(&f->store, gone.id, gone.login, "user.login", 0,
					 STR("canary"), STR("192.0.2.66")),
			DB_OK);
	commit(f);
	write_some(f, 2);
	seal(f);
	begin(f);
	assert_int_equal(audit_write(&f->store, gone.id, gone.login, "user.login", 0, STR("canary"),
				 STR("192.0.2.66")),
		DB_OK);
	assert_int_equal(account_delete(&f->store, &f->arena, gone.id), DB_OK);
	commit(f);
	assert_int_equal(count(f, "audit WHERE detail = 'canary' OR actor = 'gone' OR address ="
				  " '192.0.2.66'"),
		0);
	seal(f);
	struct audit_report report = verify(f, &found);

	assert_int_equal(found.n, 0);
	assert_int_equal(report.erased, 4);
	run_sql(f, "UPDATE audit SET erased = tag WHERE seq = 1");
	assert_fault(f, AUDIT_CHANGED, 1, 1);
}

static enum db_status clear(struct store *s, void *before)
{
	struct arena arena;

	arena_init(&arena, 8 << 20);
	enum db_status status = audit_clear(s, &arena, *(const int64_t *)before);

	arena_release(&arena);
	return status;
}

static void test_old_entries_are_let_go_and_the_rest_stays_whole(void **state)
{
	struct fixture *f = *state;
	struct findings found;

	write_some(f, 3);
	clock_set_offset(&f->clock, INT64_C(100) * 86400 * 1000000);
	write_some(f, 2);
	seal(f);
	int64_t before = store_now(&f->store) - 50 * 86400;

	assert_int_equal(store_write(&f->store, clear, &before), DB_OK);
	assert_whole(f, 2);
	assert_int_equal(verify(f, &found).head.cleared, 3);
	write_some(f, 1);
	seal(f);
	assert_whole(f, 3);
	/* no deleting in its name */
	run_sql(f, "DELETE FROM audit WHERE seq = 4");
	assert_fault(f, AUDIT_MISSING, 4, 4);
	int64_t all = store_now(&f->store) + 1;

	assert_int_equal(store_write(&f->store, clear, &all), DB_OK);
	assert_fault(f, AUDIT_MISSING, 4, 4);
	assert_int_equal(count(f, "audit"), 2);
}

static void test_what_was_changed_is_not_let_go(void **state)
{
	struct fixture *f = *state;

	write_some(f, 4);
	seal(f);
	run_sql(f, "UPDATE audit SET detail = 'x' WHERE seq = 2");
	int64_t all = store_now(&f->store) + 1;

	assert_int_equal(store_write(&f->store, clear, &all), DB_OK);
	assert_int_equal(count(f, "audit"), 3);
	assert_fault(f, AUDIT_CHANGED, 2, 2);
}

/* PostgreSQL takes no such text: both engines prove what it becomes there. */
static void test_text_that_is_none(void **state)
{
	struct fixture *f = *state;

	begin(f);
	assert_int_equal(audit_write(&f->store, 7, (struct str){"a\0b", 3}, "user.login", 0,
				 STR("\xff\xfe caf\xe9"), STR("::1")),
		DB_OK);
	commit(f);
	seal(f);
	assert_whole(f, 1);
	if (!on_postgres())
		run_sql(f, "UPDATE audit SET actor = 'a' || char(65533) || 'b'");
	assert_whole(f, 1);
}

/* As a database of an older version is found. */
static void become_old(struct fixture *f, const char *actor)
{
	char sql[256], problem[256];

	snprintf(sql, sizeof sql,
		"INSERT INTO audit (id, at, account_id, actor, action, detail, address)"
		" VALUES (1, 5, 7, '%s', 'user.login', '', '')",
		actor);
	run_sql(f, "DELETE FROM instance WHERE name IN ('audit_key', 'audit_head')");
	run_sql(f, sql);
	store_close(&f->store);
	assert_true(store_open(&f->store, f->url, false, &f->random, &f->clock, problem));
}

static void test_entries_of_an_older_version_are_taken_in_for_a_while(void **state)
{
	static const char late[] =
		"INSERT INTO audit (id, at, account_id, actor, action, detail, address)"
		" VALUES (3, 5, 7, 'mona', 'user.login', '', '')";
	struct fixture *f = *state;
	struct findings found;

	become_old(f, "mona");
	seal(f);
	assert_whole(f, 1);
	assert_int_equal(verify(f, &found).head.adopted, 1);
	run_sql(f, "UPDATE audit SET actor = 'lisa' WHERE id = 1");
	assert_fault(f, AUDIT_CHANGED, 1, 1);
	run_sql(f, "UPDATE audit SET actor = 'mona' WHERE id = 1");
	clock_set_offset(&f->clock, INT64_C(1000000) * (AUDIT_ADOPT_S - 60));
	run_sql(f, late);
	seal(f);
	assert_whole(f, 2);
	clock_set_offset(&f->clock, INT64_C(1000000) * (AUDIT_ADOPT_S + 60));
	run_sql(f, "INSERT INTO audit (id, at, account_id, actor, action, detail, address)"
		   " VALUES (4, 5, 7, 'mona', 'user.login', '', '')");
	seal(f);
	assert_fault(f, AUDIT_PUT_IN, 0, 0);
	assert_int_equal(count(f, "audit WHERE seq IS NULL"), 1);
}

static void test_a_failure_leaves_no_half_batch(void **state)
{
	static const char *const points[] = {
		"store.commit:1+", "store.query:2+", "store.step:3+", "store.query:3+"};
	struct fixture *f = *state;

	write_some(f, 5);
	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
		assert_true(fail_configure(points[i]));
		audit_seal_all(&f->store, &f->arena);
		db_rollback(f->store.db);
		fail_configure(NULL);
		assert_int_equal(count(f, "audit WHERE seq IS NOT NULL"), 0);
		struct findings found;

		assert_int_equal(verify(f, &found).faults, 0);
	}
	seal(f);
	assert_whole(f, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_entries_wait_and_get_places),
		WITH_STORE(test_ids_that_commit_in_another_order),
		WITH_STORE(test_many_write_and_seal),
		cmocka_unit_test(test_each_change_shows),
		WITH_STORE(test_an_older_head_with_its_entries_is_not_told_by_itself),
		WITH_STORE(test_a_head_that_is_gone_is_not_made_anew),
		WITH_STORE(test_an_erased_account_leaves_proven_gaps),
		WITH_STORE(test_old_entries_are_let_go_and_the_rest_stays_whole),
		WITH_STORE(test_what_was_changed_is_not_let_go),
		WITH_STORE(test_text_that_is_none),
		WITH_STORE(test_entries_of_an_older_version_are_taken_in_for_a_while),
		WITH_STORE(test_a_failure_leaves_no_half_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
