#include "flow/signing.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/log.h"
#include "flow/rehearsal.h"
#include "flow/signing_keys.h"

enum { SIGNING_ARENA = 4 << 20 };

struct own_key {
	struct signing_key row;
	struct jwk jwk; /* private while it can sign */
};

struct signing {
	struct arena arena; /* what was opened lives here */
	uint8_t version[SIGNING_KEYS_VERSION];
	bool loaded;
	struct own_key *keys;
	size_t n;
};

struct signing *signing_new(void)
{
	struct signing *s = FAIL_AT("signing.new") ? NULL : calloc(1, sizeof *s);

	if (s)
		arena_init(&s->arena, SIGNING_ARENA);
	return s;
}

void signing_free(struct signing *s)
{
	if (s)
		arena_release(&s->arena);
	free(s);
}

static bool open_key(struct signing *s, struct own_key *k)
{
	struct str text = k->row.has_private ? k->row.private_jwk : k->row.public_jwk;
	enum jwk_sort sort = k->row.has_private ? JWK_PRIVATE : JWK_PUBLIC;

	if (jwk_read(&s->arena, text, sort, &k->jwk) != JWK_GOOD)
		return false;
	k->jwk.kid = k->row.kid;
	return true;
}

static bool load_alg(struct context *c, enum jose_alg alg)
{
	struct signing *s = c->signing;
	struct signing_key *rows;
	size_t n;

	if (context_failed(c, signing_keys_list(c->store, &s->arena, alg, true, &rows, &n)))
		return false;
	struct own_key *keys = ARENA_ARRAY(&s->arena, struct own_key, s->n + n);

	if (s->n)
		memcpy(keys, s->keys, s->n * sizeof *keys);
	s->keys = keys;
	for (size_t i = 0; i < n; i++) {
		s->keys[s->n].row = rows[i];
		if (open_key(s, &s->keys[s->n]))
			s->n++;
		else
			LOG(LOG_ERROR, "a signing key cannot be used", LOG_STR("kid", rows[i].kid));
	}
	return true;
}

static bool load(struct context *c)
{
	struct signing *s = c->signing;
	bool good = true;

	s->loaded = false;
	s->keys = NULL;
	s->n = 0;
	arena_reset(&s->arena);
	s->arena.escape = c->arena->escape;
	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS && good; alg++)
		if (JOSE_BIT(alg) & JOSE_ASYMMETRIC)
			good = load_alg(c, (enum jose_alg)alg);
	s->arena.escape = NULL;
	return good;
}

/* The keys as they are now. One look at one small row says whether those at hand still are. A
 * version is a random value: one that was rolled back never comes again. */
static bool refresh(struct context *c)
{
	struct signing *s = c->signing;
	uint8_t version[SIGNING_KEYS_VERSION];

	if (context_failed(c, signing_keys_version(c->store, version)))
		return false;
	if (s->loaded && memcmp(version, s->version, sizeof version) == 0)
		return true;
	if (!load(c))
		return false;
	memcpy(s->version, version, sizeof version);
	s->loaded = true;
	return true;
}

static enum key_state state_of(const struct context *c, const struct own_key *k)
{
	return key_state_at(&k->row.times, store_now(c->store));
}

/* Of those that may sign, the newest; rows are in that order. Where none may yet, the first that
 * will at once: another node made it, whose clock is a little ahead. */
static const struct own_key *signer(const struct context *c, enum jose_alg alg)
{
	const struct signing *s = c->signing;
	const struct own_key *next = NULL;

	for (size_t i = 0; i < s->n; i++) {
		const struct own_key *k = &s->keys[i];

		if (k->row.alg != alg || !k->row.has_private)
			continue;
		if (state_of(c, k) == KEY_ACTIVE)
			return k;
		if (key_is_about_to_sign(&k->row.times, store_now(c->store)))
			next = k;
	}
	return next;
}

unsigned signing_missing(struct context *c)
{
	unsigned missing = 0;

	if (!refresh(c))
		return 0;
	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS; alg++)
		if ((c->settings->signing_algs & JOSE_BIT(alg)) && !signer(c, (enum jose_alg)alg))
			missing |= JOSE_BIT(alg);
	return missing;
}

void signing_will_be_needed(struct context *c)
{
	/* The housekeeping looks for itself; it is told while there is something to find. */
	if (c->keys_needed && signing_missing(c))
		atomic_store_explicit(c->keys_needed, true, memory_order_relaxed);
}

static enum db_status add_all(struct context *c, char texts[JOSE_ALGS][JWK_TEXT_MAX])
{
	const struct key_change change = {c->store, c->arena, c->settings, STR("first use")};
	enum db_status status = DB_OK;

	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS && status == DB_OK; alg++) {
		struct signing_key unused;

		if (!*texts[alg])
			continue;
		status = signing_key_add(&change, (enum jose_alg)alg, texts[alg], false, &unused);
		if (status == DB_NONE)
			status = DB_OK;
	}
	return status;
}

/* Within the request's own part of the turn, which is undone with it when it fails. */
bool signing_add(struct context *c, char texts[JOSE_ALGS][JWK_TEXT_MAX])
{
	return context_begin_write(c) && !context_failed(c, add_all(c, texts)) && refresh(c);
}

/* Nobody asked for this algorithm before, and nobody saw it coming. */
static const struct own_key *make_signer(struct context *c, enum jose_alg alg)
{
	char(*texts)[JWK_TEXT_MAX] = arena_alloc(c->arena, JOSE_ALGS * sizeof *texts);

	if (!jwk_generate(alg, texts[alg])) {
		LOG(LOG_ERROR, "no signing key can be made", LOG_CSTR("alg", jose_alg_word(alg)));
		return NULL;
	}
	return signing_add(c, texts) ? signer(c, alg) : NULL;
}

/* Whose token it is: its client_id, else its one audience. */
static struct str client_of(struct context *c, struct str payload)
{
	struct json_body claims;
	struct str client = STR_NONE;

	if (json_body_read(c->arena, payload, &claims) == JSON_READ &&
		json_body_text(c->arena, &claims, "client_id", &client) != JSON_HERE)
		json_body_text(c->arena, &claims, "aud", &client);
	return client;
}

/* A rehearsal: is this token to be signed with a key that nobody finds? */
static bool is_to_be_lost(struct context *c, struct str payload)
{
	int64_t unused;

	return c->rehearsal && c->rehearsal->faults.n > 0 &&
	       faults_take(&c->rehearsal->faults, client_of(c, payload), FAULT_AT_SIGNATURE,
		       &unused) == FAULT_EXPIRED_KEY;
}

/* A key of this moment, which no JWKS ever had. */
static bool sign_with_lost_key(
	struct context *c, enum jose_alg alg, const char *typ, struct str payload, struct str *out)
{
	char *text = arena_alloc(c->arena, JWK_TEXT_MAX);
	char kid[JWK_THUMBPRINT_LEN + 1];
	struct jwk k;

	if (!jwk_generate(alg, text) ||
		jwk_read(c->arena, str_from(text), JWK_PRIVATE, &k) != JWK_GOOD)
		return false;
	jwk_thumbprint(c->arena, &k, kid);
	LOG(LOG_INFO, "rehearsed fault", LOG_STR("request", c->request_id),
		LOG_CSTR("fault", fault_kind_word(FAULT_EXPIRED_KEY)), LOG_CSTR("kid", kid));
	return jws_sign(c->arena, &k, alg, str_from(kid), typ, payload, out);
}

bool sign_jwt(
	struct context *c, enum jose_alg alg, const char *typ, struct str payload, struct str *out)
{
	bool good = false;

	*out = STR_NONE;
	if (!(c->settings->signing_algs & JOSE_BIT(alg)) || !refresh(c)) {
		c->failed = true;
		return false;
	}
	if (is_to_be_lost(c, payload)) {
		good = sign_with_lost_key(c, alg, typ, payload, out);
	} else {
		const struct own_key *k = signer(c, alg);

		if (!k)
			k = make_signer(c, alg);
		good = k && jws_sign(c->arena, &k->jwk, alg, k->row.kid, typ, payload, out);
	}
	if (!good)
		c->failed = true;
	return good;
}

static bool counts(const struct context *c, const struct own_key *k, enum signing_age age)
{
	enum key_state state = state_of(c, k);

	return key_is_published(state) || (age == SIGNED_EVER && state == KEY_REMOVED);
}

/* Those that count, in the request's arena: they are opened anew when somebody changes them. */
static struct jwks keys_of(struct context *c, enum signing_age age)
{
	const struct signing *s = c->signing;
	struct jwks set = {.v = ARENA_ARRAY(c->arena, struct jwk, s->n ? s->n : 1)};

	for (size_t i = 0; i < s->n; i++)
		if (counts(c, &s->keys[i], age))
			set.v[set.n++] = s->keys[i].jwk;
	return set;
}

enum jws_verdict check_own_jwt(struct context *c, struct str text, const struct jws_want *want,
	enum signing_age age, struct jws *out)
{
	struct jws_want own = *want;

	own.algs = JOSE_ASYMMETRIC;
	enum jws_verdict v = jws_read(c->arena, text, &own, out);

	if (v != JWS_GOOD)
		return v;
	if (!refresh(c))
		return JWS_FAILED;
	struct jwks *keys = ARENA_NEW(c->arena, struct jwks);

	*keys = keys_of(c, age);
	v = jws_check(out, keys);
	if (v == JWS_FAILED)
		c->failed = true;
	return v;
}

static void add_in_state(struct context *c, struct buf *b, enum key_state state, bool *any)
{
	const struct signing *s = c->signing;

	for (size_t i = 0; i < s->n; i++) {
		if (state_of(c, &s->keys[i]) != state)
			continue;
		if (*any)
			buf_add_char(b, ',');
		buf_add(b, s->keys[i].row.public_jwk);
		*any = true;
	}
}

bool signing_published(struct context *c, struct str *jwks)
{
	struct buf b;
	bool any = false;

	if (!refresh(c))
		return false;
	buf_init(&b, c->arena, LIMIT_REPLY);
	buf_add_c(&b, "{\"keys\":[");
	add_in_state(c, &b, KEY_ACTIVE, &any);
	add_in_state(c, &b, KEY_PUBLISHED, &any);
	add_in_state(c, &b, KEY_RETIRING, &any);
	buf_add_c(&b, "]}");
	*jwks = buf_str(&b);
	return true;
}
