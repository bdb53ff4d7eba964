/* Signing keys in the database and what signs with them, on a clock that tests move: rotation in
 * order and at once, two nodes, sealing, failures. Assurance 6.6, OD-03. */
#include "flow/rehearsal.h"
#include "signing_node.h"

static void test_keys_are_made_when_they_are_needed(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct signing_key *keys;
	struct str kid, again;

	tend(f, &n, false);
	assert_int_equal(list(f, &n, &keys), 0);
	assert_int_equal(signing_missing(context_of(&n)), JOSE_BIT(JOSE_ES256));
	sign(&n, &kid);
	assert_int_equal(list(f, &n, &keys), 1);
	assert_true(str_eq(keys[0].kid, kid));
	assert_int_equal(keys[0].number, 1);
	sign(&n, &again);
	assert_true(str_eq(again, kid));
	assert_int_equal(signing_missing(context_of(&n)), 0);
	end_node(&n);
}

static void test_housekeeping_makes_first_keys_when_told(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	_Atomic bool needed = false;
	struct signing_key *keys;
	struct str kid;

	n.c.keys_needed = &needed;
	signing_will_be_needed(context_of(&n));
	db_rollback(n.store->db);
	assert_true(needed);
	tend(f, &n, true);
	assert_int_equal(list(f, &n, &keys), 1);
	sign(&n, &kid);
	assert_true(str_eq(keys[0].kid, kid));
	needed = false;
	signing_will_be_needed(context_of(&n));
	db_rollback(n.store->db);
	assert_false(needed);
	end_node(&n);
}

/* OD-03: the successor is published a day before it signs; the old one stays until its last token
 * has expired; then it verifies hints only, and at last is deleted. */
static void test_OD_03_rotation_in_order(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct signing_key *keys;
	struct str first, second, token, kid;

	token = sign(&n, &first);
	advance(f, 89 * DAY - 60);
	tend(f, &n, false);
	assert_int_equal(list(f, &n, &keys), 1);
	advance(f, 120);
	tend(f, &n, false);
	tend(f, &n, false);
	assert_int_equal(list(f, &n, &keys), 2);
	second = keys[0].kid;
	assert_true(is_published(&n, first) && is_published(&n, second));
	sign(&n, &kid);
	assert_true(str_eq(kid, first));
	advance(f, DAY + 60);
	token = sign(&n, &kid);
	assert_true(str_eq(kid, second));
	assert_true(is_published(&n, first));
	tend(f, &n, false);
	/* the private half is forgotten once it cannot be used */
	advance(f, KEY_WIPE_AFTER_S);
	tend(f, &n, false);
	assert_int_equal(list(f, &n, &keys), 2);
	assert_false(keys[1].has_private);
	assert_true(keys[0].has_private);
	assert_true(is_published(&n, first));
	/* a day of tokens, and the spare time */
	advance(f, DAY);
	assert_false(is_published(&n, first));
	assert_true(is_published(&n, second));
	assert_int_equal(verify(&n, token, SIGNED_LIVE), JWS_GOOD);
	advance(f, KEY_KEPT_S + DAY);
	tend(f, &n, false);
	assert_int_equal(list(f, &n, &keys), 2); /* it has a successor of its own by now */
	assert_false(str_eq(keys[1].kid, first));
	end_node(&n);
}

static void test_LO_03_a_removed_key_verifies_hints_only(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct str first, kid, token = sign(&n, &first);

	assert_int_equal(retire(f, &n, first, false), KEY_RETIRE_DONE);
	assert_int_equal(verify(&n, token, SIGNED_LIVE), JWS_GOOD);
	advance(f, DAY + 60);
	sign(&n, &kid);
	assert_false(str_eq(kid, first));
	assert_int_equal(verify(&n, token, SIGNED_LIVE), JWS_GOOD);
	advance(f, DAY + 300);
	assert_int_equal(verify(&n, token, SIGNED_LIVE), JWS_UNKNOWN_KID);
	assert_int_equal(verify(&n, token, SIGNED_EVER), JWS_GOOD);
	assert_int_equal(retire(f, &n, first, false), KEY_RETIRE_TOO_LATE);
	/* it leaked after all */
	assert_int_equal(retire(f, &n, first, true), KEY_RETIRE_DONE);
	assert_int_equal(verify(&n, token, SIGNED_EVER), JWS_UNKNOWN_KID);
	end_node(&n);
}

static void test_a_leaked_key_is_gone_at_once_on_every_node(void **state)
{
	struct fixture *f = *state;
	struct node one = make_node(f, &f->store), two = make_node(f, &f->other);
	struct signing_key *keys;
	struct str first, kid, token = sign(&one, &first);

	sign(&two, &kid);
	assert_true(str_eq(kid, first));
	assert_int_equal(retire(f, &one, first, true), KEY_RETIRE_DONE);
	assert_int_equal(verify(&two, token, SIGNED_LIVE), JWS_UNKNOWN_KID);
	assert_int_equal(verify(&two, token, SIGNED_EVER), JWS_UNKNOWN_KID);
	assert_false(is_published(&two, first));
	sign(&two, &kid);
	assert_false(str_eq(kid, first));
	assert_int_equal(list(f, &one, &keys), 2);
	assert_false(keys[1].has_private);
	assert_int_equal(retire(f, &one, first, true), KEY_RETIRE_TOO_LATE);
	assert_int_equal(retire(f, &one, STR("x' OR 1=1"), true), KEY_RETIRE_UNKNOWN);
	end_node(&one);
	end_node(&two);
}

/* The successor that waits has been published: it takes over, and no third key is made. */
static void test_a_waiting_successor_replaces_a_leaked_key(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct signing_key *keys;
	struct str first, second, kid;

	sign(&n, &first);
	assert_int_equal(retire(f, &n, first, false), KEY_RETIRE_DONE);
	assert_int_equal(list(f, &n, &keys), 2);
	second = keys[0].kid;
	assert_int_equal(retire(f, &n, first, true), KEY_RETIRE_DONE);
	sign(&n, &kid);
	assert_true(str_eq(kid, second));
	assert_int_equal(list(f, &n, &keys), 2);
	end_node(&n);
}

/* A successor that has signed nothing is withdrawn; the one before it goes on. */
static void test_withdrawing_a_successor(void **state)
{
	for (int leaked = 0; leaked < 2; leaked++) {
		struct fixture *f = *state;
		struct node n = make_node(f, &f->store);
		struct signing_key *keys;
		struct str first, kid;

		sign(&n, &first);
		retire(f, &n, first, false);
		list(f, &n, &keys);
		assert_int_equal(retire(f, &n, keys[0].kid, leaked), KEY_RETIRE_DONE);
		assert_false(is_published(&n, keys[0].kid));
		advance(f, 2 * DAY);
		sign(&n, &kid);
		assert_true(str_eq(kid, first));
		list(f, &n, &keys);
		assert_false(keys[0].has_private);
		/* for the second round */
		assert_int_equal(retire(f, &n, first, true), KEY_RETIRE_DONE);
		end_node(&n);
	}
}

struct race {
	struct key_change change;
	const char *text;
};

static enum db_status add_in_race(struct store *s, void *context)
{
	struct race *r = context;
	struct signing_key k;

	(void)s;
	return signing_key_add(&r->change, JOSE_ES256, r->text, false, &k);
}

/* Both saw that a key is needed and made one: the second finds that it is needed no more. */
static void test_two_nodes_that_rotate_at_once_make_one_key(void **state)
{
	struct fixture *f = *state;
	struct node one = make_node(f, &f->store), two = make_node(f, &f->other);
	char texts[2][JWK_TEXT_MAX];
	struct signing_key *keys;
	struct str kid, other;

	sign(&one, &kid);
	advance(f, 89 * DAY + 60);
	for (int i = 0; i < 2; i++) {
		struct node *n = i ? &two : &one;
		struct race r = {{n->store, &f->arena, &n->settings, STR("test")}, texts[i]};

		assert_true(jwk_generate(JOSE_ES256, texts[i]));
		assert_int_equal(store_write(n->store, add_in_race, &r), i ? DB_NONE : DB_OK);
	}
	assert_int_equal(list(f, &two, &keys), 2);
	advance(f, DAY);
	sign(&one, &kid);
	sign(&two, &other);
	assert_true(str_eq(kid, other));
	end_node(&one);
	end_node(&two);
}

/* Every node signs with the same key at every time, and never with one that was published for less
 * than the lead. */
static void test_6_6_nodes_agree_and_never_sign_too_soon(void **state)
{
	struct fixture *f = *state;
	struct node one = make_node(f, &f->store), two = make_node(f, &f->other);
	struct str first;
	int changes = 0;

	one.settings.signing_key_days = two.settings.signing_key_days = 2;
	sign(&one, &first);
	struct str last = first;

	for (int hours = 0; hours < 24 * 12; hours += 3) {
		struct str kid, other;
		struct signing_key *keys, *k;

		advance(f, 3 * 3600);
		tend(f, hours % 2 ? &one : &two, false);
		struct str token = sign(&one, &kid);

		sign(&two, &other);
		assert_true(str_eq(kid, other));
		assert_true(is_published(&two, kid));
		assert_int_equal(verify(&two, token, SIGNED_LIVE), JWS_GOOD);
		size_t n = list(f, &one, &keys);

		for (k = keys; !str_eq(k->kid, kid); k++)
			assert_true(k < keys + n);
		assert_true(str_eq(kid, first) || k->times.active_at - k->times.created_at >= DAY);
		changes += !str_eq(kid, last);
		last = kid;
	}
	assert_in_range(changes, 4, 6);
	end_node(&one);
	end_node(&two);
}

/* What was rolled back was never there: neither the key nor what the cache made of it. */
static void test_a_rolled_back_key_signs_nothing(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct signing_key *keys;
	struct str text, kid;
	struct context *c = context_of(&n);

	assert_int_equal(db_begin_write(f->store.db), DB_OK);
	assert_true(sign_jwt(c, JOSE_ES256, NULL, STR("{}"), &text));
	db_rollback(f->store.db);
	store_drop_lease(&f->store);
	assert_int_equal(verify(&n, text, SIGNED_LIVE), JWS_UNKNOWN_KID);
	assert_int_equal(list(f, &n, &keys), 0);
	sign(&n, &kid);
	assert_int_equal(list(f, &n, &keys), 1);
	end_node(&n);
}

/* A request that writes nothing (the JWKS) makes its keys in a transaction of its own. */
static void test_keys_are_added_outside_a_transaction_too(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	static char texts[JOSE_ALGS][JWK_TEXT_MAX];

	assert_true(jwk_generate(JOSE_ES256, texts[JOSE_ES256]));
	assert_true(signing_add(context_of(&n), texts));
	assert_true(db_is_writing(f->store.db));
	assert_int_equal(db_commit(f->store.db), DB_OK);
	assert_int_equal(signing_missing(context_of(&n)), 0);
	end_node(&n);
}

/* Adds keys in a turn that another request began to write in, while the `passage`-th statement
 * fails, and ends its part as server/transaction.c does. */
static bool add_in_a_turn(
	struct fixture *f, struct node *n, char texts[JOSE_ALGS][JWK_TEXT_MAX], int passage)
{
	struct context *c = context_of(n);
	char login[16], email[32], spec[32];

	snprintf(login, sizeof login, "user%d", passage);
	snprintf(email, sizeof email, "user%d@example.com", passage);
	snprintf(spec, sizeof spec, "store.query:%d", passage);
	begin(f);
	make_account(f, login, email);
	assert_true(fail_configure(spec));
	bool good = signing_add(c, texts);

	fail_configure(NULL);
	assert_int_equal(good, !c->failed);
	assert_true(c->part || !good);
	if (c->part)
		assert_int_equal((good ? db_release : db_rollback_to)(f->store.db), DB_OK);
	c->part = c->failed = false;
	commit(f);
	return good;
}

static void test_keys_that_fail_leave_the_turn_to_others(void **state)
{
	struct fixture *f = *state;
	static char texts[JOSE_ALGS][JWK_TEXT_MAX];
	int passage = 1;

	if (!db_shares_commit(f->store.db))
		skip();
	struct node n = make_node(f, &f->store);

	n.settings.signing_algs |= JOSE_BIT(JOSE_EDDSA);
	assert_true(jwk_generate(JOSE_ES256, texts[JOSE_ES256]));
	assert_true(jwk_generate(JOSE_EDDSA, texts[JOSE_EDDSA]));
	while (!add_in_a_turn(f, &n, texts, passage)) {
		assert_int_equal(count(f, "signing_key"), 0);
		assert_int_equal(count(f, "account WHERE login LIKE 'user%'"), passage++);
	}
	assert_int_equal(count(f, "signing_key"), 2);
	end_node(&n);
}

static void test_a_private_key_is_sealed_for_its_own_row(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct signing_key *keys;
	struct str kid;
	size_t count;

	sign(&n, &kid);
	list(f, &n, &keys);
	assert_true(str_starts(keys[0].private_jwk, STR("{")));
	assert_null(memmem(keys[0].public_jwk.p, keys[0].public_jwk.n, "\"d\"", 3));
	/* the same row under another name */
	begin(f);
	struct signing_key moved = keys[0];

	moved.kid = STR("another");
	moved.number = 2;
	assert_int_equal(signing_key_insert(&f->store, &moved), DB_OK);
	commit(f);
	/* which ends the transaction on some engines */
	begin(f);
	assert_int_equal(signing_key_insert(&f->store, &moved), DB_CONFLICT);
	db_rollback(f->store.db);
	f->other.vault_key[0] ^= 1;
	assert_int_equal(signing_keys_list(&f->other, &f->arena, JOSE_ES256, true, &keys, &count),
		DB_FAILED);
	assert_int_equal(
		signing_keys_list(&f->other, &f->arena, JOSE_ES256, false, &keys, &count), DB_OK);
	db_rollback(f->other.db);
	end_node(&n);
}

static void test_algorithms_that_are_not_set_do_not_sign(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct context *c = context_of(&n);
	struct str text;

	begin(f);
	assert_false(sign_jwt(c, JOSE_EDDSA, NULL, STR("{}"), &text));
	assert_true(c->failed);
	end_node(&n);
}

/* An algorithm that is set no more: its key is published to the end of its period and what it
 * signed, and has no successor. */
static void test_an_algorithm_that_was_given_up_ends_with_its_period(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct signing_key *keys;
	struct str kid;

	sign(&n, &kid);
	n.settings.signing_algs = JOSE_BIT(JOSE_RS256);
	advance(f, 90 * DAY - 60);
	tend(f, &n, false);
	assert_int_equal(list(f, &n, &keys), 1);
	assert_true(is_published(&n, kid) && !keys[0].times.ends_at);
	advance(f, 120);
	tend(f, &n, false);
	assert_true(is_published(&n, kid));
	tend(f, &n, false);
	assert_int_equal(list(f, &n, &keys), 1);
	advance(f, 2 * DAY);
	assert_false(is_published(&n, kid));
	end_node(&n);
}

/* Nor does it have one when it is ended before, in order or because it leaked. */
static void test_an_algorithm_that_was_given_up_has_no_successor(void **state)
{
	for (int leaked = 0; leaked < 2; leaked++) {
		struct fixture *f = *state;
		struct node n = make_node(f, &f->store);
		struct signing_key *keys;
		struct str kid, token = sign(&n, &kid);
		size_t before = list(f, &n, &keys);

		n.settings.signing_algs = JOSE_BIT(JOSE_RS256);
		assert_int_equal(retire(f, &n, kid, leaked), KEY_RETIRE_DONE);
		assert_int_equal(list(f, &n, &keys), before);
		assert_int_equal(
			verify(&n, token, SIGNED_LIVE), leaked ? JWS_UNKNOWN_KID : JWS_GOOD);
		assert_int_equal(signing_missing(context_of(&n)) & JOSE_BIT(JOSE_ES256), 0);
		end_node(&n);
	}
}

/* What leaked is remembered for as long as what left in order, so that nobody takes it back. */
static void test_a_revoked_key_is_forgotten_in_the_end(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct signing_key *keys;
	struct str first, kid;

	sign(&n, &first);
	assert_int_equal(retire(f, &n, first, true), KEY_RETIRE_DONE);
	sign(&n, &kid);
	advance(f, KEY_KEPT_S - 60);
	tend(f, &n, false);
	size_t before = list(f, &n, &keys);

	assert_true(str_eq(keys[before - 1].kid, first));
	advance(f, 120);
	tend(f, &n, false);
	size_t after = list(f, &n, &keys);

	assert_int_equal(after, before - 1);
	for (size_t i = 0; i < after; i++)
		assert_false(str_eq(keys[i].kid, first));
	end_node(&n);
}

/* 6.6: where the clock is behind, the first key of a node that is ahead signs; no second is made.
 */
static void test_6_6_a_first_key_of_a_node_that_is_ahead(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct signing_key *keys;
	struct str first, kid;

	advance(f, LIMIT_CLOCK_SKEW);
	sign(&n, &first);
	advance(f, -LIMIT_CLOCK_SKEW);
	sign(&n, &kid);
	assert_true(str_eq(kid, first));
	assert_int_equal(list(f, &n, &keys), 1);
	/* further ahead than nodes may be it is no key for now */
	advance(f, -2);
	sign(&n, &kid);
	assert_false(str_eq(kid, first));
	end_node(&n);
}

/* Tokens live longer after a restart: the key that ends stays for these. */
static void test_a_longer_token_lifetime_keeps_ending_keys_longer(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct signing_key *keys;
	struct str kid;

	sign(&n, &kid);
	retire(f, &n, kid, false);
	n.settings.access_token_lifetime_s = 30 * DAY;
	tend(f, &n, false);
	list(f, &n, &keys);
	assert_int_equal(keys[1].times.leaves_at, keys[1].times.ends_at + 30 * DAY + 300);
	end_node(&n);
}

/* A rehearsal comes back from far ahead: its keys of then cannot sign now, so there is a new one.
 */
static void test_a_clock_that_was_set_back_signs_again(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct str first, later, now;

	sign(&n, &first);
	for (int i = 0; i < 5; i++) {
		advance(f, 60 * DAY);
		tend(f, &n, false);
	}
	sign(&n, &later);
	assert_false(str_eq(first, later));
	clock_set_offset(&f->clock, 0);
	tend(f, &n, false);
	sign(&n, &now);
	assert_true(is_published(&n, now));
	advance(f, DAY);
	tend(f, &n, false);
	sign(&n, &later);
	assert_true(str_eq(now, later));
	end_node(&n);
}

static void test_expired_key_is_rehearsed(void **state)
{
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct context *c = context_of(&n);
	static struct rehearsal r;
	struct fault fault = {.client_id = "abc", .kind = FAULT_EXPIRED_KEY, .left = 1};
	struct str other, lost, good, kid;

	rehearsal_init(&r, &f->clock);
	assert_true(fault_fits(FAULT_EXPIRED_KEY, FAULT_ENDPOINT_TOKEN));
	assert_false(fault_fits(FAULT_EXPIRED_KEY, FAULT_ENDPOINT_API));
	assert_true(faults_add(&r.faults, &fault));
	sign(&n, &kid);
	c->rehearsal = &r;
	begin(f);
	assert_true(sign_jwt(c, JOSE_ES256, "JWT", STR("{\"aud\":\"other\"}"), &other));
	assert_true(sign_jwt(
		c, JOSE_ES256, "at+jwt", STR("{\"aud\":\"x\",\"client_id\":\"abc\"}"), &lost));
	assert_true(sign_jwt(c, JOSE_ES256, "JWT", STR("{\"aud\":\"abc\"}"), &good));
	commit(f);
	assert_int_equal(verify(&n, other, SIGNED_LIVE), JWS_GOOD);
	assert_int_equal(verify(&n, lost, SIGNED_EVER), JWS_UNKNOWN_KID);
	assert_int_equal(verify(&n, good, SIGNED_LIVE), JWS_GOOD);
	end_node(&n);
}

static void test_failures_are_ours_and_leave_nothing(void **state)
{
	static const char *const points[] = {"jose.generate:1", "jose.sign:1", "store.query:1",
		"store.query:2", "store.step:1", "store.step:3"};
	struct fixture *f = *state;
	struct node n = make_node(f, &f->store);
	struct context *c = context_of(&n);
	struct signing_key *keys;

	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
		struct str text;

		c->failed = false;
		assert_int_equal(db_begin_write(f->store.db), DB_OK);
		assert_true(fail_configure(points[i]));
		assert_false(sign_jwt(c, JOSE_ES256, NULL, STR("{}"), &text));
		assert_true(c->failed);
		fail_configure(NULL);
		db_rollback(f->store.db);
		store_drop_lease(&f->store);
		assert_int_equal(list(f, &n, &keys), 0);
	}
	fail_configure("signing.new:1");
	assert_null(signing_new());
	end_node(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_keys_are_made_when_they_are_needed),
		WITH_STORE(test_housekeeping_makes_first_keys_when_told),
		WITH_STORE(test_OD_03_rotation_in_order),
		WITH_STORE(test_LO_03_a_removed_key_verifies_hints_only),
		WITH_STORE(test_a_leaked_key_is_gone_at_once_on_every_node),
		WITH_STORE(test_a_waiting_successor_replaces_a_leaked_key),
		WITH_STORE(test_withdrawing_a_successor),
		WITH_STORE(test_two_nodes_that_rotate_at_once_make_one_key),
		WITH_STORE(test_6_6_nodes_agree_and_never_sign_too_soon),
		WITH_STORE(test_a_rolled_back_key_signs_nothing),
		WITH_STORE(test_keys_are_added_outside_a_transaction_too),
		WITH_STORE(test_keys_that_fail_leave_the_turn_to_others),
		WITH_STORE(test_a_private_key_is_sealed_for_its_own_row),
		WITH_STORE(test_algorithms_that_are_not_set_do_not_sign),
		WITH_STORE(test_an_algorithm_that_was_given_up_ends_with_its_period),
		WITH_STORE(test_an_algorithm_that_was_given_up_has_no_successor),
		WITH_STORE(test_a_revoked_key_is_forgotten_in_the_end),
		WITH_STORE(test_6_6_a_first_key_of_a_node_that_is_ahead),
		WITH_STORE(test_a_longer_token_lifetime_keeps_ending_keys_longer),
		WITH_STORE(test_a_clock_that_was_set_back_signs_again),
		WITH_STORE(test_expired_key_is_rehearsed),
		WITH_STORE(test_failures_are_ours_and_leave_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
