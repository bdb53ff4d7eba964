/* What is PostgreSQL's own: transactions in each other's way, lost connections, types, plans.
 * Nothing of it runs without LLAVERO_TEST_DATABASE (tests/postgres.py). */
#include <pthread.h>

#include "may_scan.h"
#include "store/seen_once.h"
#include "store_fixture.h"

static int setup_server(void **state)
{
	return on_postgres() ? setup(state) : 0;
}

static int teardown_server(void **state)
{
	return on_postgres() ? teardown(state) : 0;
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, setup_server, teardown_server)

static struct fixture *fixture_of(void **state)
{
	if (!on_postgres())
		skip();
	return *state;
}

static enum db_status put(struct store *s, const char *name, const char *value)
{
	return db_exec(s->db, STMT_INSTANCE_SET,
		DB_ARGS(db_text(str_from(name)), DB_BYTES(value, strlen(value))), NULL);
}

static enum db_status get(struct store *s, const char *name, bool *found)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_INSTANCE_GET, DB_ARGS(db_text(str_from(name))));
	*found = db_next(&r);
	db_end(&r);
	return r.status;
}

/* Other sessions than our own tests' connections are ended by the server. */
static void end_connections(struct fixture *f)
{
	run_sql(f, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE"
		   " datname = current_database() AND pid <> pg_backend_pid()");
}

/* isolation */

/* Each writes where the other looked: serially one of them would have seen the other's. */
static void test_serial_writers_see_as_if_one_came_after_the_other(void **state)
{
	struct fixture *f = fixture_of(state);
	bool found;

	assert_int_equal(db_begin_write(f->store.db), DB_OK);
	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	assert_int_equal(get(&f->store, "a", &found), DB_OK);
	assert_false(found);
	assert_int_equal(get(&f->other, "b", &found), DB_OK);
	assert_false(found);
	assert_int_equal(put(&f->store, "b", "1"), DB_OK);
	assert_int_equal(put(&f->other, "a", "1"), DB_OK);
	assert_int_equal(db_commit(f->store.db), DB_OK);
	assert_false(db_wants_again(f->store.db));
	assert_int_equal(db_commit(f->other.db), DB_RETRY);
	assert_true(db_wants_again(f->other.db));
	/* again: now it sees */
	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	assert_false(db_wants_again(f->other.db));
	assert_int_equal(get(&f->other, "b", &found), DB_OK);
	assert_true(found);
	assert_int_equal(db_commit(f->other.db), DB_OK);
}

static void test_a_snapshot_does_not_mind_what_others_write_beside_it(void **state)
{
	struct fixture *f = fixture_of(state);
	bool found;

	assert_int_equal(db_begin_write_at(f->store.db, DB_SNAPSHOT), DB_OK);
	assert_int_equal(db_begin_write_at(f->other.db, DB_SNAPSHOT), DB_OK);
	assert_int_equal(get(&f->store, "a", &found), DB_OK);
	assert_int_equal(get(&f->other, "b", &found), DB_OK);
	assert_int_equal(put(&f->store, "b", "1"), DB_OK);
	assert_int_equal(put(&f->other, "a", "1"), DB_OK);
	assert_int_equal(db_commit(f->store.db), DB_OK);
	assert_int_equal(db_commit(f->other.db), DB_OK);
}

/* The row count alone would say "somebody was first"; run again, the flow sees who. */
static void test_a_snapshot_minds_a_row_that_it_changes_too(void **state)
{
	struct fixture *f = fixture_of(state);
	bool found;

	assert_int_equal(put(&f->store, "a", "0"), DB_OK);
	assert_int_equal(db_begin_write_at(f->other.db, DB_SNAPSHOT), DB_OK);
	assert_int_equal(get(&f->other, "a", &found), DB_OK);
	begin(f);
	assert_int_equal(put(&f->store, "a", "1"), DB_OK);
	commit(f);
	assert_int_equal(put(&f->other, "a", "2"), DB_RETRY);
	assert_true(db_wants_again(f->other.db));
	/* nothing more is asked of a transaction that has to begin again, and it commits nothing */
	assert_int_equal(get(&f->other, "a", &found), DB_RETRY);
	assert_int_equal(db_commit(f->other.db), DB_RETRY);
	assert_false(db_is_writing(f->other.db));
}

static void test_the_latest_is_whatever_is_committed(void **state)
{
	struct fixture *f = fixture_of(state);
	bool found;

	assert_int_equal(db_begin_write_at(f->other.db, DB_LATEST), DB_OK);
	assert_int_equal(get(&f->other, "a", &found), DB_OK);
	assert_false(found);
	begin(f);
	assert_int_equal(put(&f->store, "a", "1"), DB_OK);
	commit(f);
	assert_int_equal(get(&f->other, "a", &found), DB_OK);
	assert_true(found);
	assert_int_equal(put(&f->other, "a", "2"), DB_OK);
	assert_int_equal(db_commit(f->other.db), DB_OK);
}

static void test_a_key_that_another_took_meanwhile(void **state)
{
	struct fixture *f = fixture_of(state);
	const struct db_value args[] = {db_text(STR("a")), DB_BYTES("1", 1)};

	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	begin(f);
	assert_int_equal(db_exec(f->store.db, STMT_INSTANCE_PUT, args, 2, NULL), DB_OK);
	commit(f);
	/* whoever looks again finds it taken; so this is tried again before it is told */
	enum db_status status = db_exec(f->other.db, STMT_INSTANCE_PUT, args, 2, NULL);

	assert_true(status == DB_CONFLICT || status == DB_RETRY);
	assert_true(db_wants_again(f->other.db));
	db_rollback(f->other.db);
}

/* Workers that begin together all need ids: none is in another's way. */
static void test_ids_are_leased_beside_the_transactions_that_need_them(void **state)
{
	struct fixture *f = fixture_of(state);
	uint64_t one, other, next;

	store_lease_ids(&f->store);
	store_lease_ids(&f->other);
	assert_int_equal(db_begin_write_at(f->store.db, DB_SNAPSHOT), DB_OK);
	assert_int_equal(db_begin_write_at(f->other.db, DB_SNAPSHOT), DB_OK);
	assert_int_equal(store_next_id(&f->store, &one), DB_OK);
	assert_int_equal(store_next_id(&f->other, &other), DB_OK);
	assert_int_equal(put(&f->store, "a", "1"), DB_OK);
	assert_int_equal(put(&f->other, "b", "1"), DB_OK);
	assert_int_equal(db_commit(f->store.db), DB_OK);
	assert_int_equal(db_commit(f->other.db), DB_OK);
	assert_int_not_equal(one, other);
	/* not again before few are left */
	for (int left = 1023; left > 63; left--) {
		store_lease_ids(&f->store);
		assert_int_equal(store_next_id(&f->store, &next), DB_OK);
		assert_int_equal(next, ++one);
	}
	store_lease_ids(&f->store);
	assert_int_equal(store_next_id(&f->store, &next), DB_OK);
	assert_true(next > one + 1 && next > other);
}

static enum db_status put_once(struct store *s, void *tries)
{
	(*(int *)tries)++;
	return put(s, "tried", "1");
}

static void test_a_command_is_run_again_when_another_is_in_its_way(void **state)
{
	struct fixture *f = fixture_of(state);
	int tries = 0;

	assert_true(fail_configure("postgres.in_the_way:1"));
	assert_int_equal(store_write(&f->store, put_once, &tries), DB_OK);
	assert_int_equal(tries, 2);
	assert_int_equal(count(f, "instance WHERE name = 'tried'"), 1);
	tries = 0;
	assert_true(fail_configure("postgres.in_the_way:1+"));
	assert_int_equal(store_write(&f->store, put_once, &tries), DB_RETRY);
	assert_true(tries > 2 && tries < 20);
}

/* assurance 6.1: of many who show the same thing at once, one is first. */
struct taker {
	struct fixture *f;
	const char *jti;
	size_t first, again, failed;
};

static enum db_status take(struct store *s, void *taker)
{
	const struct taker *t = taker;

	return seen_once(s, "test", STR("client"), str_from(t->jti), store_now(s) + 60);
}

static void *take_all(void *taker)
{
	struct taker *t = taker;
	struct random random;
	struct store s;
	char problem[256], jti[16];

	random_init(&random);
	if (!store_open(&s, t->f->url, false, &random, &t->f->clock, problem)) {
		t->failed++;
		return NULL;
	}
	for (int i = 0; i < 50; i++) {
		snprintf(jti, sizeof jti, "%d", i);
		t->jti = jti;
		enum db_status status = store_write_at(&s, DB_SNAPSHOT, take, t);

		t->first += status == DB_OK;
		t->again += status == DB_NONE;
		t->failed += status != DB_OK && status != DB_NONE;
	}
	store_close(&s);
	return NULL;
}

static void test_9449_once_among_many_connections(void **state)
{
	enum { N = 4 };
	struct fixture *f = fixture_of(state);
	struct taker takers[N] = {
		{f, NULL, 0, 0, 0}, {f, NULL, 0, 0, 0}, {f, NULL, 0, 0, 0}, {f, NULL, 0, 0, 0}};
	pthread_t threads[N];
	size_t first = 0, again = 0, failed = 0;

	for (int i = 0; i < N; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, take_all, &takers[i]), 0);
	for (int i = 0; i < N; i++) {
		pthread_join(threads[i], NULL);
		first += takers[i].first;
		again += takers[i].again;
		failed += takers[i].failed;
	}
	assert_int_equal(first, 50);
	assert_int_equal(again + failed, (N - 1) * 50);
	assert_int_equal(failed, 0);
}

/* waiting and losing */

/* A190 */
static void test_a_row_is_waited_for_no_longer_than_set(void **state)
{
	struct fixture *f = fixture_of(state);
	const struct db_options short_ones = {2000, 50, DB_WARN, true},
				usual = {5000, 2000, DB_WARN, true};
	struct store impatient;
	char problem[256];

	begin(f);
	assert_int_equal(put(&f->store, "a", "1"), DB_OK);
	db_configure(&short_ones);
	assert_true(store_open(&impatient, f->url, false, &f->random, &f->clock, problem));
	assert_int_equal(db_begin_write(impatient.db), DB_OK);
	/* it may hang: that is no reason to wait for it once more */
	assert_int_equal(put(&impatient, "a", "2"), DB_RETRY);
	assert_false(db_wants_again(impatient.db));
	store_close(&impatient);
	db_configure(&usual);
	commit(f);
}

static void test_a_lost_connection_is_made_again_for_a_read(void **state)
{
	struct fixture *f = fixture_of(state);
	bool found;

	assert_int_equal(get(&f->store, "form_key", &found), DB_OK);
	end_connections(f);
	assert_int_equal(get(&f->store, "form_key", &found), DB_OK);
	assert_true(found);
	end_connections(f);
	begin(f);
	assert_int_equal(put(&f->store, "a", "1"), DB_OK);
	commit(f);
	assert_int_equal(count(f, "instance WHERE name = 'a'"), 1);
}

static void test_what_was_done_on_a_lost_connection_is_undone(void **state)
{
	struct fixture *f = fixture_of(state);

	begin(f);
	assert_int_equal(put(&f->store, "a", "1"), DB_OK);
	end_connections(f);
	assert_int_not_equal(put(&f->store, "b", "1"), DB_OK);
	assert_true(db_wants_again(f->store.db));
	assert_int_not_equal(db_commit(f->store.db), DB_OK);
	assert_int_equal(count(f, "instance WHERE name IN ('a', 'b')"), 0);
	begin(f);
	assert_int_equal(put(&f->store, "a", "1"), DB_OK);
	commit(f);
	assert_int_equal(count(f, "instance WHERE name = 'a'"), 1);
}

/* It may have been done: who runs it again would do it twice. */
static void test_a_commit_without_an_answer_is_not_tried_again(void **state)
{
	struct fixture *f = fixture_of(state);
	int tries = 0;

	assert_true(fail_configure("postgres.commit:1"));
	assert_int_equal(store_write(&f->store, put_once, &tries), DB_FAILED);
	assert_int_equal(tries, 1);
	assert_int_equal(count(f, "instance WHERE name = 'tried'"), 1);
}

/* what goes out together */

static enum db_status put_late(struct store *s, const char *name, const char *value)
{
	return db_exec_late(s->db, STMT_INSTANCE_PUT,
		DB_ARGS(db_text(str_from(name)), DB_BYTES(value, strlen(value))));
}

static void test_what_waits_is_there_for_whoever_asks_next(void **state)
{
	struct fixture *f = fixture_of(state);
	bool found;

	begin(f);
	assert_false(db_has_changed(f->store.db));
	assert_int_equal(put_late(&f->store, "a", "1"), DB_OK);
	/* whoever promises something now has to wait for the commit */
	assert_true(db_has_changed(f->store.db));
	assert_int_equal(put_late(&f->store, "b", "1"), DB_OK);
	assert_int_equal(get(&f->store, "b", &found), DB_OK);
	assert_true(found);
	assert_int_equal(put_late(&f->store, "c", "1"), DB_OK);
	commit(f);
	assert_int_equal(count(f, "instance WHERE name IN ('a', 'b', 'c')"), 3);
	begin(f);
	assert_int_equal(put_late(&f->store, "d", "1"), DB_OK);
	db_rollback(f->store.db);
	begin(f);
	assert_int_equal(db_savepoint(f->store.db), DB_OK);
	assert_int_equal(put_late(&f->store, "e", "1"), DB_OK);
	assert_int_equal(db_rollback_to(f->store.db), DB_OK);
	assert_int_equal(put_late(&f->store, "f", "1"), DB_OK);
	commit(f);
	assert_int_equal(count(f, "instance WHERE name IN ('d', 'e', 'f')"), 1);
}

/* Its failure is the failure of what goes with it, and nothing is half done. */
static void test_what_waits_and_fails(void **state)
{
	struct fixture *f = fixture_of(state);
	bool found;

	assert_int_equal(put(&f->store, "a", "0"), DB_OK);
	for (int way = 0; way < 3; way++) {
		begin(f);
		assert_int_equal(put(&f->store, "b", "1"), DB_OK);
		assert_int_equal(put_late(&f->store, "a", "1"), DB_OK);
		if (way == 1)
			assert_int_equal(get(&f->store, "a", &found), DB_CONFLICT);
		if (way < 2)
			assert_int_not_equal(db_commit(f->store.db), DB_OK);
		else
			db_rollback(f->store.db);
		assert_true(db_wants_again(f->store.db));
		assert_false(db_is_writing(f->store.db));
		assert_int_equal(get(&f->store, "b", &found), DB_OK);
		assert_false(found);
	}
}

/* The commit went with it: whether it was done is not known. */
static void test_what_waits_on_a_lost_connection(void **state)
{
	struct fixture *f = fixture_of(state);

	begin(f);
	assert_int_equal(put(&f->store, "a", "1"), DB_OK);
	assert_int_equal(put_late(&f->store, "b", "1"), DB_OK);
	end_connections(f);
	assert_int_equal(db_commit(f->store.db), DB_FAILED);
	assert_false(db_wants_again(f->store.db));
	assert_int_equal(count(f, "instance WHERE name IN ('a', 'b')"), 0);
	begin(f);
	assert_int_equal(put_late(&f->store, "b", "1"), DB_OK);
	commit(f);
	assert_int_equal(count(f, "instance WHERE name = 'b'"), 1);
}

/* Nobody has asked for anything: there is nothing to commit, and nothing to fail. */
static void test_a_transaction_that_nothing_is_asked_in(void **state)
{
	struct fixture *f = fixture_of(state);

	begin(f);
	end_connections(f);
	commit(f);
	begin(f);
	db_rollback(f->store.db);
	begin(f);
	assert_int_equal(put(&f->store, "a", "1"), DB_OK);
	commit(f);
	assert_int_equal(count(f, "instance WHERE name = 'a'"), 1);
}

static enum db_status put_both(struct store *s, void *tries)
{
	enum db_status status = put_late(s, "late", "1");

	return status == DB_OK ? put_once(s, tries) : status;
}

/* Whatever call fails, once or for ever: all is written, or nothing; and then it works again. */
static void test_every_call_can_fail(void **state)
{
	static const char *const points[] = {"postgres.lost", "postgres.begin", "postgres.prepare",
		"postgres.connect", "postgres.in_the_way", "store.begin", "store.query",
		"store.step", "store.commit"};
	struct fixture *f = fixture_of(state);

	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
		for (int n = 1; n <= 8; n++) {
			char point[64];
			int tries = 0;

			snprintf(point, sizeof point, "%s:%d%s", points[i], (n + 1) / 2,
				n % 2 ? "+" : "");
			end_connections(f);
			run_sql(f, "DELETE FROM instance WHERE name IN ('tried', 'late')");
			assert_true(fail_configure(point));
			enum db_status status = store_write(&f->store, put_both, &tries);

			fail_configure(NULL);
			if (count(f, "instance WHERE name IN ('tried', 'late')") !=
				2 * (status == DB_OK))
				fail_msg("%s: status %d", point, (int)status);
			/* at growing intervals, so perhaps not at once */
			while (store_write(&f->store, put_once, &tries) != DB_OK)
				usleep(10000);
		}
	}
}

/* types */

static void test_text_that_is_none_is_kept_in_some_way(void **state)
{
	struct fixture *f = fixture_of(state);
	const struct str bad = {"a\xC3\x28\0\xFF", 5};
	struct str kept;
	struct db_rows r;

	begin(f);
	assert_int_equal(demo_flow_put(&f->store, STR("id"), bad, 100), DB_OK);
	commit(f);
	assert_int_equal(demo_flow_get(&f->store, &f->arena, STR("id"), &kept), DB_OK);
	assert_true(str_eq_c(kept, "a\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD"));
	db_query(&r, f->store.db, STMT_ACCOUNT_BY_LOGIN, DB_ARGS(db_text(bad)));
	assert_false(db_next(&r));
	assert_int_equal(r.status, DB_OK);
	db_end(&r);
}

static void test_an_argument_of_a_wrong_type_is_a_failure(void **state)
{
	struct fixture *f = fixture_of(state);
	struct db_rows r;
	const struct db_value wrong[] = {DB_INT(1), DB_BYTES("a", 1)};

	for (int i = 0; i < 2; i++) {
		db_query(&r, f->store.db, STMT_INSTANCE_GET, &wrong[i], 1);
		assert_false(db_next(&r));
		assert_int_equal(r.status, DB_FAILED);
		db_end(&r);
	}
}

/* the schema */

/* A223 */
static void test_a_newer_schema_is_refused(void **state)
{
	struct fixture *f = fixture_of(state);
	char problem[256];
	struct store s;

	run_sql(f, "INSERT INTO schema_version (version) VALUES (9999)");
	assert_false(store_open(&s, f->url, true, &f->random, &f->clock, problem));
	assert_non_null(strstr(problem, "newer llavero"));
}

static void test_a_server_that_is_not_there(void **state)
{
	struct fixture *f = fixture_of(state);
	char problem[256], url[256];
	struct store s;

	server_url("nowhere", url);
	assert_false(store_open(&s, url, true, &f->random, &f->clock, problem));
	assert_non_null(strstr(problem, "cannot be reached"));
	assert_false(store_open(
		&s, "postgres://u:hidden@127.0.0.1:1/x", true, &f->random, &f->clock, problem));
	assert_non_null(strstr(problem, "cannot be reached"));
	assert_null(strstr(problem, "hidden"));
}

/* The driver refuses others: better here than when a user needs the statement. */
static bool is_of_known_types(const PGresult *described)
{
	bool known = true;

	for (int i = 0; i < PQnparams(described) + PQnfields(described); i++) {
		int column = i - PQnparams(described);
		Oid type = column < 0 ? PQparamtype(described, i) : PQftype(described, column);

		known &= type == 20 || type == 25 || type == 17;
	}
	return known;
}

/* With sequential scans made dear, one is left where there is nothing else. */
static void test_no_statement_scans_a_table(void **state)
{
	struct fixture *f = fixture_of(state);
	PGconn *conn = PQconnectdb(f->url);
	int bad = 0;

	PQclear(PQexec(conn, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan"));
	for (int s = 0; s < STMTS; s++) {
		char sql[4096] = "EXPLAIN EXECUTE q";

		PQclear(PQprepare(conn, "q", stmt_text((enum stmt)s), 0, NULL));
		PGresult *described = PQdescribePrepared(conn, "q");
		int n = PQnparams(described);

		assert_int_equal(PQresultStatus(described), PGRES_COMMAND_OK);
		bad += !is_of_known_types(described);
		for (int i = 0; i < n; i++)
			strcat(sql, i ? ", NULL" : " (NULL");
		strcat(sql, n ? ")" : "");
		PGresult *plan = PQexec(conn, sql);

		assert_int_equal(PQresultStatus(plan), PGRES_TUPLES_OK);
		for (int i = 0; i < PQntuples(plan); i++) {
			if (!strstr(PQgetvalue(plan, i, 0), "Seq Scan on") ||
				is_excused((enum stmt)s))
				continue;
			fprintf(stderr, "%s: %s\n", stmt_name((enum stmt)s),
				PQgetvalue(plan, i, 0));
			bad++;
		}
		PQclear(plan);
		PQclear(described);
		PQclear(PQexec(conn, "DEALLOCATE q"));
	}
	PQfinish(conn);
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(test_serial_writers_see_as_if_one_came_after_the_other),
		WITH_SERVER(test_a_snapshot_does_not_mind_what_others_write_beside_it),
		WITH_SERVER(test_a_snapshot_minds_a_row_that_it_changes_too),
		WITH_SERVER(test_the_latest_is_whatever_is_committed),
		WITH_SERVER(test_ids_are_leased_beside_the_transactions_that_need_them),
		WITH_SERVER(test_a_key_that_another_took_meanwhile),
		WITH_SERVER(test_a_command_is_run_again_when_another_is_in_its_way),
		WITH_SERVER(test_9449_once_among_many_connections),
		WITH_SERVER(test_a_row_is_waited_for_no_longer_than_set),
		WITH_SERVER(test_a_lost_connection_is_made_again_for_a_read),
		WITH_SERVER(test_what_was_done_on_a_lost_connection_is_undone),
		WITH_SERVER(test_a_commit_without_an_answer_is_not_tried_again),
		WITH_SERVER(test_what_waits_is_there_for_whoever_asks_next),
		WITH_SERVER(test_what_waits_and_fails),
		WITH_SERVER(test_what_waits_on_a_lost_connection),
		WITH_SERVER(test_a_transaction_that_nothing_is_asked_in),
		WITH_SERVER(test_every_call_can_fail),
		WITH_SERVER(test_text_that_is_none_is_kept_in_some_way),
		WITH_SERVER(test_an_argument_of_a_wrong_type_is_a_failure),
		WITH_SERVER(test_a_newer_schema_is_refused),
		WITH_SERVER(test_a_server_that_is_not_there),
		WITH_SERVER(test_no_statement_scans_a_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
