/* Nodes that sign with the keys of one database. */
#ifndef LLAVERO_TESTS_SIGNING_NODE_H
#define LLAVERO_TESTS_SIGNING_NODE_H

#include "flow/signing.h"
#include "flow/signing_keys.h"
#include "store_fixture.h"

enum { DAY = 86400 };
#define US 1000000LL

/* One node: a connection, its cache, its settings. */
struct node {
	struct store *store;
	struct signing *signing;
	struct settings settings;
	struct context c;
};

static inline struct node make_node(struct fixture *f, struct store *store)
{
	struct node n = {.store = store, .signing = signing_new()};

	assert_non_null(n.signing);
	n.settings = (struct settings){.signing_algs = JOSE_BIT(JOSE_ES256),
		.signing_default = JOSE_ES256,
		.signing_key_days = 90,
		.access_token_lifetime_s = 28800};
	n.c = (struct context){.store = store, .arena = &f->arena, .random = store->random};
	return n;
}

/* Its address is settled only now. */
static inline struct context *context_of(struct node *n)
{
	n->c.settings = &n->settings;
	n->c.signing = n->signing;
	return &n->c;
}

static inline void end_node(struct node *n)
{
	db_rollback(n->store->db);
	signing_free(n->signing);
}

static inline void advance(struct fixture *f, int64_t s)
{
	clock_set_offset(&f->clock, clock_offset_us(&f->clock) + s * US);
}

static inline void tend(struct fixture *f, struct node *n, bool first)
{
	const struct key_change change = {n->store, &f->arena, &n->settings, STR("test")};

	assert_int_equal(signing_keys_tend(&change, first), DB_OK);
}

static inline size_t list(struct fixture *f, struct node *n, struct signing_key **keys)
{
	size_t count;

	assert_int_equal(
		signing_keys_list(n->store, &f->arena, JOSE_ES256, true, keys, &count), DB_OK);
	db_rollback(n->store->db);
	return count;
}

/* Signs as a request would, and says with which key. */
static inline struct str sign(struct node *n, struct str *kid)
{
	static const struct jws_want any = {0};
	struct context *c = context_of(n);
	struct str text;
	struct jws j;

	assert_int_equal(db_begin_write(n->store->db), DB_OK);
	assert_true(sign_jwt(c, JOSE_ES256, "at+jwt", STR("{\"sub\":\"x\"}"), &text));
	assert_int_equal(check_own_jwt(c, text, &any, SIGNED_LIVE, &j), JWS_GOOD);
	*kid = j.kid;
	assert_int_equal(db_commit(n->store->db), DB_OK);
	return text;
}

static inline enum jws_verdict verify(struct node *n, struct str text, enum signing_age age)
{
	static const struct jws_want any = {0};
	struct jws j;
	enum jws_verdict v = check_own_jwt(context_of(n), text, &any, age, &j);

	db_rollback(n->store->db);
	return v;
}

static inline bool is_published(struct node *n, struct str kid)
{
	struct str jwks;

	assert_true(signing_published(context_of(n), &jwks));
	db_rollback(n->store->db);
	return memmem(jwks.p, jwks.n, kid.p, kid.n) != NULL;
}

static inline enum key_retired retire(
	struct fixture *f, struct node *n, struct str kid, bool leaked)
{
	const struct key_change change = {n->store, &f->arena, &n->settings, STR("test")};
	enum key_retired result;
	struct signing_key k;
	char spare[JWK_TEXT_MAX];

	assert_true(jwk_generate(JOSE_ES256, spare));
	assert_int_equal(db_begin_write(n->store->db), DB_OK);
	assert_int_equal(signing_key_retire(&change, kid, leaked, spare, &result, &k), DB_OK);
	assert_int_equal(db_commit(n->store->db), DB_OK);
	return result;
}

#endif
