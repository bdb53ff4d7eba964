/* What fails while signing keys are made, ended and used: each call to the database once, the
 * library, keys that are none. It is told, it leaves nothing behind, and the same works then.
 * Assurance 6.6. */
#include "fail_each.h"
#include "flow/rehearsal.h"
#include "signing_node.h"

static const char *const points[] = {"store.query", "store.step"};
enum { POINTS = sizeof points / sizeof points[0] };

struct trial {
	struct fixture *f;
	struct node n;
	struct arena arena; /* of one try */
	struct str kid;     /* of the key that is to end, */
	bool leaked;        /* and why */
	/* What there was before. */
	struct signing_key *keys;
	size_t keys_n;
	int64_t noted;
};

/* As somebody else sees it. */
static size_t see(struct fixture *f, struct signing_key **keys)
{
	size_t n;

	assert_int_equal(
		signing_keys_list(&f->other, &f->arena, JOSE_ES256, true, keys, &n), DB_OK);
	db_rollback(f->other.db);
	return n;
}

static void nothing_came(void *of)
{
	struct trial *t = of;
	struct signing_key *keys;

	assert_int_equal(see(t->f, &keys), t->keys_n);
	for (size_t i = 0; i < t->keys_n; i++) {
		assert_true(str_eq(keys[i].kid, t->keys[i].kid));
		assert_true(str_eq(keys[i].private_jwk, t->keys[i].private_jwk) ||
			    !t->keys[i].has_private);
		assert_int_equal(keys[i].has_private, t->keys[i].has_private);
		assert_memory_equal(&keys[i].times, &t->keys[i].times, sizeof keys[i].times);
	}
	assert_int_equal(count(t->f, "audit"), t->noted);
}

/* No keys yet. The last trial's are gone. */
static struct trial start(struct fixture *f)
{
	struct trial t = {.f = f};

	run_sql(f, "DELETE FROM signing_key");
	arena_reset(&f->arena);
	t.n = make_node(f, &f->store);
	return t;
}

/* The housekeeping goes from one algorithm to the next: what it did before it failed was complete.
 */
static void whole_changes_came(void *of)
{
	struct trial *t = of;
	struct signing_key *keys;
	size_t n = see(t->f, &keys);
	bool made = n > t->keys_n;

	if (!made && (n < 2 || keys[1].has_private == t->keys[1].has_private)) {
		nothing_came(of);
		return;
	}
	assert_int_equal(n, t->keys_n + made);
	assert_int_equal(count(t->f, "audit"), t->noted + made);
	if (n > 1)
		assert_int_equal(keys[1].times.ends_at, keys[0].times.active_at);
}

static void fail_each_call(
	struct trial *t, const char *point, bool (*try)(void *), void (*unchanged)(void *))
{
	const struct work work = {try, unchanged, t};

	t->keys_n = see(t->f, &t->keys);
	t->noted = count(t->f, "audit");
	arena_init(&t->arena, 64 << 20);
	fail_each(&work, point);
	arena_release(&t->arena);
	end_node(&t->n);
}

static struct key_change change_of(struct trial *t)
{
	arena_reset(&t->arena);
	return (struct key_change){t->n.store, &t->arena, &t->n.settings, STR("test")};
}

static bool try_to_retire(void *of)
{
	struct trial *t = of;
	const struct key_change change = change_of(t);
	enum key_retired result;
	struct signing_key k;
	char spare[JWK_TEXT_MAX];

	assert_true(jwk_generate(JOSE_ES256, spare));
	assert_int_equal(db_begin_write(t->n.store->db), DB_OK);
	enum db_status status = signing_key_retire(&change, t->kid, t->leaked, spare, &result, &k);

	assert_true(status == DB_OK || status == DB_FAILED);
	if (status == DB_OK)
		assert_int_equal(result, KEY_RETIRE_DONE);
	return finish(t->n.store, status == DB_OK);
}

static void test_6_6_a_key_that_ends_does_so_altogether_or_not(void **state)
{
	static const struct {
		bool waits;        /* a successor that was published, */
		bool of_successor; /* which is the one to end */
		bool leaked, given_up;
	} rows[] = {
		{0, 0, 0, 0}, {0, 0, 1, 0}, {1, 0, 1, 0}, {1, 1, 0, 0}, {1, 1, 1, 0}, {0, 0, 0, 1}};

	for (size_t i = 0; i < POINTS * sizeof rows / sizeof rows[0]; i++) {
		struct trial t = start(*state);
		struct signing_key *keys;
		struct str first;

		/* There is always an older one, that leaked. */
		sign(&t.n, &first);
		retire(t.f, &t.n, first, true);
		sign(&t.n, &t.kid);
		if (rows[i / POINTS].waits)
			retire(t.f, &t.n, t.kid, false);
		assert_int_equal(list(t.f, &t.n, &keys), rows[i / POINTS].waits ? 3 : 2);
		if (rows[i / POINTS].of_successor)
			t.kid = keys[0].kid;
		if (rows[i / POINTS].given_up)
			t.n.settings.signing_algs = JOSE_BIT(JOSE_RS256);
		t.leaked = rows[i / POINTS].leaked;
		fail_each_call(&t, points[i % POINTS], try_to_retire, nothing_came);
	}
}

static bool try_to_tend(void *of)
{
	struct trial *t = of;
	const struct key_change change = change_of(t);
	enum db_status status = signing_keys_tend(&change, true);

	assert_true(status == DB_OK || status == DB_FAILED);
	return status == DB_OK;
}

/* The housekeeping makes a first key, a successor, or forgets a private half. */
static void test_6_6_housekeeping_that_fails_changes_nothing(void **state)
{
	static const int64_t ages[] = {-1, 89 * DAY + 60, DAY + KEY_WIPE_AFTER_S + 60};

	for (size_t i = 0; i < POINTS * sizeof ages / sizeof ages[0]; i++) {
		struct trial t = start(*state);
		int64_t age = ages[i / POINTS];
		struct str kid;

		if (age > 0) {
			sign(&t.n, &kid);
			retire(t.f, &t.n, kid, true);
			sign(&t.n, &kid);
		}
		if (age > 0 && age < 2 * DAY)
			retire(t.f, &t.n, kid, false);
		advance(t.f, age > 0 ? age : 0);
		fail_each_call(&t, points[i % POINTS], try_to_tend, whole_changes_came);
	}
}

static void test_housekeeping_without_a_new_key_tries_again(void **state)
{
	struct trial t = start(*state);

	fail_each_call(&t, "jose.generate", try_to_tend, nothing_came);
}

static bool try_to_sign(void *of)
{
	struct trial *t = of;
	struct context *c = context_of(&t->n);
	struct str text;

	arena_reset(&t->arena);
	c->arena = &t->arena;
	c->failed = false;
	assert_int_equal(db_begin_write(c->store->db), DB_OK);
	bool good = sign_jwt(c, JOSE_ES256, "at+jwt", STR("{\"sub\":\"x\"}"), &text);

	assert_int_equal(good, !c->failed);
	assert_int_equal(str_is_set(text), good);
	return finish(c->store, good);
}

static void test_a_first_signature_that_fails_leaves_no_key(void **state)
{
	for (size_t i = 0; i < POINTS; i++) {
		struct trial t = start(*state);

		fail_each_call(&t, points[i], try_to_sign, nothing_came);
	}
}

static bool try_to_add(void *of)
{
	struct trial *t = of;
	struct context *c = context_of(&t->n);
	static char texts[JOSE_ALGS][JWK_TEXT_MAX];

	arena_reset(&t->arena);
	c->arena = &t->arena;
	c->failed = c->part = false;
	assert_true(jwk_generate(JOSE_ES256, texts[JOSE_ES256]));
	bool good = signing_add(c, texts);

	assert_int_equal(good, !c->failed);
	return finish(c->store, good);
}

static void test_a_transaction_that_does_not_begin_adds_no_key(void **state)
{
	struct trial t = start(*state);

	fail_each_call(&t, "store.begin", try_to_add, nothing_came);
}

static void test_a_spare_that_is_no_key_replaces_none(void **state)
{
	struct trial t = start(*state);
	const struct key_change change = {t.n.store, &t.f->arena, &t.n.settings, STR("test")};
	enum key_retired result;
	struct signing_key k;

	struct str token = sign(&t.n, &t.kid), kid;

	t.keys_n = see(t.f, &t.keys);
	t.noted = count(t.f, "audit");
	for (int leaked = 0; leaked < 2; leaked++) {
		begin(t.f);
		assert_int_equal(
			signing_key_retire(&change, t.kid, leaked, "{}", &result, &k), DB_FAILED);
		finish(t.n.store, false);
		nothing_came(&t);
	}
	assert_int_equal(verify(&t.n, token, SIGNED_LIVE), JWS_GOOD);
	sign(&t.n, &kid);
	assert_true(str_eq(kid, t.kid));
	end_node(&t.n);
}

/* A row that somebody has spoilt stands in nobody's way. */
static void test_a_key_that_cannot_be_used_is_passed_over(void **state)
{
	struct trial t = start(*state);
	struct str old, kid, token = sign(&t.n, &old);

	retire(t.f, &t.n, old, true);
	sign(&t.n, &t.kid);
	t.keys_n = see(t.f, &t.keys);
	begin(t.f);
	struct signing_key spoilt = t.keys[0];

	spoilt.kid = STR("spoilt");
	spoilt.number = t.keys[0].number + 1;
	spoilt.private_jwk = STR("{\"kty\":\"EC\"}");
	assert_int_equal(signing_keys_begin_change(&t.f->store), DB_OK);
	assert_int_equal(signing_key_insert(&t.f->store, &spoilt), DB_OK);
	commit(t.f);
	token = sign(&t.n, &kid);
	assert_true(str_eq(kid, t.kid));
	assert_int_equal(verify(&t.n, token, SIGNED_LIVE), JWS_GOOD);
	assert_false(is_published(&t.n, STR("spoilt")));
	end_node(&t.n);
}

/* An algorithm that was given up while a successor waited: that one takes over, and ends with its
 * own period. */
static void test_a_successor_of_a_given_up_algorithm_ends_with_its_period(void **state)
{
	struct trial t = start(*state);
	struct signing_key *keys;

	sign(&t.n, &t.kid);
	retire(t.f, &t.n, t.kid, false);
	t.n.settings.signing_algs = JOSE_BIT(JOSE_RS256);
	tend(t.f, &t.n, false);
	assert_int_equal(list(t.f, &t.n, &keys), 2);
	assert_false(keys[0].times.ends_at);
	advance(t.f, 91 * DAY - 60);
	tend(t.f, &t.n, false);
	list(t.f, &t.n, &keys);
	assert_false(keys[0].times.ends_at);
	advance(t.f, 120);
	tend(t.f, &t.n, false);
	list(t.f, &t.n, &keys);
	assert_int_equal(keys[0].times.ends_at, store_now(&t.f->store));
	end_node(&t.n);
}

static void test_a_rehearsed_lost_key_that_cannot_be_made_is_our_failure(void **state)
{
	struct trial t = start(*state);
	struct context *c = context_of(&t.n);
	static struct rehearsal r;
	struct fault fault = {.client_id = "abc", .kind = FAULT_EXPIRED_KEY, .left = 1};
	struct str text;

	sign(&t.n, &t.kid);
	rehearsal_init(&r, &t.f->clock);
	assert_true(faults_add(&r.faults, &fault));
	c->rehearsal = &r;
	begin(t.f);
	/* of nobody, so that nobody's fault is taken */
	assert_true(sign_jwt(c, JOSE_ES256, "JWT", STR("[]"), &text));
	assert_int_equal(verify(&t.n, text, SIGNED_LIVE), JWS_GOOD);
	begin(t.f);
	assert_true(fail_configure("jose.generate:1"));
	assert_false(sign_jwt(c, JOSE_ES256, "JWT", STR("{\"aud\":\"abc\"}"), &text));
	assert_true(c->failed && !str_is_set(text));
	end_node(&t.n);
}

/* A program that keeps no house makes its keys when it signs. */
static void test_nobody_need_be_told_of_keys(void **state)
{
	struct trial t = start(*state);
	struct context *c = context_of(&t.n);

	signing_will_be_needed(c);
	assert_false(c->failed);
	assert_false(db_is_writing(t.f->store.db));
	sign(&t.n, &t.kid);
	signing_free(NULL);
	end_node(&t.n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_6_6_a_key_that_ends_does_so_altogether_or_not),
		WITH_STORE(test_6_6_housekeeping_that_fails_changes_nothing),
		WITH_STORE(test_housekeeping_without_a_new_key_tries_again),
		WITH_STORE(test_a_first_signature_that_fails_leaves_no_key),
		WITH_STORE(test_a_transaction_that_does_not_begin_adds_no_key),
		WITH_STORE(test_a_spare_that_is_no_key_replaces_none),
		WITH_STORE(test_a_key_that_cannot_be_used_is_passed_over),
		WITH_STORE(test_a_successor_of_a_given_up_algorithm_ends_with_its_period),
		WITH_STORE(test_a_rehearsed_lost_key_that_cannot_be_made_is_our_failure),
		WITH_STORE(test_nobody_need_be_told_of_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
