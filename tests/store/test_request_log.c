/* The request log as a store: what is found of it, in which order, and how it stays small. */

#include "base/limits.h"
#include "store/look.h"
#include "store/refresh.h"
#include "store/request_log.h"
#include "store/sweep.h"
#include "store_fixture.h"

#define S INT64_C(1000000)
enum { DAY = 86400, HOUR = 3600 };

static struct log_entry entry_at(int64_t app_id, bool proven, int64_t at_us)
{
	return (struct log_entry){
		.request_id = STR("0:1:1"),
		.at_us = at_us,
		.app_id = app_id,
		.proven = proven,
		.endpoint = STR("token"),
		.cause = STR("CODE_EXPIRED"),
		.address = STR("192.0.2.7"),
		.user_agent = STR(""),
		.detail = STR("{}"),
	};
}

static void add(struct store *s, struct log_entry e)
{
	assert_int_equal(request_log_add(s, &e), DB_OK);
}

/* `n` entries, a microsecond apart, in the running transaction. */
static void fill(struct fixture *f, int64_t app_id, bool proven, int64_t from_us, int n)
{
	for (int i = 0; i < n; i++)
		add(&f->store, entry_at(app_id, proven, from_us + i));
}

static void test_an_entry_comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct log_entry *found, well = entry_at(4, true, 2000);
	const struct log_entry e = {.request_id = STR("0:AB:CD"),
		.at_us = INT64_C(1795775045123456),
		.app_id = 3,
		.proven = true,
		.endpoint = STR("authorize"),
		.cause = STR("AUTHORIZE_DENIED"),
		.flow_id = (UINT64_C(1) << 47) + 9,
		.address = STR("2001:db8::7"),
		.user_agent = STR("ñ \"'"),
		.detail = STR("{\"expected\":\"\"}")};
	size_t n;

	begin(f);
	add(&f->store, e);
	well.request_id = STR("0:AB:CE");
	well.cause = STR_NONE;
	add(&f->store, well);
	commit(f);
	assert_int_equal(
		request_log_by_request(&f->other, &f->arena, STR("0:AB:CD"), &found, &n), DB_OK);
	assert_int_equal(n, 1);
	assert_true(found->id > 0 && found->at_us == e.at_us && found->app_id == 3 &&
		    found->proven && found->flow_id == e.flow_id);
	assert_true(str_eq(found->request_id, e.request_id) &&
		    str_eq(found->endpoint, e.endpoint) && str_eq(found->cause, e.cause) &&
		    str_eq(found->address, e.address) && str_eq(found->user_agent, e.user_agent) &&
		    str_eq(found->detail, e.detail));
	assert_int_equal(
		request_log_by_request(&f->other, &f->arena, STR("0:AB:CE"), &found, &n), DB_OK);
	assert_false(str_is_set(found->cause));
	assert_int_equal(found->flow_id, 0);
}

static void test_what_is_not_there(void **state)
{
	struct fixture *f = *state;
	static const char *const ids[] = {"", "0:1:2", "0:1:1 ", "%", "0:1:1' OR '1'='1"};
	struct log_entry *found;
	const struct log_query q = {.app_id = 4, .before_us = INT64_MAX, .most = 10};
	size_t n = 9;

	begin(f);
	add(&f->store, entry_at(3, true, 1000));
	commit(f);
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		assert_int_equal(
			request_log_by_request(&f->store, &f->arena, str_from(ids[i]), &found, &n),
			DB_NONE);
	assert_int_equal(request_log_by_flow(&f->store, &f->arena, 5, 10, &found, &n), DB_NONE);
	/* 0 stands for no flow, which is not a flow of its own. */
	assert_int_equal(request_log_by_flow(&f->store, &f->arena, 0, 10, &found, &n), DB_NONE);
	assert_int_equal(request_log_list(&f->store, &f->arena, &q, &found, &n), DB_OK);
	assert_int_equal(n, 0);
}

static void test_requests_and_flows_are_told_oldest_first(void **state)
{
	struct fixture *f = *state;
	static const int64_t times[] = {5000, 3000, 4000};
	struct log_entry *found;
	size_t n;

	begin(f);
	for (int i = 0; i < 3; i++) {
		struct log_entry e = entry_at(3, i == 1, times[i]);

		e.flow_id = 77;
		add(&f->store, e);
	}
	commit(f);
	for (int way = 0; way < 2; way++) {
		enum db_status status =
			way ? request_log_by_flow(&f->store, &f->arena, 77, 10, &found, &n)
			    : request_log_by_request(
				      &f->store, &f->arena, STR("0:1:1"), &found, &n);

		assert_int_equal(status, DB_OK);
		assert_int_equal(n, 3);
		for (int i = 0; i < 3; i++)
			assert_int_equal(found[i].at_us, 3000 + 1000 * i);
	}
}

static size_t list(struct fixture *f, struct log_query q, struct log_entry **out)
{
	size_t n;

	q.app_id = 3;
	assert_int_equal(request_log_list(&f->store, &f->arena, &q, out, &n), DB_OK);
	assert_true(n <= q.most);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal((*out)[i].app_id, 3);
		assert_true(i == 0 || (*out)[i].at_us <= (*out)[i - 1].at_us);
	}
	return n;
}

/* Ten of each half in turn, of three causes and two endpoints, and others around them. */
static void make_a_mixed_log(struct fixture *f)
{
	static const char *const causes[] = {"CODE_EXPIRED", "CODE_UNKNOWN", NULL};

	begin(f);
	fill(f, 2, true, 1000, 20);
	fill(f, 4, false, 1000, 20);
	for (int i = 0; i < 20; i++) {
		struct log_entry e = entry_at(3, i % 2, 1000 + i);

		e.cause = str_from(causes[i % 3]);
		e.endpoint = i < 10 ? STR("token") : STR("authorize");
		add(&f->store, e);
	}
	commit(f);
}

static void test_both_halves_are_one_list(void **state)
{
	struct fixture *f = *state;
	const struct log_query all = {.before_us = INT64_MAX, .most = 100};
	struct log_entry *found;

	make_a_mixed_log(f);
	assert_int_equal(list(f, all, &found), 20);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(found[i].at_us, 1019 - i);
		assert_int_equal(found[i].proven, found[i].at_us % 2);
	}
}

static void test_limits_of_a_list(void **state)
{
	struct fixture *f = *state;
	struct log_query q = {.before_us = INT64_MAX};
	struct log_entry *found;

	make_a_mixed_log(f);
	for (size_t most = 0; most <= 21; most++) {
		q.most = most;
		assert_int_equal(list(f, q, &found), most < 20 ? most : 20);
		assert_true(most == 0 || found[0].at_us == 1019);
	}
	/* before is below, since is not below */
	q = (struct log_query){.before_us = 1010, .since_us = 1005, .most = 100};
	assert_int_equal(list(f, q, &found), 5);
	assert_true(found[0].at_us == 1009 && found[4].at_us == 1005);
	q = (struct log_query){.before_us = 1005, .since_us = 1010, .most = 100};
	assert_int_equal(list(f, q, &found), 0);
}

static void test_filters_of_a_list(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *cause, *endpoint;
		size_t n;
	} rows[] = {{NULL, NULL, 20}, {"*", NULL, 14}, {"", NULL, 6}, {"CODE_EXPIRED", NULL, 7},
		{"CODE_UNKNOWN", NULL, 7}, {"CODE_EXPIRE", NULL, 0}, {"code_expired", NULL, 0},
		{NULL, "token", 10}, {NULL, "authorize", 10}, {NULL, "", 0}, {"*", "token", 7},
		{"", "token", 3}, {"CODE_UNKNOWN", "authorize", 4}};
	struct log_entry *found;

	make_a_mixed_log(f);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct log_query q = {.before_us = INT64_MAX,
			.cause = str_from(rows[i].cause),
			.endpoint = str_from(rows[i].endpoint),
			.most = 100};

		assert_int_equal(list(f, q, &found), rows[i].n);
	}
}

/* Found behind more entries than are read at once. */
static void test_a_rare_cause_is_found_far_back(void **state)
{
	struct fixture *f = *state;
	struct log_query q = {.before_us = INT64_MAX, .cause = STR("CODE_UNKNOWN"), .most = 5};
	struct log_entry *found, rare = entry_at(3, true, 10);

	begin(f);
	rare.cause = STR("CODE_UNKNOWN");
	add(&f->store, rare);
	fill(f, 3, true, 1000, 1200);
	commit(f);
	assert_int_equal(list(f, q, &found), 1);
	assert_int_equal(found[0].at_us, 10);
}

/* Many at the same microsecond, around the end of what is read at once. */
static void test_entries_of_the_same_moment_are_all_found(void **state)
{
	struct fixture *f = *state;
	struct log_query q = {.before_us = INT64_MAX, .most = 2000};
	struct log_entry *found;

	begin(f);
	for (int i = 0; i < 1200; i++)
		add(&f->store, entry_at(3, true, 1000 + i / 700));
	commit(f);
	assert_int_equal(list(f, q, &found), 1200);
	for (size_t i = 0; i < 1200; i++)
		for (size_t k = 0; i < 3 && k < i; k++)
			assert_true(found[i].id != found[k].id);
	q.before_us = 1001;
	assert_int_equal(list(f, q, &found), 700);
}

static void test_counts_add_up(void **state)
{
	struct fixture *f = *state;
	struct refusal_count *counts;
	size_t n;

	begin(f);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			refusal_count_add(&f->store, 3, 100, STR("CODE_EXPIRED"), 5), DB_OK);
	assert_int_equal(refusal_count_add(&f->store, 3, 100, STR("CODE_UNKNOWN"), 1), DB_OK);
	assert_int_equal(refusal_count_add(&f->store, 3, 101, STR("CODE_EXPIRED"), 2), DB_OK);
	assert_int_equal(refusal_count_add(&f->store, 4, 100, STR("CODE_EXPIRED"), 9), DB_OK);
	commit(f);
	assert_int_equal(refusal_count_list(&f->other, &f->arena, 3, 100, &counts, &n), DB_OK);
	assert_int_equal(n, 3);
	assert_true(counts[0].hour == 100 && counts[0].n == 15);
	assert_true(str_eq_c(counts[1].cause, "CODE_UNKNOWN") && counts[1].n == 1);
	assert_true(counts[2].hour == 101 && counts[2].n == 2);
	assert_int_equal(refusal_count_list(&f->other, &f->arena, 3, 101, &counts, &n), DB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(refusal_count_list(&f->other, &f->arena, 5, 0, &counts, &n), DB_OK);
	assert_int_equal(n, 0);
}

/* Is there more to do? */
static bool purge(struct fixture *f, int64_t days, size_t batch)
{
	bool more = true;

	begin(f);
	assert_int_equal(request_log_purge(&f->store, days, batch, &more), DB_OK);
	commit(f);
	return more;
}

static void test_what_is_too_old_goes(void **state)
{
	struct fixture *f = *state;
	int64_t now = store_now(&f->store);

	begin(f);
	add(&f->store, entry_at(3, true, (now - 7 * DAY - 60) * S));
	add(&f->store, entry_at(0, false, (now - 7 * DAY - 60) * S));
	add(&f->store, entry_at(3, true, (now - 7 * DAY + 60) * S));
	add(&f->store, entry_at(0, false, now * S));
	refusal_count_add(&f->store, 3, (now - 7 * DAY) / HOUR - 1, STR("X"), 1);
	refusal_count_add(&f->store, 3, (now - 7 * DAY) / HOUR, STR("X"), 1);
	refusal_count_add(&f->store, 0, now / HOUR, STR("X"), 1);
	commit(f);
	purge(f, 7, 500);
	assert_int_equal(count(f, "request_log"), 2);
	assert_int_equal(count(f, "refusal_count"), 2);
	clock_advance(&f->clock, 8 * DAY * S);
	purge(f, 7, 500);
	assert_int_equal(count(f, "request_log"), 0);
	assert_int_equal(count(f, "refusal_count"), 0);
	purge(f, 7, 500);
}

static void test_no_more_than_a_batch_at_once(void **state)
{
	struct fixture *f = *state;

	begin(f);
	fill(f, 3, true, 1000, 25);
	commit(f);
	assert_true(purge(f, 7, 10));
	assert_int_equal(count(f, "request_log"), 15);
	assert_true(purge(f, 7, 10));
	assert_false(purge(f, 7, 10));
	assert_int_equal(count(f, "request_log"), 0);
}

/* Ids are leased in blocks: a worker that had been quiet writes small ids late. */
static void test_old_entries_behind_younger_ids_go_too(void **state)
{
	struct fixture *f = *state;
	int64_t now = store_now(&f->store) * S;

	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	add(&f->other, entry_at(3, true, now));
	assert_int_equal(db_commit(f->other.db), DB_OK);
	begin(f);
	fill(f, 3, true, 1000, 5);
	commit(f);
	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	for (int i = 0; i < 30; i++)
		add(&f->other, entry_at(3, true, now + i));
	assert_int_equal(db_commit(f->other.db), DB_OK);
	for (int i = 0; i < 3; i++)
		purge(f, 7, 10);
	assert_int_equal(count(f, "request_log WHERE at_us < 2000"), 0);
	assert_int_equal(count(f, "request_log"), 31);
}

/* One below, at and above what an app may have; the oldest go, and nobody else's. */
static void test_an_app_has_a_bounded_window(void **state)
{
	struct fixture *f = *state;
	int64_t now = store_now(&f->store) * S;

	begin(f);
	fill(f, 2, true, now, LIMIT_LOG_PER_APP - 1);
	fill(f, 3, true, now, LIMIT_LOG_PER_APP);
	fill(f, 4, true, now, LIMIT_LOG_PER_APP + 7);
	fill(f, 4, false, now, LIMIT_LOG_PER_APP + 1);
	fill(f, 0, false, now, LIMIT_LOG_PER_APP + 1);
	commit(f);
	purge(f, 7, 500);
	assert_int_equal(count(f, "request_log WHERE app_id = 2"), LIMIT_LOG_PER_APP - 1);
	assert_int_equal(count(f, "request_log WHERE app_id = 3"), LIMIT_LOG_PER_APP);
	assert_int_equal(
		count(f, "request_log WHERE app_id = 4 AND proven = 1"), LIMIT_LOG_PER_APP);
	assert_int_equal(
		count(f, "request_log WHERE app_id = 4 AND proven = 0"), LIMIT_LOG_PER_APP);
	assert_int_equal(count(f, "request_log WHERE app_id = 0"), LIMIT_LOG_PER_APP + 1);
	char sql[96];

	snprintf(sql, sizeof sql, "request_log WHERE app_id = 4 AND proven = 1 AND at_us < %lld",
		(long long)now + 7);
	assert_int_equal(count(f, sql), 0);
}

/* SQL in one go, for what would take long in single steps. */
static void fill_at_once(struct fixture *f, int64_t app_id, int64_t from_id, int64_t at_us, int n)
{
	char sql[400];

	snprintf(sql, sizeof sql,
		"WITH RECURSIVE i(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM i WHERE x < %d)"
		" INSERT INTO request_log SELECT %lld + x, 'r', %lld + x, %lld, 0, 'token', 'X',"
		" NULL, '', '', '{}' FROM i",
		n - 1, (long long)from_id, (long long)at_us, (long long)app_id);
	run_sql(f, sql);
}

static void test_requests_of_no_app_have_a_bounded_window(void **state)
{
	struct fixture *f = *state;
	int64_t now = store_now(&f->store) * S;

	fill_at_once(f, 0, 1000000, now, LIMIT_LOG_ANONYMOUS);
	purge(f, 7, 500);
	assert_int_equal(count(f, "request_log"), LIMIT_LOG_ANONYMOUS);
	fill_at_once(f, 0, 2000000, now - 2000, 3);
	assert_true(purge(f, 7, 2));
	assert_int_equal(count(f, "request_log"), LIMIT_LOG_ANONYMOUS + 1);
	assert_false(purge(f, 7, 500));
	assert_int_equal(count(f, "request_log"), LIMIT_LOG_ANONYMOUS);
	assert_int_equal(count(f, "request_log WHERE id >= 2000000"), 0);
}

/* Many apps, none of which has too much, have too much together. */
static void test_all_together_are_bounded(void **state)
{
	struct fixture *f = *state;
	int64_t now = store_now(&f->store) * S;

	for (int64_t app = 1; app <= LIMIT_LOG_ROWS / LIMIT_LOG_PER_APP; app++)
		fill_at_once(f, app, app * 1000000, now, LIMIT_LOG_PER_APP);
	purge(f, 7, 500);
	assert_int_equal(count(f, "request_log"), LIMIT_LOG_ROWS);
	fill_at_once(f, 5000, INT64_C(5000000000), now, 30);
	assert_true(purge(f, 7, 20));
	assert_int_equal(count(f, "request_log"), LIMIT_LOG_ROWS + 10);
	assert_false(purge(f, 7, 500));
	assert_int_equal(count(f, "request_log"), LIMIT_LOG_ROWS);
	assert_int_equal(count(f, "request_log WHERE app_id = 5000"), 30);
}

static void test_a_log_goes_with_its_app(void **state)
{
	struct fixture *f = *state;

	begin(f);
	struct account mona = make_account(f, "mona", "mona@example.com"),
		       ana = make_account(f, "ana", "ana@example.com");
	struct app one = make_app(f, mona.id, "One"), two = make_app(f, mona.id, "Two"),
		   three = make_app(f, ana.id, "Three");
	const int64_t apps[] = {one.id, two.id, three.id, 0};

	for (int i = 0; i < 4; i++) {
		fill(f, apps[i], true, 1000, 3);
		fill(f, apps[i], false, 1000, 3);
		refusal_count_add(&f->store, apps[i], 100, STR("X"), 1);
	}
	assert_int_equal(app_delete(&f->store, one.id), DB_OK);
	commit(f);
	assert_int_equal(count(f, "request_log"), 18);
	assert_int_equal(count(f, "refusal_count"), 3);
	db_rollback(f->store.db);
	begin(f);
	assert_int_equal(account_delete(&f->store, &f->arena, mona.id), DB_OK);
	commit(f);
	assert_int_equal(count(f, "request_log"), 12);
	assert_int_equal(count(f, "refusal_count"), 2);
}

static void test_a_failing_store_says_so(void **state)
{
	struct fixture *f = *state;
	const struct log_query q = {.app_id = 3, .before_us = INT64_MAX, .most = 10};
	struct log_entry *found, e = entry_at(3, true, 1000);
	bool more;
	size_t n;

	begin(f);
	add(&f->store, e);
	commit(f);
	for (int way = 0; way < 2; way++) {
		assert_true(fail_configure(way ? "store.step:1+" : "store.query:1+"));
		assert_int_equal(
			request_log_by_request(&f->store, &f->arena, e.request_id, &found, &n),
			DB_FAILED);
		assert_int_equal(request_log_list(&f->store, &f->arena, &q, &found, &n), DB_FAILED);
		assert_int_equal(request_log_add(&f->store, &e), DB_FAILED);
		assert_int_equal(request_log_purge(&f->store, 7, 10, &more), DB_FAILED);
		fail_configure(NULL);
	}
}

static void test_whose_secret_it_is(void **state)
{
	struct fixture *f = *state;
	char text[CLIENT_SECRET_LEN + 1];
	struct look_secret found;
	struct app_secret *secrets;
	size_t n;

	begin(f);
	struct account mona = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, mona.id, "One");

	assert_int_equal(app_secret_add(&f->store, app.id, mona.id, text), DB_OK);
	commit(f);
	assert_int_equal(look_secret(&f->store, &f->arena, str_from(text), &found), DB_OK);
	assert_true(found.app_id == app.id && found.owner_id == mona.id);
	assert_true(str_eq_c(found.app_name, "One"));
	assert_true(str_eq_c(found.last_eight, text + CLIENT_SECRET_LEN - 8));
	assert_true(found.created_at > 0 && found.revoked_at == 0);
	db_rollback(f->store.db);
	begin(f);
	assert_int_equal(app_secret_list(&f->store, &f->arena, app.id, &secrets, &n), DB_OK);
	/* The last live one cannot be revoked. */
	char another[CLIENT_SECRET_LEN + 1];

	assert_int_equal(app_secret_add(&f->store, app.id, mona.id, another), DB_OK);
	assert_int_equal(app_secret_revoke(&f->store, app.id, secrets[0].id), DB_OK);
	commit(f);
	assert_int_equal(look_secret(&f->store, &f->arena, str_from(text), &found), DB_OK);
	assert_true(found.revoked_at > 0);
	text[0] = text[0] == 'a' ? 'b' : 'a';
	assert_int_equal(look_secret(&f->store, &f->arena, str_from(text), &found), DB_NONE);
	assert_int_equal(look_secret(&f->store, &f->arena, STR(""), &found), DB_NONE);
}

static void test_who_ended_a_token(void **state)
{
	struct fixture *f = *state;
	char text[TOKEN_TEXT_LEN + 1], refresh[REFRESH_TEXT_LEN + 1];
	struct look_token token;
	struct look_end end;
	uint64_t id;

	begin(f);
	struct account mona = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, mona.id, "One");
	struct grant grant = make_grant(f, mona.id, &app, "repo");

	assert_int_equal(store_next_id(&f->store, &id), DB_OK);
	const struct token_fields fields = {.kind = TOKEN_OAUTH,
		.app_id = app.id,
		.account_id = mona.id,
		.grant_id = grant.id,
		.scopes = STR("repo")};
	const struct family_fields family = {.app_id = app.id,
		.account_id = mona.id,
		.grant_id = grant.id,
		.token_id = id,
		.scopes = STR("repo"),
		.expires_at = store_now(&f->store) + DAY};

	assert_int_equal(token_issue(&f->store, id, &fields, text), DB_OK);
	assert_int_equal(family_begin(&f->store, &family, refresh), DB_OK);
	commit(f);
	assert_int_equal(look_token(&f->store, &f->arena, id, &token), DB_OK);
	assert_true(token.app_id == app.id && token.revoked_at == 0 && token.grant_revoked_at == 0);
	assert_false(str_is_set(token.revoked_by) || str_is_set(token.grant_revoked_by));
	assert_true(str_eq_c(token.last_eight, text + TOKEN_TEXT_LEN - 8));
	assert_int_equal(look_grant(&f->store, &f->arena, grant.id, &end), DB_OK);
	assert_true(end.at == 0 && !str_is_set(end.by));
	assert_int_equal(look_family(&f->store, &f->arena, id, &end), DB_OK);
	assert_true(end.at == 0 && !str_is_set(end.by));
	db_rollback(f->store.db);
	begin(f);
	assert_int_equal(token_revoke(&f->store, id, "app"), DB_OK);
	assert_int_equal(family_kill(&f->store, id, "replayed"), DB_OK);
	assert_int_equal(grant_revoke(&f->store, mona.id, app.id, "user"), DB_OK);
	assert_int_equal(app_set_suspended(&f->store, app.id, true), DB_OK);
	assert_int_equal(account_set_suspended(&f->store, mona.id, true), DB_OK);
	commit(f);
	assert_int_equal(look_token(&f->store, &f->arena, id, &token), DB_OK);
	assert_true(token.revoked_at && token.grant_revoked_at && token.app_suspended_at &&
		    token.account_suspended_at);
	assert_true(str_eq_c(token.revoked_by, "app") && str_eq_c(token.grant_revoked_by, "user"));
	assert_int_equal(look_grant(&f->store, &f->arena, grant.id, &end), DB_OK);
	assert_true(end.at > 0 && str_eq_c(end.by, "user"));
	assert_int_equal(look_family(&f->store, &f->arena, id, &end), DB_OK);
	assert_true(end.at > 0 && str_eq_c(end.by, "replayed"));
	assert_int_equal(look_token(&f->store, &f->arena, id + 100000, &token), DB_NONE);
	assert_int_equal(look_grant(&f->store, &f->arena, id + 100000, &end), DB_NONE);
	assert_int_equal(look_family(&f->store, &f->arena, id + 100000, &end), DB_NONE);
}

static void test_ids_that_were_given(void **state)
{
	struct fixture *f = *state;
	uint64_t id;

	begin(f);
	assert_int_equal(store_next_id(&f->store, &id), DB_OK);
	commit(f);
	uint64_t last = look_last_id(&f->store);

	assert_true(last >= id);
	assert_true(look_id_was_given(&f->store, id));
	assert_true(look_id_was_given(&f->store, last));
	assert_false(look_id_was_given(&f->store, last + 1));
	assert_false(look_id_was_given(&f->store, 0));
	assert_false(look_id_was_given(&f->store, UINT64_MAX));
	assert_true(fail_configure("store.step:1+"));
	assert_int_equal(look_last_id(&f->store), 0);
	assert_false(look_id_was_given(&f->store, id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_an_entry_comes_back_as_it_was),
		WITH_STORE(test_what_is_not_there),
		WITH_STORE(test_requests_and_flows_are_told_oldest_first),
		WITH_STORE(test_both_halves_are_one_list),
		WITH_STORE(test_limits_of_a_list),
		WITH_STORE(test_filters_of_a_list),
		WITH_STORE(test_a_rare_cause_is_found_far_back),
		WITH_STORE(test_entries_of_the_same_moment_are_all_found),
		WITH_STORE(test_counts_add_up),
		WITH_STORE(test_what_is_too_old_goes),
		WITH_STORE(test_no_more_than_a_batch_at_once),
		WITH_STORE(test_old_entries_behind_younger_ids_go_too),
		WITH_STORE(test_an_app_has_a_bounded_window),
		WITH_STORE(test_requests_of_no_app_have_a_bounded_window),
		WITH_STORE(test_all_together_are_bounded),
		WITH_STORE(test_a_log_goes_with_its_app),
		WITH_STORE(test_a_failing_store_says_so),
		WITH_STORE(test_whose_secret_it_is),
		WITH_STORE(test_who_ended_a_token),
		WITH_STORE(test_ids_that_were_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
