/* What the flows promise about time and order, over a real store and a clock that can be moved. */
#include "base/buf.h"
#include "base/limits.h"
#include "fail_each.h"
#include "flow/attempts.h"
#include "flow/authorize.h"
#include "flow/check_token.h"
#include "flow/client_credentials.h"
#include "flow/device.h"
#include "flow/device_decide.h"
#include "flow/device_poll.h"
#include "flow/exchange_token.h"
#include "flow/introspect.h"
#include "flow/jwt_bearer.h"
#include "flow/logout.h"
#include "flow/push_request.h"
#include "flow/redeem_code.h"
#include "flow/refresh.h"
#include "flow/register.h"
#include "flow/revoke_token.h"
#include "flow/seen_once.h"
#include "flow/signing.h"
#include "flow/token_uses.h"
#include "flow/userinfo.h"
#include "store/resource.h"

static const int64_t DAY = 86400;

struct flows {
	struct fixture *f;
	struct settings settings;
	struct counters counters;
	struct token_uses uses;
	struct context context;
	struct app app;
	struct grant grant;
	char token[TOKEN_TEXT_LEN + 1];
	uint64_t token_id;
	struct str bound; /* of pairs */
};

static void prepare(struct flows *w, struct fixture *f)
{
	memset(w, 0, sizeof *w);
	w->f = f;
	w->settings.token_unused_days = 365;
	w->context = (struct context){.store = &f->store,
		.settings = &w->settings,
		.counters = &w->counters,
		.uses = &w->uses,
		.arena = &f->arena,
		.random = &f->random};
	begin(f);
	struct account user = make_account(f, "mona", "mona@example.com");

	w->app = make_app(f, user.id, "App");
	w->grant = make_grant(f, user.id, &w->app, "repo");
	const struct token_fields fields = {.app_id = w->app.id,
		.account_id = user.id,
		.grant_id = w->grant.id,
		.scopes = STR("repo")};

	assert_int_equal(store_next_id(&f->store, &w->token_id), DB_OK);
	/* A second begins, so that none ends before what is tried one second from an edge. */
	clock_advance(&f->clock, 1000000 - clock_now_us(&f->clock) % 1000000);
	assert_int_equal(token_issue(&f->store, w->token_id, &fields, w->token), DB_OK);
	commit(f);
}

static enum cause check(struct flows *w)
{
	struct checked_token checked;
	enum step_result result = check_token(&w->context, str_from(w->token), &checked);

	assert_true(result == STEP_DONE || result == STEP_REFUSE);
	db_rollback(w->f->store.db);
	return checked.refusal.cause;
}

/* In the running transaction. */
static uint64_t fresh_id(struct flows *w)
{
	uint64_t id;

	assert_int_equal(store_next_id(&w->f->store, &id), DB_OK);
	return id;
}

static void write_uses(struct flows *w)
{
	begin(w->f);
	assert_int_equal(token_uses_write(&w->uses, &w->f->store), DB_OK);
	commit(w->f);
}

static void test_s9_a_year_without_use_ends_a_token(void **state)
{
	struct flows *w = calloc(1, sizeof *w);

	prepare(w, *state);
	clock_advance(&w->f->clock, (365 * DAY - 1) * 1000000);
	assert_int_equal(check(w), CAUSE_NONE);
	w->uses = (struct token_uses){.n = 0}; /* that use is never written */
	clock_advance(&w->f->clock, 1000000);
	assert_int_equal(check(w), CAUSE_TOKEN_UNUSED);
	w->settings.token_unused_days = 0;
	assert_int_equal(check(w), CAUSE_NONE);
	free(w);
}

static void test_s9_a_use_keeps_a_token_for_another_year(void **state)
{
	struct flows *w = calloc(1, sizeof *w);

	prepare(w, *state);
	clock_advance(&w->f->clock, 300 * DAY * 1000000);
	assert_int_equal(check(w), CAUSE_NONE);
	assert_int_equal(w->uses.n, 1);
	write_uses(w);
	assert_int_equal(w->uses.n, 0);
	clock_advance(&w->f->clock, (365 * DAY - 1) * 1000000);
	assert_int_equal(check(w), CAUSE_NONE);
	w->uses = (struct token_uses){.n = 0};
	clock_advance(&w->f->clock, 1000000);
	assert_int_equal(check(w), CAUSE_TOKEN_UNUSED);
	free(w);
}

/* Uses are written later than they happen: what counts is when they happened. */
static void test_a_use_that_is_written_late_counts_from_its_time(void **state)
{
	struct flows *w = calloc(1, sizeof *w);

	prepare(w, *state);
	clock_advance(&w->f->clock, 2 * DAY * 1000000);
	assert_int_equal(check(w), CAUSE_NONE);
	clock_advance(&w->f->clock, 365 * DAY * 1000000);
	write_uses(w);
	assert_int_equal(check(w), CAUSE_TOKEN_UNUSED);
	free(w);
}

static bool try_to_write_uses(void *of)
{
	struct flows *w = of;

	begin(w->f);
	enum db_status status = token_uses_write(&w->uses, &w->f->store);

	assert_true(status == DB_OK || status == DB_FAILED);
	return finish(&w->f->store, status == DB_OK);
}

static void uses_are_kept(void *of)
{
	struct flows *w = of;

	assert_int_equal(w->uses.n, 3);
	assert_int_equal(count(w->f, "token_use"), 0);
}

/* What could not be written is written the next time. */
static void test_uses_that_were_not_written_are_kept(void **state)
{
	static const char *const points[] = {"store.query", "store.step"};
	struct flows *w = calloc(1, sizeof *w);
	const struct work work = {try_to_write_uses, uses_are_kept, w};

	prepare(w, *state);
	for (size_t i = 0; i < 2; i++) {
		for (uint64_t id = 1; id <= 3; id++)
			token_uses_add(&w->uses, id, store_now(&w->f->store));
		fail_each(&work, points[i]);
		assert_int_equal(w->uses.n, 0);
		assert_int_equal(count(w->f, "token_use"), 3);
		run_sql(w->f, "DELETE FROM token_use");
	}
	free(w);
}

static void test_uses_are_kept_once_and_bounded(void **state)
{
	struct token_uses *u = calloc(1, sizeof *u);

	(void)state;
	for (int i = 0; i < 3; i++)
		for (uint64_t id = 1; id <= TOKEN_USES_FULL - 1; id++)
			token_uses_add(u, id, 100 + i);
	assert_int_equal(u->n, TOKEN_USES_FULL - 1);
	token_uses_add(u, 1 << 20, 1);
	assert_int_equal(u->n, TOKEN_USES_FULL);
	token_uses_add(u, 1 << 21, 1);
	assert_int_equal(u->n, TOKEN_USES_FULL);
	free(u);
}

/* A token that expires is good to the last second before, 9449-like edges of RFC 6749 5.1. */
static void test_an_expiring_token_ends_on_time(void **state)
{
	struct flows *w = calloc(1, sizeof *w);
	struct issued issued;

	prepare(w, *state);
	w->settings.access_token_lifetime_s = 28800;
	w->settings.refresh_token_lifetime_s = 15897600;
	begin(w->f);
	const struct issue_request request = {.app_id = w->app.id,
		.account_id = 1,
		.grant_id = w->grant.id,
		.scopes = STR("repo"),
		.token_id = fresh_id(w),
		.terms = {28800, true}};

	assert_int_equal(issue_token(&w->context, &request, &issued), STEP_NEXT);
	commit(w->f);
	memcpy(w->token, issued.access_token.p, sizeof w->token);
	clock_advance(&w->f->clock, 28799 * 1000000LL);
	assert_int_equal(check(w), CAUSE_NONE);
	clock_advance(&w->f->clock, 1000000);
	assert_int_equal(check(w), CAUSE_TOKEN_EXPIRED);
	free(w);
}

static enum cause refresh_with(struct flows *w, struct issued *pair)
{
	struct refresh r;
	const struct refresh_request request = {.edge = DIALECT_GITHUB,
		.credentials = {.client_id = w->app.client_id},
		.refresh_token = str_from(pair->refresh_token)};

	begin(w->f);
	enum step_result result = refresh(&w->context, &request, &r);

	commit(w->f);
	if (result == STEP_DONE)
		*pair = r.issued;
	assert_true(result == STEP_DONE || result == STEP_REFUSE);
	return r.refusal.cause;
}

static struct issued public_pair(struct flows *w)
{
	struct issued issued;

	w->settings.access_token_lifetime_s = 100;
	w->settings.refresh_token_lifetime_s = 1000;
	w->settings.refresh_grace_s = 60;
	begin(w->f);
	const struct issue_request request = {.app_id = w->app.id,
		.account_id = 1,
		.grant_id = w->grant.id,
		.scopes = STR("repo"),
		.token_id = fresh_id(w),
		.terms = {100, true},
		.public_client = true,
		.bound = w->bound,
		.client_id = w->app.client_id};

	assert_int_equal(issue_token(&w->context, &request, &issued), STEP_NEXT);
	commit(w->f);
	return issued;
}

/* P25 */
static void test_e2_the_grace_ends_on_time(void **state)
{
	struct flows *w = calloc(1, sizeof *w);

	prepare(w, *state);
	struct issued first = public_pair(w), next = first, again = first;

	assert_int_equal(refresh_with(w, &next), CAUSE_NONE);
	clock_advance(&w->f->clock, 59 * 1000000LL);
	assert_int_equal(refresh_with(w, &again), CAUSE_NONE);
	assert_string_equal(again.refresh_token, next.refresh_token);
	assert_true(str_eq(again.access_token, next.access_token));
	assert_int_equal(again.expires_in_s, 41);
	clock_advance(&w->f->clock, 1000000);
	again = first;
	assert_int_equal(refresh_with(w, &again), CAUSE_REFRESH_REPLAYED);
	assert_int_equal(refresh_with(w, &next), CAUSE_REFRESH_KILLED);
	free(w);
}

static void test_s4_an_unused_refresh_token_ends_on_time_and_use_renews_it(void **state)
{
	struct flows *w = calloc(1, sizeof *w);

	prepare(w, *state);
	struct issued pair = public_pair(w);

	clock_advance(&w->f->clock, 999 * 1000000LL);
	assert_int_equal(refresh_with(w, &pair), CAUSE_NONE);
	clock_advance(&w->f->clock, 999 * 1000000LL);
	assert_int_equal(refresh_with(w, &pair), CAUSE_NONE);
	clock_advance(&w->f->clock, 1000 * 1000000LL);
	assert_int_equal(refresh_with(w, &pair), CAUSE_REFRESH_EXPIRED);
	free(w);
}

/* A pair, what it was refreshed to, and what is shown now. */
struct refreshing {
	struct flows *w;
	struct issued pair, next;
	int64_t tokens, generation;
};

static bool try_to_refresh(void *of)
{
	struct refreshing *t = of;
	struct flows *w = t->w;
	struct refresh r;
	const struct refresh_request request = {.edge = DIALECT_GITHUB,
		.credentials = {.client_id = w->app.client_id},
		.refresh_token = str_from(t->pair.refresh_token)};

	w->context.failed = false;
	begin(w->f);
	enum step_result result = refresh(&w->context, &request, &r);

	assert_true(result == (w->context.failed ? STEP_FAIL : STEP_DONE));
	if (result == STEP_DONE)
		t->next = r.issued;
	return finish(&w->f->store, result == STEP_DONE);
}

static void not_refreshed(void *of)
{
	struct refreshing *t = of;

	assert_int_equal(count(t->w->f, "token WHERE revoked_at IS NULL"), t->tokens);
	assert_int_equal(ask_sql(t->w->f, "SELECT MAX(generation) FROM refresh_family", true),
		t->generation);
}

/* What fails ends nothing: the pair is good, and once it was used, its reply is told once more. */
static void fail_each_refresh(struct flows *w)
{
	static const char *const points[] = {"store.query", "store.step"};

	for (size_t i = 0; i < 2; i++) {
		struct refreshing t = {.w = w, .pair = public_pair(w)};
		const struct work work = {try_to_refresh, not_refreshed, &t};

		t.tokens = count(w->f, "token WHERE revoked_at IS NULL");
		t.generation = 1;
		fail_each(&work, points[i]);
		struct issued next = t.next;

		t.generation = 2;
		assert_int_equal(count(w->f, "token WHERE revoked_at IS NULL"), t.tokens);
		fail_each(&work, points[i]);
		assert_string_equal(t.next.refresh_token, next.refresh_token);
		assert_true(str_eq(t.next.access_token, next.access_token));
		run_sql(w->f, "DELETE FROM refresh_family");
	}
}

static void test_6_2_a_refresh_that_fails_is_tried_again(void **state)
{
	struct flows *w = calloc(1, sizeof *w);

	prepare(w, *state);
	fail_each_refresh(w);
	free(w);
}

/* Whose access tokens are signed, with a key that is made for the first. */
static void test_6_2_a_refresh_at_a_resource_that_fails_is_tried_again(void **state)
{
	struct flows *w = calloc(1, sizeof *w);
	const struct resource api = {.identifier = STR("https://api.example"),
		.name = STR("API"),
		.form = TOKEN_JWT,
		.alg = JOSE_EDDSA,
		.scopes = STR("repo")};
	const struct bound bound = {.resources = {api.identifier}, .resources_n = 1};

	prepare(w, *state);
	w->settings.base_url = STR("https://id.example");
	w->settings.signing_algs = JOSE_BIT(JOSE_EDDSA);
	w->settings.signing_default = JOSE_EDDSA;
	w->settings.signing_key_days = 90;
	w->context.signing = signing_new();
	w->bound = bound_write(&w->f->arena, &bound);
	begin(w->f);
	assert_int_equal(resource_create(&w->f->store, &api), DB_OK);
	commit(w->f);
	fail_each_refresh(w);
	signing_free(w->context.signing);
	free(w);
}

/* More names than are read: nobody guesses which were meant, and the pair is as good as before. */
static void test_a_refresh_with_too_long_a_scope_ends_nothing(void **state)
{
	struct flows *w = calloc(1, sizeof *w);
	struct buf scope;
	struct refresh r;

	prepare(w, *state);
	struct issued pair = public_pair(w);

	buf_init(&scope, &w->f->arena, LIMIT_SCOPE_TEXT);
	buf_add_c(&scope, "repo");
	for (int i = 0; i < LIMIT_SCOPES; i++)
		buf_addf(&scope, " x%d", i);
	const struct refresh_request request = {.edge = DIALECT_GITHUB,
		.credentials = {.client_id = w->app.client_id},
		.refresh_token = str_from(pair.refresh_token),
		.scope = buf_str(&scope)};

	begin(w->f);
	assert_int_equal(refresh(&w->context, &request, &r), STEP_REFUSE);
	commit(w->f);
	assert_int_equal(r.refusal.cause, CAUSE_REFRESH_SCOPE_WIDER);
	assert_int_equal(refresh_with(w, &pair), CAUSE_NONE);
	free(w);
}

/* Cleared out before its time, or ended by itself: the refresh token is no worse for it. */
static void test_a_refresh_without_its_access_token_goes_on(void **state)
{
	static const char *const ends[] = {"UPDATE token SET revoked_at = 1", "DELETE FROM token"};
	struct flows *w = calloc(1, sizeof *w);

	prepare(w, *state);
	struct issued pair = public_pair(w);

	for (size_t i = 0; i < 2; i++) {
		run_sql(w->f, ends[i]);
		assert_int_equal(refresh_with(w, &pair), CAUSE_NONE);
		memcpy(w->token, pair.access_token.p, sizeof w->token);
		assert_int_equal(check(w), CAUSE_NONE);
	}
	free(w);
}

/* Its access token was cleared out meanwhile: the pair is told as it was all the same. */
static void test_6_2_a_lost_reply_is_told_without_its_access_token(void **state)
{
	struct flows *w = calloc(1, sizeof *w);

	prepare(w, *state);
	struct issued first = public_pair(w), next = first, again = first;

	assert_int_equal(refresh_with(w, &next), CAUSE_NONE);
	run_sql(w->f, "DELETE FROM token");
	assert_int_equal(refresh_with(w, &again), CAUSE_NONE);
	assert_string_equal(again.refresh_token, next.refresh_token);
	assert_true(str_eq(again.access_token, next.access_token));
	assert_true(str_eq_c(again.scopes, "repo"));
	assert_int_equal(count(w->f, "token"), 0);
	free(w);
}

/* A pair that was told and then lost with its transaction is no replay: nobody stole it. */
static void test_6_2_a_pair_that_the_database_has_lost_ends_nothing(void **state)
{
	struct flows *w = calloc(1, sizeof *w);
	struct refresh lost;

	prepare(w, *state);
	struct issued pair = public_pair(w);
	const struct refresh_request request = {.edge = DIALECT_GITHUB,
		.credentials = {.client_id = w->app.client_id},
		.refresh_token = str_from(pair.refresh_token)};

	begin(w->f);
	assert_int_equal(refresh(&w->context, &request, &lost), STEP_DONE);
	finish(&w->f->store, false);
	assert_int_equal(refresh_with(w, &lost.issued), CAUSE_REFRESH_UNKNOWN);
	assert_int_equal(refresh_with(w, &pair), CAUSE_NONE);
	assert_int_equal(refresh_with(w, &pair), CAUSE_NONE);
	free(w);
}

/* Where a step stands in a flow's order. */
static size_t place(const char *(*step)(size_t), const char *name)
{
	size_t i = 0;

	while (step(i) && strcmp(step(i), name) != 0)
		i++;
	assert_non_null(step(i));
	return i;
}

static size_t length(const char *(*step)(size_t))
{
	size_t n = 0;

	while (step(n))
		n++;
	assert_null(step(n + 1));
	return n;
}

static void test_effects_come_after_the_last_check(void **state)
{
	(void)state;
	assert_int_equal(place(redeem_code_step, "authenticate"), 0);
	assert_true(place(redeem_code_step, "find_code") > place(redeem_code_step, "check_app"));
	/* only a request with everything right is a replay (21-06) */
	assert_true(place(redeem_code_step, "revoke_on_replay") >
		    place(redeem_code_step, "check_verifier"));
	assert_int_equal(place(redeem_code_step, "consume_code"), length(redeem_code_step) - 2);
	assert_int_equal(place(refresh_step, "rotate"), length(refresh_step) - 2);
	assert_int_equal(place(log_out_step, "end_the_session"), length(log_out_step) - 1);
	assert_int_equal(place(userinfo_step, "check_access_token"), 0);
	assert_int_equal(place(userinfo_step, "tell_claims"), length(userinfo_step) - 1);
	assert_int_equal(place(register_step, "create"), length(register_step) - 1);
	assert_int_equal(place(replace_step, "find_managed"), 0);
	assert_int_equal(place(replace_step, "replace"), length(replace_step) - 1);
	assert_true(place(authorize_step, "need_user") < place(authorize_step, "need_class"));
	assert_int_equal(place(authorize_step, "use_pushed"), length(authorize_step) - 2);
	assert_int_equal(place(authorize_step, "record_grant"), length(authorize_step) - 1);
	assert_true(
		place(authorize_step, "read_pushed") < place(authorize_step, "check_redirect_uri"));
	assert_int_equal(place(push_request_step, "authenticate"), 0);
	assert_int_equal(place(push_request_step, "keep"), length(push_request_step) - 1);
	assert_true(
		place(authorize_step, "check_redirect_uri") > place(authorize_step, "find_client"));
	assert_true(
		place(authorize_step, "check_state") > place(authorize_step, "check_redirect_uri"));
	assert_int_equal(place(start_device_step, "issue_codes"), length(start_device_step) - 1);
	assert_int_equal(place(decide_device_step, "record_grant"), length(decide_device_step) - 1);
	assert_int_equal(place(poll_device_step, "consume_code"), length(poll_device_step) - 2);
	assert_int_equal(place(grant_to_client_step, "authenticate"), 0);
	assert_int_equal(
		place(grant_to_client_step, "find_grant"), length(grant_to_client_step) - 2);
	assert_int_equal(place(grant_by_assertion_step, "authenticate"), 0);
	assert_int_equal(place(grant_by_assertion_step, "use_assertion"),
		length(grant_by_assertion_step) - 3);
	assert_int_equal(place(exchange_token_step, "authenticate"), 0);
	assert_int_equal(place(exchange_token_step, "find_grant"), length(exchange_token_step) - 2);
	assert_int_equal(place(introspect_step, "authenticate"), 0);
	assert_int_equal(place(introspect_step, "tell"), length(introspect_step) - 2);
	assert_int_equal(place(revoke_token_step, "authenticate"), 0);
	assert_int_equal(place(revoke_token_step, "end_token"), length(revoke_token_step) - 1);
	/* GitHub reference 5.5: how often it polls matters before what was decided */
	assert_true(place(poll_device_step, "check_pace") + 1 ==
		    place(poll_device_step, "check_decision"));
}

static enum taken take(struct flows *w, const char *whose, const char *jti, struct refusal *r)
{
	const struct once once = {
		"dpop", str_from(whose), str_from(jti), store_now(&w->f->store) + 900};

	*r = (struct refusal){.cause = CAUSE_NONE};
	return take_once(&w->context, &once, r);
}

/* As if `n` had been taken by now. */
static void have_taken(struct flows *w, const char *whose, int64_t n)
{
	rate_limits_count(w->context.attempts, str_printf(&w->f->arena, "dpop %s", whose),
		(struct rate){LIMIT_JTIS, RATE_HOUR}, n, store_now(&w->f->store));
}

static void assert_too_often(struct flows *w, const char *whose, const char *jti)
{
	struct refusal r;

	assert_int_equal(take(w, whose, jti, &r), TAKEN_TOO_OFTEN);
	assert_int_equal(r.cause, CAUSE_JTI_TOO_MANY);
	assert_true(str_is_set(refusal_evidence(&r, EVIDENCE_wait)));
	assert_true(str_eq_c(refusal_evidence(&r, EVIDENCE_most), "1000000"));
}

/* One below, at and above the limit: nothing is forgotten to make room. */
static void test_A140_the_list_of_what_was_shown_is_bounded(void **state)
{
	static struct rate_limits attempts;
	struct flows *w = calloc(1, sizeof *w);
	struct refusal r;

	prepare(w, *state);
	rate_limits_init(&attempts, &w->f->random);
	w->context.attempts = &attempts;
	w->context.remote = STR("192.0.2.1");
	assert_int_equal(take(w, "one key", "a", &r), TAKEN_FIRST);
	have_taken(w, "of one key", LIMIT_JTIS - 3);
	assert_int_equal(take(w, "one key", "b", &r), TAKEN_FIRST);
	assert_int_equal(take(w, "one key", "a", &r), TAKEN_AGAIN);
	assert_too_often(w, "one key", "c");
	assert_too_often(w, "one key", "a");
	assert_int_equal(take(w, "other key", "c", &r), TAKEN_FIRST);
	/* any number of keys at one address */
	have_taken(w, "from 192.0.2.1", LIMIT_JTIS - 5);
	assert_int_equal(take(w, "third key", "d", &r), TAKEN_FIRST);
	assert_too_often(w, "fourth key", "e");
	w->context.remote = STR("192.0.2.2");
	assert_int_equal(take(w, "fourth key", "e", &r), TAKEN_FIRST);
	/* what was shown is remembered for its own time, not for the limit's */
	clock_advance(&w->f->clock, 899 * 1000000LL);
	assert_int_equal(take(w, "other key", "c", &r), TAKEN_AGAIN);
	clock_advance(&w->f->clock, 2702 * 1000000LL);
	assert_int_equal(take(w, "one key", "c", &r), TAKEN_FIRST);
	commit(w->f);
	free(w);
}

/* 6.6: by the clock of a node that is ahead it was over, by the one of this node it is not. */
static void test_I18_what_was_shown_is_remembered_longer_than_clocks_differ(void **state)
{
	struct flows *w = calloc(1, sizeof *w);
	struct refusal r;

	prepare(w, *state);
	assert_int_equal(take(w, "key", "a", &r), TAKEN_FIRST);
	commit(w->f);
	clock_advance(&w->f->clock, (900 + LIMIT_CLOCK_SKEW) * 1000000LL);
	begin(w->f);
	assert_int_equal(store_purge(&w->f->store, 100), DB_OK);
	assert_int_equal(take(w, "key", "a", &r), TAKEN_AGAIN);
	commit(w->f);
	clock_advance(&w->f->clock, 1000000LL);
	begin(w->f);
	assert_int_equal(take(w, "key", "a", &r), TAKEN_FIRST);
	commit(w->f);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_s9_a_year_without_use_ends_a_token),
		WITH_STORE(test_s9_a_use_keeps_a_token_for_another_year),
		WITH_STORE(test_a_use_that_is_written_late_counts_from_its_time),
		WITH_STORE(test_uses_that_were_not_written_are_kept),
		WITH_STORE(test_uses_are_kept_once_and_bounded),
		WITH_STORE(test_an_expiring_token_ends_on_time),
		WITH_STORE(test_e2_the_grace_ends_on_time),
		WITH_STORE(test_s4_an_unused_refresh_token_ends_on_time_and_use_renews_it),
		WITH_STORE(test_6_2_a_refresh_that_fails_is_tried_again),
		WITH_STORE(test_6_2_a_refresh_at_a_resource_that_fails_is_tried_again),
		WITH_STORE(test_a_refresh_with_too_long_a_scope_ends_nothing),
		WITH_STORE(test_a_refresh_without_its_access_token_goes_on),
		WITH_STORE(test_6_2_a_lost_reply_is_told_without_its_access_token),
		WITH_STORE(test_6_2_a_pair_that_the_database_has_lost_ends_nothing),
		WITH_STORE(test_effects_come_after_the_last_check),
		WITH_STORE(test_A140_the_list_of_what_was_shown_is_bounded),
		WITH_STORE(test_I18_what_was_shown_is_remembered_longer_than_clocks_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
