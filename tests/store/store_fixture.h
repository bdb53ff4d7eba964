/* A fresh database for each test: SQLite's in a temporary folder, or, when LLAVERO_TEST_DATABASE
 * names one (tests/postgres.py), a PostgreSQL server's. The suite is the same for both. */
#ifndef LLAVERO_TESTS_STORE_FIXTURE_H
#define LLAVERO_TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "base/fail.h"
#include "store/driver.h"
#include "store/grant.h"
#include "store/upkeep.h"

struct fixture {
	char folder[64], url[256];
	bool migrated;
	struct clock clock;
	struct random random, other_random;
	struct store store, other; /* two connections to the same database */
	struct arena arena;
};

/* How a browser signs in. */
static const struct session_fields browser = {{"::1", 3}, {"Firefox", 7}, "pwd"};

static inline void remove_folder(const char *folder)
{
	static const char *const names[] = {"db", "db-wal", "db-shm"};
	char path[128];

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

/* Of the server that LLAVERO_TEST_DATABASE names; "" without one. */
static inline void server_url(const char *database, char url[256])
{
	const char *all = getenv("LLAVERO_TEST_DATABASE"),
		   *at = all ? strstr(all, "DATABASE") : NULL;

	*url = '\0';
	if (at)
		snprintf(url, 256, "%.*s%s%s", (int)(at - all), all, database,
			at + strlen("DATABASE"));
}

static inline bool on_postgres(void)
{
	char url[256];

	server_url("postgres", url);
	return *url != '\0';
}

/* Each of the texts is run by itself. */
static inline void ask_server(const char *database, const char *const *texts, size_t n)
{
	char url[256];

	server_url(database, url);
	PGconn *conn = PQconnectdb(url);

	for (size_t i = 0; i < n; i++) {
		PGresult *result = PQexec(conn, texts[i]);

		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			fail_msg("%s: %s", texts[i], PQerrorMessage(conn));
		PQclear(result);
	}
	PQfinish(conn);
}

#define EVERY_TABLE(sql)                                                                           \
	"DO $$ DECLARE t name; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE"               \
	" schemaname = 'public' LOOP EXECUTE format('" sql "', t, t); END LOOP; END $$"

/* The database of this process, as the migrations leave it: what they put into its tables is kept
 * aside, since making a database takes long. */
static inline void make_database(const char *name)
{
	static const char *const keep[] = {
		"CREATE SCHEMA seed", EVERY_TABLE("CREATE TABLE seed.%I AS TABLE public.%I")};
	char make[96], url[256], problem[256] = "";
	const char *const makes[] = {make};
	int applied;

	snprintf(make, sizeof make, "CREATE DATABASE %s", name);
	ask_server("postgres", makes, 1);
	server_url(name, url);
	struct db *db = db_open(url, true, problem);

	if (!db || db_migrate(db, &applied, problem) != DB_OK)
		fail_msg("%s", problem);
	db_close(db);
	ask_server(name, keep, 2);
}

static inline void make_place(struct fixture *f)
{
	static const char *const restore[] = {EVERY_TABLE("DELETE FROM public.%I"),
		EVERY_TABLE("INSERT INTO public.%I SELECT * FROM seed.%I")};
	static char name[64];

	strcpy(f->folder, "/tmp/llavero-store-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->url, sizeof f->url, "sqlite:%s/db", f->folder);
	if (!on_postgres())
		return;
	if (*name) {
		ask_server(name, restore, 2);
		f->migrated = true;
	} else {
		snprintf(name, sizeof name, "store_%d", (int)getpid());
		make_database(name);
	}
	server_url(name, f->url);
}

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char problem[256];

	assert_non_null(f);
	assert_true(crypto_start());
	make_place(f);
	clock_init(&f->clock);
	random_init(&f->random);
	random_init(&f->other_random);
	arena_init(&f->arena, 64 << 20);
	if (!store_open(&f->store, f->url, !f->migrated, &f->random, &f->clock, problem) ||
		!store_open(&f->other, f->url, false, &f->other_random, &f->clock, problem))
		fail_msg("%s", problem);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	fail_configure(NULL);
	store_close(&f->store);
	store_close(&f->other);
	arena_release(&f->arena);
	remove_folder(f->folder);
	free(f);
	return 0;
}

/* SQL of the test's own, on a connection of its own: it sees what is committed. */
static inline int64_t ask_sql(struct fixture *f, const char *sql, bool number)
{
	char problem[256];
	struct db *db = db_open(f->url, false, problem);
	int64_t value = 0;

	if (!db)
		fail_msg("%s", problem);
	if (number)
		value = db->driver->number(db, sql);
	else
		assert_int_equal(db->driver->run(db, sql), DB_OK);
	db_close(db);
	return value;
}

static inline void run_sql(struct fixture *f, const char *sql)
{
	ask_sql(f, sql, false);
}

/* How many rows there are of `what`, "TABLE WHERE ...". */
static inline int64_t count(struct fixture *f, const char *what)
{
	char sql[256];

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", what);
	int64_t n = ask_sql(f, sql, true);

	assert_true(n >= 0);
	return n;
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static inline void begin(struct fixture *f)
{
	assert_int_equal(db_begin_write(f->store.db), DB_OK);
}

static inline void commit(struct fixture *f)
{
	assert_int_equal(db_commit(f->store.db), DB_OK);
}

/* An account in the running transaction. */
static inline struct account make_account(struct fixture *f, const char *login, const char *email)
{
	struct account a;
	bool login_taken;

	assert_int_equal(account_create(&f->store, &f->arena, str_from(login), STR_NONE,
				 str_from(email), true, STR_NONE, false, &a, &login_taken),
		DB_OK);
	return a;
}

static inline struct app make_app(struct fixture *f, int64_t owner, const char *name)
{
	const struct callback callback = {STR("https://client.example/cb"), REDIRECT_EXACT};
	const struct app_fields fields = {.name = str_from(name),
		.homepage = STR("https://client.example"),
		.callbacks = &callback,
		.callbacks_n = 1};
	struct app app;

	assert_int_equal(app_create(&f->store, &f->arena, owner, STR_NONE, &fields, &app), DB_OK);
	return app;
}

static inline struct grant make_grant(
	struct fixture *f, int64_t account, const struct app *app, const char *scopes)
{
	struct grant g;
	bool created;

	assert_int_equal(
		grant_put(&f->store, &f->arena, account, app, str_from(scopes), &g, &created),
		DB_OK);
	return g;
}

#endif
