/* A fresh database for each test, on the engine that LLAVERO_TEST_DATABASE names (default: SQLite
 * in a temporary folder). The suite is the same for every engine. */
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

#include "base/fail.h"
#include "store/grant.h"
#include "store/upkeep.h"

struct fixture {
	char folder[64], url[128];
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

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char problem[256];

	assert_non_null(f);
	assert_true(crypto_start());
	strcpy(f->folder, "/tmp/llavero-store-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->url, sizeof f->url, "sqlite:%s/db", f->folder);
	clock_init(&f->clock);
	random_init(&f->random);
	random_init(&f->other_random);
	arena_init(&f->arena, 64 << 20);
	if (!store_open(&f->store, f->url, true, &f->random, &f->clock, problem) ||
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
