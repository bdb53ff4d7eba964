/* What is SQLite's own: query plans, the schema's version, the size of the write-ahead log. */
#include <sqlite3.h>
#include <sys/stat.h>

#include "store_fixture.h"

/* Statements that may read a whole table or index, each for a reason. */
static const enum stmt may_scan[] = {
	STMT_SESSION_APP_PURGE,                          /* the same */
	STMT_SESSION_PURGE,                              /* housekeeping, bounded by its LIMIT */
	STMT_CODE_PURGE,                                 /* oldest ids first: stops at the LIMIT */
	STMT_THROTTLE_PURGE,                             /* housekeeping, a small table */
	STMT_DEMO_FLOW_PURGE,                            /* housekeeping, a small table */
	STMT_LOG_COUNT,                                  /* housekeeping: the log is bounded */
	STMT_LOG_SIZES,                                  /* housekeeping, over an index of it */
	STMT_LOG_PURGE,                                  /* oldest ids first: stops at the LIMIT */
	STMT_THROTTLE_CLEAR_ALL,                         /* when a rehearsal's clock is set back */
	STMT_APP_UNVERIFIED_COUNT,                       /* an index of those alone, to its LIMIT */
	STMT_LOG_PURGE_OLDEST, STMT_REFUSAL_COUNT_PURGE, /* housekeeping, a small table */
};

static bool is_excused(enum stmt s)
{
	for (size_t i = 0; i < sizeof may_scan / sizeof may_scan[0]; i++)
		if (may_scan[i] == s)
			return true;
	return false;
}

static void test_no_statement_scans_a_table(void **state)
{
	struct fixture *f = *state;
	sqlite3 *db;
	int bad = 0;

	assert_int_equal(sqlite3_open(f->url + 7, &db), SQLITE_OK);
	for (int s = 0; s < STMTS; s++) {
		char sql[4096];
		sqlite3_stmt *plan;

		snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", stmt_text((enum stmt)s));
		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &plan, NULL), SQLITE_OK);
		while (sqlite3_step(plan) == SQLITE_ROW) {
			const char *detail = (const char *)sqlite3_column_text(plan, 3);

			if (strncmp(detail, "SCAN", 4) == 0 && !strstr(detail, "CONSTANT") &&
				!strstr(detail, "SUBQUERY") && !strstr(detail, "found") &&
				!is_excused((enum stmt)s)) {
				fprintf(stderr, "%s: %s\n", stmt_name((enum stmt)s), detail);
				bad++;
			}
		}
		sqlite3_finalize(plan);
	}
	sqlite3_close(db);
	assert_int_equal(bad, 0);
}

static void test_a_newer_schema_is_refused(void **state)
{
	struct fixture *f = *state;
	char problem[256];
	struct store s;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->url + 7, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "INSERT INTO schema_version VALUES (9999)", NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	assert_false(store_open(&s, f->url, true, &f->random, &f->clock, problem));
	assert_non_null(strstr(problem, "newer llavero"));
}

static void test_migrating_twice_changes_nothing(void **state)
{
	struct fixture *f = *state;
	char problem[256];
	int applied;

	db_rollback(f->store.db);
	assert_int_equal(db_migrate(f->store.db, &applied, problem), DB_OK);
	assert_int_equal(applied, 0);
	assert_true(db_schema_version(f->store.db) >= 1);
}

static void test_the_database_is_its_owners_only(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->url + 7, &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
}

static void test_the_log_stays_bounded_while_it_is_written(void **state)
{
	struct fixture *f = *state;
	char path[160];
	struct stat st;

	snprintf(path, sizeof path, "%s-wal", f->url + 7);
	for (int round = 0; round < 60; round++) {
		begin(f);
		for (int i = 0; i < 2000; i++) {
			char id[32];
			struct str key = {id, (size_t)snprintf(id, sizeof id, "%d-%d", round, i)};

			assert_int_equal(demo_flow_put(&f->store, key,
						 STR("0123456789012345678901234567890123456789"
						     "0123456789012345678901234567890123456789"),
						 1000),
				DB_OK);
		}
		commit(f);
		db_maintain(f->other.db);
	}
	assert_int_equal(stat(path, &st), 0);
	/* 120,000 rows went through it; it never grew past a few rounds' worth */
	assert_true(st.st_size < 48 << 20);
}

static void test_a_missing_file_is_an_error_without_create(void **state)
{
	struct fixture *f = *state;
	char problem[256], url[160];
	struct store s;

	snprintf(url, sizeof url, "sqlite:%s/missing", f->folder);
	assert_false(store_open(&s, url, false, &f->random, &f->clock, problem));
	assert_non_null(strstr(problem, "cannot be opened"));
	assert_false(store_open(&s, "oracle://x", true, &f->random, &f->clock, problem));
	assert_non_null(strstr(problem, "no driver"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_no_statement_scans_a_table),
		WITH_STORE(test_a_newer_schema_is_refused),
		WITH_STORE(test_migrating_twice_changes_nothing),
		WITH_STORE(test_the_database_is_its_owners_only),
		WITH_STORE(test_the_log_stays_bounded_while_it_is_written),
		WITH_STORE(test_a_missing_file_is_an_error_without_create),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
