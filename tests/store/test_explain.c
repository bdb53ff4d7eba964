/* Whose log it is, what is new in it, and what was different the last time that it went well. */
#include "base/limits.h"
#include "explain/access.h"
#include "explain/follow.h"
#include "explain/sequence.h"
#include "flow/look_closer.h"
#include "store/request_log.h"
#include "store_fixture.h"

#define S INT64_C(1000000)
enum { FLOW = 500, GOOD = 600 };

/* An owner with an app, another owner with another, and an administrator. */
struct people {
	struct account owner, other, admin;
	struct app app, foreign;
};

static struct people meet(struct fixture *f)
{
	struct people p;

	begin(f);
	p.owner = make_account(f, "owner", "owner@example.com");
	p.other = make_account(f, "other", "other@example.com");
	p.admin = make_account(f, "admin", "admin@example.com");
	p.admin.site_admin = true;
	p.app = make_app(f, p.owner.id, "App");
	p.foreign = make_app(f, p.other.id, "Foreign");
	commit(f);
	return p;
}

static struct log_entry entry_of(int64_t app_id, int64_t at_us, const char *endpoint)
{
	return (struct log_entry){
		.request_id = STR("0:1:1"),
		.at_us = at_us,
		.app_id = app_id,
		.proven = true,
		.endpoint = str_from(endpoint),
		.address = STR("192.0.2.7"),
		.user_agent = STR(""),
		.detail = STR("{}"),
	};
}

static void add(struct store *s, struct log_entry e)
{
	assert_int_equal(db_begin_write(s->db), DB_OK);
	assert_int_equal(request_log_add(s, &e), DB_OK);
	assert_int_equal(db_commit(s->db), DB_OK);
}

static void add_refusal(
	struct fixture *f, int64_t app_id, const char *request_id, const char *cause)
{
	struct log_entry e = entry_of(app_id, 1000, "token");

	e.request_id = str_from(request_id);
	e.cause = str_from(cause);
	add(&f->store, e);
}

/* access */

static size_t seen_by(struct fixture *f, const struct account *viewer, const char *request_id)
{
	struct log_entry *found;
	size_t n = 77;
	enum db_status status =
		explain_request_for(&f->store, &f->arena, str_from(request_id), viewer, &found, &n);

	db_rollback(f->store.db);
	assert_int_equal(status, n ? DB_OK : DB_NONE);
	return n;
}

static size_t seen_by_app(struct fixture *f, int64_t app_id, const char *request_id)
{
	struct log_entry *found;
	size_t n = 77;
	enum db_status status = explain_request_of_app(
		&f->store, &f->arena, str_from(request_id), app_id, &found, &n);

	db_rollback(f->store.db);
	assert_int_equal(status, n ? DB_OK : DB_NONE);
	return n;
}

static void test_who_may_read_it(void **state)
{
	struct fixture *f = *state;
	struct people p = meet(f);
	struct log_entry *found;
	size_t n;

	add_refusal(f, p.app.id, "0:1:1", "CODE_EXPIRED");
	add_refusal(f, 0, "0:1:2", "CLIENT_UNKNOWN");
	assert_int_equal(seen_by(f, &p.owner, "0:1:1"), 1);
	assert_int_equal(seen_by(f, &p.other, "0:1:1"), 0);
	assert_int_equal(seen_by(f, &p.admin, "0:1:1"), 1);
	assert_int_equal(seen_by_app(f, p.app.id, "0:1:1"), 1);
	assert_int_equal(seen_by_app(f, p.foreign.id, "0:1:1"), 0);
	/* Of no app: nobody's but the administrator's. */
	assert_int_equal(seen_by(f, &p.owner, "0:1:2"), 0);
	assert_int_equal(seen_by(f, &p.admin, "0:1:2"), 1);
	assert_int_equal(seen_by_app(f, p.app.id, "0:1:2"), 0);
	assert_int_equal(seen_by_app(f, 0, "0:1:2"), 0);
	assert_int_equal(
		explain_request_for_operator(&f->store, &f->arena, STR("0:1:2"), &found, &n),
		DB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(
		explain_request_for_operator(&f->store, &f->arena, STR("0:1:3"), &found, &n),
		DB_NONE);
	assert_int_equal(n, 0);
	assert_int_equal(seen_by(f, &p.admin, "0:1:3"), 0);
}

/* One request id with entries of several: each sees their own. */
static void test_a_request_of_two_apps(void **state)
{
	struct fixture *f = *state;
	struct people p = meet(f);

	add_refusal(f, p.app.id, "0:1:1", "CODE_EXPIRED");
	add_refusal(f, p.foreign.id, "0:1:1", "CODE_UNKNOWN");
	add_refusal(f, 0, "0:1:1", "CLIENT_UNKNOWN");
	assert_int_equal(seen_by(f, &p.owner, "0:1:1"), 1);
	assert_int_equal(seen_by(f, &p.other, "0:1:1"), 1);
	assert_int_equal(seen_by(f, &p.admin, "0:1:1"), 3);
	assert_int_equal(seen_by_app(f, p.app.id, "0:1:1"), 1);
}

/* The log goes to the new owner with the app. */
static void test_an_app_that_changed_hands(void **state)
{
	struct fixture *f = *state;
	struct people p = meet(f);

	add_refusal(f, p.app.id, "0:1:1", "CODE_EXPIRED");
	begin(f);
	assert_int_equal(app_transfer_offer(&f->store, p.app.id, p.other.id), DB_OK);
	commit(f);
	assert_int_equal(seen_by(f, &p.other, "0:1:1"), 0);
	begin(f);
	assert_int_equal(app_transfer_accept(&f->store, &f->arena, p.app.id, p.other.id), DB_OK);
	commit(f);
	assert_int_equal(seen_by(f, &p.owner, "0:1:1"), 0);
	assert_int_equal(seen_by(f, &p.other, "0:1:1"), 1);
}

static void test_refusals_come_first(void **state)
{
	struct fixture *f = *state;
	struct people p = meet(f);
	static const char *const causes[] = {NULL, "A", NULL, "B"};
	struct log_entry *found;
	size_t n;

	for (int i = 0; i < 4; i++) {
		struct log_entry e = entry_of(p.app.id, 1000 + i, "token");

		e.cause = str_from(causes[i]);
		add(&f->store, e);
	}
	assert_int_equal(
		explain_request_for(&f->store, &f->arena, STR("0:1:1"), &p.owner, &found, &n),
		DB_OK);
	assert_int_equal(n, 4);
	assert_true(str_eq_c(found[0].cause, "A") && str_eq_c(found[1].cause, "B"));
	assert_true(found[2].at_us == 1000 && found[3].at_us == 1002);
}

static void test_access_while_the_store_fails(void **state)
{
	struct fixture *f = *state;
	struct people p = meet(f);
	struct log_entry *found;
	size_t n = 77;

	add_refusal(f, p.app.id, "0:1:1", "CODE_EXPIRED");
	assert_true(fail_configure("store.step:1+"));
	assert_int_equal(
		explain_request_for(&f->store, &f->arena, STR("0:1:1"), &p.owner, &found, &n),
		DB_FAILED);
	assert_int_equal(n, 0);
	/* The entry is found, and then its app is not: nobody sees what may not be theirs. */
	assert_true(fail_configure("store.step:3+"));
	assert_int_not_equal(
		explain_request_for(&f->store, &f->arena, STR("0:1:1"), &p.owner, &found, &n),
		DB_OK);
	assert_int_equal(n, 0);
}

/* follow */

static size_t next(struct fixture *f, struct follow *follow, struct log_entry **out)
{
	size_t n;

	assert_int_equal(follow_next(follow, &f->store, &f->arena, out, &n), DB_OK);
	db_rollback(f->store.db);
	return n;
}

/* The first look only says what is there. */
static struct follow *start(struct fixture *f, bool all)
{
	struct follow *follow = calloc(1, sizeof *follow);
	struct log_entry *found;

	assert_non_null(follow);
	follow->app_id = 3;
	follow->all = all;
	assert_int_equal(next(f, follow, &found), 0);
	return follow;
}

static int64_t now_us(const struct fixture *f)
{
	return store_now(&f->store) * S;
}

static void test_following_tells_each_entry_once(void **state)
{
	struct fixture *f = *state;
	struct log_entry *found;
	int64_t now = now_us(f);
	struct follow *follow;

	add(&f->store, entry_of(3, now - 1 * S, "token"));
	follow = start(f, true);
	assert_int_equal(next(f, follow, &found), 0);
	add(&f->store, entry_of(3, now, "token"));
	add(&f->store, entry_of(4, now, "token"));
	add(&f->store, entry_of(3, now + 1 * S, "token"));
	assert_int_equal(next(f, follow, &found), 2);
	assert_true(found[0].at_us == now && found[1].at_us == now + 1 * S);
	assert_int_equal(next(f, follow, &found), 0);
	free(follow);
}

/* Another worker's commit comes a moment later than that of a younger entry. */
static void test_what_becomes_visible_late_is_told(void **state)
{
	struct fixture *f = *state;
	struct log_entry *found;
	int64_t now = now_us(f);
	struct follow *follow = start(f, true);

	add(&f->store, entry_of(3, now, "token"));
	assert_int_equal(next(f, follow, &found), 1);
	add(&f->other, entry_of(3, now - 4 * S, "token"));
	assert_int_equal(next(f, follow, &found), 1);
	assert_int_equal(found[0].at_us, now - 4 * S);
	assert_int_equal(next(f, follow, &found), 0);
	free(follow);
}

static void test_what_went_well_is_told_to_whom_asks(void **state)
{
	struct fixture *f = *state;
	struct log_entry *found;
	struct follow *all = start(f, true), *refused = start(f, false);
	struct log_entry e = entry_of(3, now_us(f), "token");

	add(&f->store, e);
	e.cause = STR("TOKEN_BAD_CODE");
	add(&f->store, e);
	assert_int_equal(next(f, all, &found), 2);
	assert_int_equal(next(f, refused, &found), 1);
	assert_string_equal(found[0].cause.p, "TOKEN_BAD_CODE");
	free(all);
	free(refused);
}

/* How late an entry may become visible: LIMIT_LOG_EVENTS_BACK, below, at and above. */
static void test_how_late_is_too_late(void **state)
{
	struct fixture *f = *state;
	struct log_entry *found;
	int64_t back = LIMIT_LOG_EVENTS_BACK * S, now;
	struct follow *follow;

	/* A whole second until the time that counts moves on. */
	clock_advance(&f->clock, S - clock_now_us(&f->clock) % S);
	now = now_us(f);
	follow = start(f, true);
	add(&f->other, entry_of(3, now - back + 1, "token"));
	assert_int_equal(next(f, follow, &found), 1);
	add(&f->other, entry_of(3, now - back, "token"));
	assert_int_equal(next(f, follow, &found), 1);
	add(&f->other, entry_of(3, now - back - 1, "token"));
	assert_int_equal(next(f, follow, &found), 0);
	free(follow);
}

/* LIMIT_LOG_EVENTS new entries in one look, one below, at and above: the newest, each once. */
static void test_a_crowd(void **state)
{
	struct fixture *f = *state;
	struct follow *follow = start(f, true);
	struct log_entry *found;
	int64_t at = now_us(f);

	for (int extra = -1; extra <= 1; extra++) {
		size_t told = LIMIT_LOG_EVENTS + (extra < 0 ? -1 : 0);

		begin(f);
		for (int i = 0; i < LIMIT_LOG_EVENTS + extra; i++) {
			struct log_entry e = entry_of(3, ++at, "token");

			assert_int_equal(request_log_add(&f->store, &e), DB_OK);
		}
		commit(f);
		assert_int_equal(next(f, follow, &found), told);
		assert_int_equal(found[told - 1].at_us, at);
		assert_int_equal(next(f, follow, &found), 0);
		arena_reset(&f->arena);
	}
	free(follow);
}

static void test_following_while_the_store_fails(void **state)
{
	struct fixture *f = *state;
	struct follow *follow = start(f, true);
	struct log_entry *found;
	size_t n = 77;

	add(&f->store, entry_of(3, now_us(f), "token"));
	assert_true(fail_configure("store.step:1"));
	assert_int_equal(follow_next(follow, &f->store, &f->arena, &found, &n), DB_FAILED);
	assert_int_equal(n, 0);
	fail_configure(NULL);
	db_rollback(f->store.db);
	assert_int_equal(next(f, follow, &found), 1);
	free(follow);
}

/* sequence */

static void add_step(struct fixture *f, int64_t app_id, uint64_t flow_id, int64_t at_us,
	const char *endpoint, const char *cause, const char *facts)
{
	struct log_entry e = entry_of(app_id, at_us, endpoint);

	e.request_id = str_printf(&f->arena, "0:%lld:1", (long long)at_us);
	e.flow_id = flow_id;
	e.cause = str_from(cause);
	e.detail = str_printf(&f->arena, "{\"facts\":{%s}}", facts);
	add(&f->store, e);
}

static struct sequence_of of_app(struct fixture *f, int64_t app_id)
{
	return (struct sequence_of){&f->store, &f->arena, LANG_EN, app_id};
}

/* A flow that went well, and a later one that did not: another redirect URI, and no verifier. */
static void make_flows(struct fixture *f)
{
	add_step(f, 3, GOOD, 1000, "authorize", NULL,
		"\"redirect_uri\":\"https://a/cb\",\"consent\":\"asked\",\"scope\":\"user\"");
	add_step(f, 3, GOOD, 2000, "token", NULL, "\"client_auth\":\"body\",\"code\":\"40\"");
	add_step(f, 3, FLOW, 5000, "authorize", NULL,
		"\"redirect_uri\":\"https://a/cb\",\"consent\":\"remembered\",\"scope\":\"user\"");
	add_step(f, 3, FLOW, 6000, "token", "CODE_REDIRECT_DIFFERS",
		"\"client_auth\":\"basic\",\"code\":\"40\",\"redirect_uri\":\"https://b/cb\"");
}

static void test_a_flow_beside_the_last_that_went_well(void **state)
{
	struct fixture *f = *state;
	const struct sequence_of of = of_app(f, 3);
	struct sequence s;

	make_flows(f);
	assert_int_equal(sequence_read(&of, FLOW, &s), DB_OK);
	assert_true(s.flow_id == FLOW && s.n == 2);
	assert_true(s.refused && !s.went_well);
	assert_int_equal(s.compared_to, GOOD);
	assert_true(s.steps[0].from == PARTY_BROWSER && s.steps[1].from == PARTY_APP);
	/* What the person was asked differs each time, and says nothing. */
	assert_int_equal(s.steps[0].differences_n, 0);
	assert_int_equal(s.first_different, 1);
	assert_int_equal(s.steps[1].differences_n, 2);
	for (size_t i = 0; i < 2; i++)
		assert_true(s.steps[1].differences[i].here.n && s.steps[1].differences[i].there.n);
	/* In words: a redirect URI that was not sent is "nothing". */
	assert_true(str_eq_c(s.steps[1].differences[1].here, "https://b/cb"));
	assert_true(str_eq_c(s.steps[1].differences[1].there, "nothing"));
}

static void test_the_flow_that_went_well(void **state)
{
	struct fixture *f = *state;
	const struct sequence_of of = of_app(f, 3);
	struct sequence s;

	make_flows(f);
	assert_int_equal(sequence_read(&of, GOOD, &s), DB_OK);
	assert_true(s.went_well && !s.refused);
	/* There is no other to compare it with, and nothing that differs. */
	assert_true(s.compared_to == 0 && s.first_different == s.n);
}

static void test_the_first_step_that_differs_may_have_gone_well(void **state)
{
	struct fixture *f = *state;
	const struct sequence_of of = of_app(f, 3);
	struct sequence s;

	make_flows(f);
	add_step(f, 3, 700, 7000, "authorize", NULL, "\"scope\":\"repo\"");
	add_step(f, 3, 700, 8000, "token", "CODE_EXPIRED", "\"client_auth\":\"body\"");
	assert_int_equal(sequence_read(&of, 700, &s), DB_OK);
	assert_true(s.compared_to == GOOD && s.first_different == 0);
	assert_int_equal(s.steps[0].differences_n, 2); /* scope, redirect_uri */
}

static void test_flows_of_others_are_none(void **state)
{
	struct fixture *f = *state;
	struct sequence_of of = of_app(f, 4);
	struct sequence s, *flows;
	size_t n;

	make_flows(f);
	assert_int_equal(sequence_read(&of, FLOW, &s), DB_NONE);
	assert_int_equal(sequence_read(&of, 12345, &s), DB_NONE);
	assert_int_equal(sequence_list(&of, &flows, &n), DB_OK);
	assert_int_equal(n, 0);
	/* Nor are they what a flow is compared to. */
	add_step(f, 4, 800, 9000, "token", "CODE_EXPIRED", "");
	assert_int_equal(sequence_read(&of, 800, &s), DB_OK);
	assert_int_equal(s.compared_to, 0);
	of = of_app(f, 0);
	assert_int_equal(sequence_read(&of, FLOW, &s), DB_NONE);
}

static void test_a_request_of_no_flow(void **state)
{
	struct fixture *f = *state;
	const struct sequence_of of = of_app(f, 3);
	struct log_entry alone = entry_of(3, 9000, "token"), *found;
	struct sequence s;
	size_t n;

	make_flows(f);
	alone.cause = STR("CLIENT_SECRET_WRONG");
	alone.request_id = STR("0:9:9");
	alone.detail = STR("{\"facts\":{\"client_auth\":\"body\",\"code\":\"7\"}}");
	add(&f->store, alone);
	assert_int_equal(
		request_log_by_request(&f->store, &f->arena, alone.request_id, &found, &n), DB_OK);
	assert_int_equal(sequence_of_entry(&of, &found[0], &s), DB_OK);
	assert_true(s.flow_id == 0 && s.n == 1 && s.refused);
	assert_true(s.compared_to == GOOD && s.first_different == 0);
	assert_int_equal(s.steps[0].differences_n, 1);
	assert_true(str_eq_c(s.steps[0].differences[0].here, "7 characters"));
}

static void test_the_list_of_flows(void **state)
{
	struct fixture *f = *state;
	const struct sequence_of of = of_app(f, 3);
	struct sequence *flows;
	size_t n;

	make_flows(f);
	add_step(f, 3, 0, 9000, "token", "CLIENT_SECRET_WRONG", "");
	assert_int_equal(sequence_list(&of, &flows, &n), DB_OK);
	assert_int_equal(n, 3);
	assert_true(flows[0].flow_id == 0 && flows[1].flow_id == FLOW && flows[2].flow_id == GOOD);
	for (int i = 0; i < 2 * SEQUENCE_FLOWS; i++)
		add_step(f, 3, 2000 + (uint64_t)i, 10000 + i, "device", NULL, "");
	assert_int_equal(sequence_list(&of, &flows, &n), DB_OK);
	assert_int_equal(n, SEQUENCE_FLOWS);
	assert_int_equal(flows[0].steps[0].from, PARTY_DEVICE);
}

/* The largest entries that a request can leave, in as many flows as there is room for: their list
 * fits in a request's memory, and its JSON in a reply. */
static void test_the_largest_log_can_be_listed(void **state)
{
	struct fixture *f = *state;
	struct arena small;
	struct sequence_of of = of_app(f, 3);
	struct sequence *flows, s;
	struct buf b, facts;
	size_t n;

	buf_init(&facts, &f->arena, 4000);
	for (int i = 0; i < 3; i++)
		buf_addf(&facts, "%s\"%s\":\"%0*d\"", i ? "," : "",
			i == 0   ? "redirect_uri"
			: i == 1 ? "scope"
				 : "grant_type",
			900, 7);
	char *text = strdup(str_c(&f->arena, buf_str(&facts)));

	for (int i = 0; i < 2 * SEQUENCE_FLOWS * SEQUENCE_STEPS; i++) {
		add_step(f, 3, 1000 + (uint64_t)i % 21, 5000 + i, i < 21 ? "device_token" : "token",
			i < 21 ? NULL : "TOKEN_GRANT_TYPE", text);
		arena_reset(&f->arena);
	}
	arena_init(&small, LIMIT_REQUEST_ARENA);
	of.arena = &small;
	assert_int_equal(sequence_list(&of, &flows, &n), DB_OK);
	assert_int_equal(n, SEQUENCE_FLOWS);
	buf_init(&b, &small, LIMIT_REPLY);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(flows[i].n, SEQUENCE_LISTED);
		for (size_t k = 0; k < flows[i].n; k++)
			explanation_json(&b, &flows[i].steps[k].e, STR("https://id.example"));
	}
	assert_false(b.overflow);
	arena_reset(&small);
	assert_int_equal(sequence_read(&of, 1000, &s), DB_OK);
	assert_true(s.n == SEQUENCE_STEPS && s.compared_to > 0);
	arena_release(&small);
	free(text);
}

/* A device that polls too early for hours, and at last gets its token. */
static void test_a_flow_of_many_steps(void **state)
{
	struct fixture *f = *state;
	const struct sequence_of of = of_app(f, 3);
	struct sequence s;

	for (int i = 0; i < 300; i++) {
		add_step(f, 3, 900, 1000 + i, "device_token", i ? "DEVICE_TOO_EARLY" : NULL, "");
		if (i != SEQUENCE_STEPS - 1 && i != SEQUENCE_STEPS && i != 299)
			continue;
		assert_int_equal(sequence_read(&of, 900, &s), DB_OK);
		assert_int_equal(s.n, SEQUENCE_STEPS);
		assert_true(s.refused);
		/* The end is what a reader wants to see. */
		assert_int_equal(s.steps[SEQUENCE_STEPS - 1].e.entry->at_us, 1000 + i);
	}
	add_step(f, 3, 900, 2000, "device_token", NULL, "");
	assert_int_equal(sequence_read(&of, 900, &s), DB_OK);
	assert_true(s.went_well && s.n == SEQUENCE_STEPS);
	assert_int_equal(s.steps[SEQUENCE_STEPS - 1].e.entry->at_us, 2000);
}

static void test_a_refusal_of_a_newer_version_is_one(void **state)
{
	struct fixture *f = *state;
	const struct sequence_of of = of_app(f, 3);
	struct sequence s;

	make_flows(f);
	add_step(f, 3, 700, 7000, "token", "MOON_WAS_FULL",
		"\"client_auth\":\"body\",\"code\":\"40\"");
	assert_int_equal(sequence_read(&of, 700, &s), DB_OK);
	assert_true(s.refused && s.first_different == 0);
}

/* A cause that no request makes here: every page and command insists on a callback. */
static void test_an_app_without_callbacks(void **state)
{
	struct fixture *f = *state;
	struct people p = meet(f);
	const struct app_fields fields = {
		.name = STR("Bare"), .homepage = STR("https://a.example")};
	const struct settings settings = {.code_lifetime_s = 600};
	struct context c = {.store = &f->store, .arena = &f->arena, .settings = &settings};
	struct app bare;
	struct str location = STR_NONE;

	begin(f);
	assert_int_equal(
		app_create(&f->store, &f->arena, p.owner.id, STR_NONE, &fields, &bare), DB_OK);
	commit(f);
	const struct authorize_request request = {
		.client_id = bare.client_id, .redirect_uri = STR("https://a.example/cb")};
	struct authorize a = {.request = &request, .account = &p.other};

	assert_int_equal(authorize(&c, &a, &location), STEP_REFUSE);
	assert_int_equal(a.refusal.cause, CAUSE_AUTHORIZE_NO_CALLBACK);
	assert_int_equal(a.refusal.app_id, bare.id);
	assert_false(str_is_set(location));
	if (a.refusal.closer)
		a.refusal.closer(&c, &a.refusal, a.refusal.closer_of);
	assert_int_equal(a.refusal.cause, CAUSE_AUTHORIZE_NO_CALLBACK);
}

/* What an explanation of the app's secret `sent` says, and how often it asks the store. */
static enum cause look_at_wrong_secret(
	struct fixture *f, const struct app *app, struct str sent, bool basic, unsigned long *asked)
{
	const struct client_credentials given = {.client_id = app->client_id,
		.client_secret = sent,
		.raw_secret = basic ? sent : STR_NONE,
		.from_basic = basic,
		.from_body = !basic};
	const struct look_client look = {.given = &given};
	struct refusal r = {.cause = CAUSE_CLIENT_SECRET_WRONG, .app_id = app->id};
	static const struct settings settings;
	struct context c = {.store = &f->store, .arena = &f->arena, .settings = &settings};

	assert_true(fail_configure("store.query:1000"));
	look_at_client(&c, &r, &look);
	*asked = fail_passages("store.query");
	fail_configure(NULL);
	db_rollback(f->store.db);
	return r.cause;
}

static void test_a_wrong_secret_is_asked_for_once(void **state)
{
	struct fixture *f = *state;
	struct people p = meet(f);
	char live[CLIENT_SECRET_LEN + 1], over[CLIENT_SECRET_LEN + 1];
	struct app_secret *secrets;
	unsigned long asked;
	size_t n;

	begin(f);
	assert_int_equal(app_secret_add(&f->store, p.app.id, p.owner.id, over), DB_OK);
	assert_int_equal(app_secret_list(&f->store, &f->arena, p.app.id, &secrets, &n), DB_OK);
	assert_int_equal(app_secret_revoke(&f->store, p.app.id, secrets[0].id), DB_OK);
	assert_int_equal(app_secret_add(&f->store, p.app.id, p.owner.id, live), DB_OK);
	commit(f);
	const struct {
		struct str sent;
		enum cause cause;
		unsigned long asked;
	} cases[] = {
		{STR("0123456789012345678901234567890123456789"), CAUSE_CLIENT_SECRET_WRONG, 1},
		{STR("x"), CAUSE_CLIENT_SECRET_LENGTH, 1},
		{STR("  "), CAUSE_CLIENT_SECRET_LENGTH, 0},
		{str_from(over), CAUSE_CLIENT_SECRET_REVOKED, 1},
		{str_printf(&f->arena, "%s\n", over), CAUSE_CLIENT_SECRET_REVOKED, 1},
		{str_printf(&f->arena, "%s\n", live), CAUSE_CLIENT_SECRET_SPACED, 1},
		{STR("Not In Small Letters"), CAUSE_CLIENT_SECRET_LENGTH, 2},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (int basic = 0; basic < 2; basic++) {
			enum cause cause =
				look_at_wrong_secret(f, &p.app, cases[i].sent, basic, &asked);

			assert_string_equal(cause_name(cause), cause_name(cases[i].cause));
			assert_int_equal(asked, cases[i].asked);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_who_may_read_it),
		WITH_STORE(test_a_request_of_two_apps),
		WITH_STORE(test_an_app_that_changed_hands),
		WITH_STORE(test_refusals_come_first),
		WITH_STORE(test_access_while_the_store_fails),
		WITH_STORE(test_following_tells_each_entry_once),
		WITH_STORE(test_what_becomes_visible_late_is_told),
		WITH_STORE(test_what_went_well_is_told_to_whom_asks),
		WITH_STORE(test_how_late_is_too_late),
		WITH_STORE(test_a_crowd),
		WITH_STORE(test_following_while_the_store_fails),
		WITH_STORE(test_a_flow_beside_the_last_that_went_well),
		WITH_STORE(test_the_flow_that_went_well),
		WITH_STORE(test_the_first_step_that_differs_may_have_gone_well),
		WITH_STORE(test_flows_of_others_are_none),
		WITH_STORE(test_a_request_of_no_flow),
		WITH_STORE(test_the_list_of_flows),
		WITH_STORE(test_the_largest_log_can_be_listed),
		WITH_STORE(test_a_flow_of_many_steps),
		WITH_STORE(test_a_refusal_of_a_newer_version_is_one),
		WITH_STORE(test_an_app_without_callbacks),
		WITH_STORE(test_a_wrong_secret_is_asked_for_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
