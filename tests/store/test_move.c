/* A move's parts: marks, guards, and two tables made the same (store/move.h). Assurance 6.3. */
#include "store/move.h"

#include "store_fixture.h"

static void test_names_have_no_secrets(void **state)
{
	static const char *const names[][2] = {
		{"postgres://llavero:hid%40den@db.example:5433/llavero?sslmode=verify-full",
			"postgres://db.example:5433/llavero"},
		{"postgresql://a:b@c@db.example/x", "postgres://db.example/x"},
		{"postgres://llavero@/x?password=hidden&host=/run/pg&port=5433&user=u",
			"postgres:///x?host=/run/pg&port=5433"},
		{"postgres:///x", "postgres:///x"},
		{"sqlite:/var/lib/x.db", "sqlite:/var/lib/x.db"},
		{"data/x.db", "sqlite:data/x.db"},
	};
	char name[MOVE_NAME];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		move_name(names[i][0], name);
		assert_string_equal(name, names[i][1]);
	}
}

static void put_mark(struct fixture *f, enum move_state mark)
{
	const struct move_mark put = {mark, "postgres:///other", 1234};

	begin(f);
	assert_int_equal(move_mark_put(f->store.db, &put), DB_OK);
	commit(f);
}

static void test_a_marked_database_is_not_opened(void **state)
{
	static const char *const words[] = {
		[MOVE_FILLING] = "is being filled from postgres:///other",
		[MOVE_CLOSED] = "is being moved to postgres:///other",
		[MOVE_MOVED] = "has moved to postgres:///other"};
	struct fixture *f = *state;
	struct move_mark mark;
	struct store store;
	char problem[256];

	for (enum move_state s = MOVE_FILLING; s <= MOVE_MOVED; s++) {
		put_mark(f, s);
		assert_int_equal(move_mark_read(f->other.db, &mark), DB_OK);
		assert_int_equal(mark.state, s);
		assert_int_equal(mark.at, 1234);
		assert_string_equal(mark.other, "postgres:///other");
		assert_false(store_open(&store, f->url, true, &f->random, &f->clock, problem));
		assert_non_null(strstr(problem, words[s]));
	}
	put_mark(f, MOVE_NONE);
	assert_true(store_open(&store, f->url, true, &f->random, &f->clock, problem));
	store_close(&store);
}

static struct db *memory(struct fixture *f, struct tables *tables)
{
	char problem[256];
	struct db_schema schema;
	struct db *db = db_open("sqlite::memory:", true, problem);

	assert_non_null(db);
	assert_int_equal(db_schema_read(f->store.db, &schema), DB_OK);
	assert_true(tables_of(&schema, &f->arena, tables));
	assert_int_equal(db_begin_schema(db, NULL), DB_OK);
	assert_int_equal(db_make_schema(db, &schema), DB_OK);
	assert_int_equal(db_commit(db), DB_OK);
	return db;
}

static const struct bulk_watch nobody = {NULL, NULL};

/* From an engine to SQLite, with a thousand and some rows of each kind: same, changed, missing, too
 * many; more than one batch of either. */
static void test_two_tables_become_the_same(void **state)
{
	struct fixture *f = *state;
	struct tables tables;
	struct arena batch;
	char problem[256] = "", sql[256];
	struct move m = {.from = f->store.db,
		.to = memory(f, &tables),
		.arena = &f->arena,
		.watch = &nobody,
		.problem = problem};
	const struct table *t = tables_find(&tables, STR("throttle"));
	struct digest from, to;

	for (int i = 0; i < 6000; i++) {
		snprintf(sql, sizeof sql,
			"INSERT INTO throttle (key, failures, window_ends_at) VALUES (%d, 1, %d)",
			i - 3000, i);
		if (i % 4 != 0)
			assert_int_equal(m.to->driver->run(m.to, sql), DB_OK);
	}
	begin(f);
	for (int i = 0; i < 6000; i++)
		if (i % 4 != 1)
			assert_int_equal(db_exec(f->store.db, STMT_THROTTLE_COUNT,
						 DB_ARGS(DB_INT(i - 3000), DB_INT(0),
							 DB_INT(i % 4 == 2 ? -i : i)),
						 NULL),
				DB_OK);
	commit(f);
	arena_init(&batch, BULK_ARENA);
	assert_int_equal(move_sync(&m, t, false, &from), DB_OK);
	assert_int_equal(from.rows, 4500);
	/* 1500 inserted, 1500 deleted, 1500 deleted and inserted */
	assert_int_equal(m.changed, 6000);
	assert_int_equal(digest_of(m.to, t, false, &batch, &to), DB_OK);
	assert_true(digest_same(&from, &to));
	m.changed = 0;
	assert_int_equal(move_sync(&m, t, false, &from), DB_OK);
	assert_int_equal(m.changed, 0);
	db_close(m.to);
	arena_release(&batch);
}

/* Two rows have changed their unique keys: neither can be written while the other is there. */
static void test_unique_keys_that_were_swapped(void **state)
{
	struct fixture *f = *state;
	struct tables tables;
	char problem[256] = "";
	struct move m = {.from = f->store.db,
		.to = memory(f, &tables),
		.arena = &f->arena,
		.watch = &nobody,
		.problem = problem};
	const struct table *t = tables_find(&tables, STR("account"));
	struct digest found;

	begin(f);
	struct account one = make_account(f, "one", "one@example.com");
	struct account two = make_account(f, "two", "two@example.com");

	commit(f);
	assert_int_equal(move_sync(&m, t, false, &found), DB_OK);
	assert_true(one.id < two.id);
	run_sql(f, "UPDATE account SET login_key = 'x' WHERE login = 'one'");
	run_sql(f, "UPDATE account SET login_key = 'one' WHERE login = 'two'");
	run_sql(f, "UPDATE account SET login_key = 'two' WHERE login = 'one'");
	/* in one batch both go before either comes */
	assert_int_equal(move_sync(&m, t, false, &found), DB_OK);
	assert_int_equal(
		m.to->driver->number(m.to, "SELECT id FROM account WHERE login_key = 'two'"),
		one.id);
	db_close(m.to);
}

/* Whichever program, and whatever it saw before. */
static void test_a_guarded_table_takes_no_change(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(db_begin_schema(f->store.db, NULL), DB_OK);
	assert_int_equal(f->store.db->driver->guard(f->store.db, "throttle", true), DB_OK);
	assert_int_equal(db_commit(f->store.db), DB_OK);
	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	assert_int_not_equal(db_exec(f->other.db, STMT_THROTTLE_COUNT,
				     DB_ARGS(DB_INT(1), DB_INT(1), DB_INT(1)), NULL),
		DB_OK);
	db_rollback(f->other.db);
	assert_int_equal(db_begin_schema(f->store.db, NULL), DB_OK);
	assert_int_equal(f->store.db->driver->guard(f->store.db, "throttle", false), DB_OK);
	assert_int_equal(db_commit(f->store.db), DB_OK);
	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	assert_int_equal(db_exec(f->other.db, STMT_THROTTLE_COUNT,
				 DB_ARGS(DB_INT(1), DB_INT(1), DB_INT(1)), NULL),
		DB_OK);
	assert_int_equal(db_commit(f->other.db), DB_OK);
}

/* PostgreSQL: a transaction that looked before the table was guarded cannot write after it. */
static void test_an_older_view_does_not_help(void **state)
{
	struct fixture *f = *state;
	struct db_rows r;

	if (db_shares_commit(f->store.db))
		skip(); /* in SQLite the guard waits for it */
	assert_int_equal(db_begin_write_at(f->other.db, DB_SNAPSHOT), DB_OK);
	db_query(&r, f->other.db, STMT_THROTTLE_READ, DB_ARGS(DB_INT(1)));
	assert_false(db_next(&r));
	db_end(&r);
	assert_int_equal(db_begin_schema(f->store.db, NULL), DB_OK);
	assert_int_equal(f->store.db->driver->guard(f->store.db, "code", true), DB_OK);
	assert_int_equal(db_commit(f->store.db), DB_OK);
	assert_int_not_equal(
		db_exec(f->other.db, STMT_CODE_CONSUME,
			DB_ARGS(DB_INT(1), DB_INT(1), db_text(STR("")), db_text(STR(""))), NULL),
		DB_OK);
	db_rollback(f->other.db);
	assert_int_equal(db_begin_schema(f->store.db, NULL), DB_OK);
	assert_int_equal(f->store.db->driver->guard(f->store.db, "code", false), DB_OK);
	assert_int_equal(db_commit(f->store.db), DB_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_have_no_secrets),
		WITH_STORE(test_a_marked_database_is_not_opened),
		WITH_STORE(test_two_tables_become_the_same),
		WITH_STORE(test_unique_keys_that_were_swapped),
		WITH_STORE(test_a_guarded_table_takes_no_change),
		WITH_STORE(test_an_older_view_does_not_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
