/* What is SQLite's own: query plans, the schema's version, the size of the write-ahead log. */
#include <sqlite3.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "may_scan.h"
#include "store/look.h"
#include "store/request_log.h"
#include "store_fixture.h"

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

/* A223 */
static void test_a_newer_schema_is_refused(void **state)
{
	struct fixture *f = *state;
	char problem[256];
	struct store s;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->url + 7, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "INSERT INTO schema_version (version) VALUES (9999)",
				 NULL, NULL, NULL),
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

#define MIGRATION(number, ...) {number, __VA_ARGS__},
#define FINISH(number, works_from, ...) {number, __VA_ARGS__},
static const struct {
	int number;
	const char *text;
} migrations[] = {
#include "store/schema.def"
};
#undef MIGRATION
#undef FINISH

/* The migration in SQLite's words, as store/migrations.c runs it. */
static char *in_words(const char *text)
{
	static const char *const words[][2] = {{"{int}", "INTEGER"}, {"{text}", "TEXT"},
		{"{bytes}", "BLOB"}, {"{table}", " STRICT"},
		{"{keyed_table}", " STRICT, WITHOUT ROWID"}};
	char *out = calloc(2, strlen(text) + 1), *to = out;

	assert_non_null(out);
	while (*text) {
		size_t i = 0;

		while (i < 5 && strncmp(text, words[i][0], strlen(words[i][0])) != 0)
			i++;
		if (i == 5) {
			*to++ = *text++;
			continue;
		}
		to = stpcpy(to, words[i][1]);
		text += strlen(words[i][0]);
	}
	return out;
}

/* A database as the version that knew `last` migrations left it, open. */
static sqlite3 *old_database(const char *path, int last)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_exec(db, "CREATE TABLE schema_version (version INTEGER PRIMARY KEY)", NULL,
			NULL, NULL),
		SQLITE_OK);
	for (size_t i = 0; i < sizeof migrations / sizeof migrations[0]; i++) {
		char record[96], *sql = in_words(migrations[i].text);

		snprintf(record, sizeof record, "INSERT INTO schema_version (version) VALUES (%d)",
			migrations[i].number);
		if (migrations[i].number <= last &&
			(sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK ||
				sqlite3_exec(db, record, NULL, NULL, NULL) != SQLITE_OK))
			fail_msg("migration %d: %s", migrations[i].number, sqlite3_errmsg(db));
		free(sql);
	}
	return db;
}

/* Before the request log there was (6), and before sandboxes (7): what was there stays, and can do
 * what is new. */
static void test_a_database_of_before_the_request_log(void **state)
{
	struct fixture *f = *state;
	static const char data[] =
		"INSERT INTO account (id, login, login_key, site_admin, primary_verified,"
		" created_at, updated_at) VALUES (7, 'Mona', 'mona', 0, 1, 1, 1);"
		"INSERT INTO app (id, owner_id, client_id, name, name_key, homepage, device_flow,"
		" epoch, created_at, updated_at) VALUES (9, 7, 'Ov23liOld', 'Old', 'old',"
		" 'https://a.example', 0, 0, 1, 1);"
		/* the secret is "" */
		"INSERT INTO app_secret (id, app_id, hash, last_eight, created_by, created_at)"
		" VALUES (11, 9,"
		" x'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',"
		" '12345678', 7, 1);"
		"INSERT INTO code (id, hash, app_id, account_id, grant_id, redirect_uri, scopes,"
		" created_at, expires_at, token_id) VALUES (13, x'00', 9, 7, 12,"
		" 'https://a.example', '', 1, 4000000000, 14);";
	const struct log_entry entry = {.request_id = STR("0:1:1"),
		.at_us = 1,
		.app_id = 9,
		.endpoint = STR("token"),
		.address = STR(""),
		.user_agent = STR(""),
		.detail = STR("{}")};

	for (int last = 5; last <= 7; last++) {
		char path[96], problem[256] = "", *message = NULL;
		struct look_secret secret;
		struct store s;

		snprintf(path, sizeof path, "%s/old", f->folder);
		sqlite3 *db = old_database(path, last);

		if (sqlite3_exec(db, data, NULL, NULL, &message) != SQLITE_OK)
			fail_msg("%s", message);
		sqlite3_close(db);
		if (!store_open(&s, path, true, &f->random, &f->clock, problem))
			fail_msg("%s", problem);
		assert_int_equal(look_secret(&s, &f->arena, STR(""), &secret), DB_OK);
		assert_true(secret.app_id == 9 && str_eq_c(secret.last_eight, "12345678"));
		assert_int_equal(db_begin_write(s.db), DB_OK);
		assert_int_equal(request_log_add(&s, &entry), DB_OK);
		assert_int_equal(refusal_count_add(&s, 9, 1, STR("CODE_EXPIRED"), 1), DB_OK);
		assert_int_equal(code_consume(&s, 13, STR("0:1:1"), STR("192.0.2.7")), DB_OK);
		assert_int_equal(app_delete(&s, 9), DB_OK);
		assert_int_equal(db_commit(s.db), DB_OK);
		store_close(&s);
		unlink(path);
	}
}

static void test_the_database_is_its_owners_only(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(stat(f->url + 7, &st), 0);
	assert_int_equal(st.st_mode & 077, 0);
}

/* A189 */
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

/* What was begun before stays open then, and nothing else could be begun. */
static void test_a_rollback_that_failed_is_in_nobodys_way(void **state)
{
	struct fixture *f = *state;
	struct account a;

	for (int writes = 0; writes < 2; writes++) {
		if (writes)
			begin(f);
		assert_int_equal(
			account_by_login(&f->store, &f->arena, STR("nobody"), &a), DB_NONE);
		assert_true(fail_configure("sqlite.step:1+"));
		db_rollback(f->store.db);
		fail_configure(NULL);
		assert_int_equal(
			account_by_login(&f->store, &f->arena, STR("nobody"), &a), DB_NONE);
		begin(f);
		commit(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_no_statement_scans_a_table),
		WITH_STORE(test_a_newer_schema_is_refused),
		WITH_STORE(test_migrating_twice_changes_nothing),
		WITH_STORE(test_a_database_of_before_the_request_log),
		WITH_STORE(test_the_database_is_its_owners_only),
		WITH_STORE(test_the_log_stays_bounded_while_it_is_written),
		WITH_STORE(test_a_missing_file_is_an_error_without_create),
		WITH_STORE(test_a_rollback_that_failed_is_in_nobodys_way),
	};

	unsetenv("LLAVERO_TEST_DATABASE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
