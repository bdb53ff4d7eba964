#include "flow/signing_keys.h"

#include "base/log.h"
#include "store/audit.h"

int64_t signing_token_lifetime(const struct settings *s)
{
	return s->access_token_lifetime_s > KEY_LEAD_S ? s->access_token_lifetime_s : KEY_LEAD_S;
}

struct key_policy signing_policy(const struct settings *s)
{
	return key_policy_make(s->signing_key_days, signing_token_lifetime(s));
}

static struct key_times *times_of(struct arena *a, const struct signing_key *keys, size_t n)
{
	struct key_times *times = ARENA_ARRAY(a, struct key_times, n ? n : 1);

	for (size_t i = 0; i < n; i++)
		times[i] = keys[i].times;
	return times;
}

/* The ones before it sign until it does. */
static enum db_status end_others(const struct key_change *c, const struct signing_key *successor,
	struct signing_key *keys, size_t n)
{
	enum db_status status = DB_OK;
	int64_t overlap_s = signing_policy(c->settings).overlap_s;

	for (size_t i = 0; i < n && status == DB_OK; i++) {
		struct key_times *t = &keys[i].times;

		if (t->ends_at || t->revoked_at)
			continue;
		t->ends_at = successor->times.active_at;
		t->leaves_at = t->ends_at + overlap_s;
		status = signing_key_update(c->store, &keys[i], false);
	}
	return status;
}

static enum db_status note(
	const struct key_change *c, const char *action, const struct signing_key *k)
{
	LOG(LOG_INFO, action, LOG_CSTR("alg", jose_alg_word(k->alg)), LOG_STR("kid", k->kid),
		LOG_INT("active_at", k->times.active_at));
	return audit_write(c->store, 0, c->actor, action, 0, k->kid, STR_NONE);
}

/* The row of a new key, but for its number and times. */
static bool describe(struct arena *a, enum jose_alg alg, const char *text, struct signing_key *out)
{
	struct jwk jwk;
	char kid[JWK_THUMBPRINT_LEN + 1];

	*out = (struct signing_key){.alg = alg};
	if (jwk_read(a, str_from(text), JWK_PRIVATE, &jwk) != JWK_GOOD)
		return false;
	jwk_thumbprint(a, &jwk, kid);
	out->kid = str_dup(a, str_from(kid));
	out->public_jwk = jwk_public(a, &jwk, alg, out->kid);
	out->private_jwk = str_from(text);
	out->has_private = true;
	return true;
}

static enum db_status add(const struct key_change *c, struct signing_key *k,
	struct signing_key *keys, size_t n, int64_t active_at)
{
	k->number = n ? keys[0].number + 1 : 1;
	k->times = (struct key_times){.created_at = store_now(c->store), .active_at = active_at};
	enum db_status status = signing_key_insert(c->store, k);

	if (status == DB_OK)
		status = end_others(c, k, keys, n);
	return status == DB_OK ? note(c, "signing_key.create", k) : status;
}

enum db_status signing_key_add(const struct key_change *c, enum jose_alg alg, const char *text,
	bool asked, struct signing_key *out)
{
	const struct key_policy policy = signing_policy(c->settings);
	struct signing_key *keys;
	int64_t now = store_now(c->store), active_at;
	size_t n;
	enum db_status status = signing_keys_begin_change(c->store);

	if (status == DB_OK)
		status = signing_keys_list(c->store, c->arena, alg, false, &keys, &n);
	if (status != DB_OK)
		return status;
	const struct key_times *times = times_of(c->arena, keys, n);
	enum key_need need = asked ? key_need_asked(times, n, &policy, now, &active_at)
				   : key_need_at(times, n, &policy, now, &active_at);

	if (need == KEY_NEED_NOTHING)
		return DB_NONE;
	return describe(c->arena, alg, text, out) ? add(c, out, keys, n, active_at) : DB_FAILED;
}

struct adding {
	const struct key_change *change;
	enum jose_alg alg;
	char text[JWK_TEXT_MAX];
};

static enum db_status add_one(struct store *s, void *context)
{
	struct adding *adding = context;
	struct signing_key k;

	(void)s;
	return signing_key_add(adding->change, adding->alg, adding->text, false, &k);
}

static bool is_needed(
	const struct key_change *c, const struct signing_key *keys, size_t n, bool first)
{
	const struct key_policy policy = signing_policy(c->settings);
	int64_t unused;

	return (n > 0 || first) && key_need_at(times_of(c->arena, keys, n), n, &policy,
					   store_now(c->store), &unused) != KEY_NEED_NOTHING;
}

/* A key of an algorithm that is not in use any more ends with its period. Not sooner: another node
 * may still be configured for it. */
static bool is_left_over(const struct key_change *c, const struct key_times *t)
{
	int64_t now = store_now(c->store);

	return !t->ends_at && key_state_at(t, now) == KEY_ACTIVE &&
	       now >= t->active_at + signing_policy(c->settings).period_s;
}

enum tidying { TIDY_NOTHING, TIDY_UPDATE, TIDY_FORGET, TIDY_DELETE };

/* What has become of a key with time; `k` is changed accordingly. */
static enum tidying tidy(const struct key_change *c, struct signing_key *k)
{
	struct key_times *t = &k->times;
	int64_t now = store_now(c->store), overlap_s = signing_policy(c->settings).overlap_s;
	int64_t over_at = t->revoked_at ? t->revoked_at : t->leaves_at;
	bool is_ours = c->settings->signing_algs & JOSE_BIT(k->alg);

	if (over_at && now >= over_at + KEY_KEPT_S)
		return TIDY_DELETE;
	if (k->has_private && t->ends_at && now >= t->ends_at + KEY_WIPE_AFTER_S)
		return TIDY_FORGET;
	if (!is_ours && is_left_over(c, t))
		t->ends_at = now;
	/* Tokens live longer than they did when the end was settled. */
	if (!t->ends_at || !key_is_published(key_state_at(t, now)) ||
		t->leaves_at >= t->ends_at + overlap_s)
		return TIDY_NOTHING;
	t->leaves_at = t->ends_at + overlap_s;
	return TIDY_UPDATE;
}

static enum db_status tidy_one(const struct key_change *c, struct signing_key *k)
{
	switch (tidy(c, k)) {
	case TIDY_UPDATE:
		return signing_key_update(c->store, k, false);
	case TIDY_FORGET:
		return signing_key_update(c->store, k, true);
	case TIDY_DELETE:
		return signing_key_delete(c->store, k);
	case TIDY_NOTHING:
		break;
	}
	return DB_OK;
}

static enum db_status tidy_all(struct store *s, void *context)
{
	struct adding *tidying = context;
	const struct key_change *c = tidying->change;
	struct signing_key *keys;
	size_t n = 0;
	enum db_status status = signing_keys_begin_change(s);

	if (status == DB_OK)
		status = signing_keys_list(s, c->arena, tidying->alg, false, &keys, &n);
	for (size_t i = 0; i < n && status == DB_OK; i++)
		status = tidy_one(c, &keys[i]);
	return status;
}

static bool wants_tidying(const struct key_change *c, const struct signing_key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct signing_key copy = keys[i];

		if (tidy(c, &copy) != TIDY_NOTHING)
			return true;
	}
	return false;
}

static enum db_status make_one(struct adding *adding)
{
	enum db_status status = DB_FAILED;

	if (jwk_generate(adding->alg, adding->text))
		status = store_write(adding->change->store, add_one, adding);
	wipe(adding->text, sizeof adding->text);
	/* Another node was first. */
	return status == DB_NONE || status == DB_CONFLICT ? DB_OK : status;
}

static enum db_status tend_one(const struct key_change *c, enum jose_alg alg, bool first)
{
	struct adding *adding = ARENA_NEW(c->arena, struct adding);
	struct signing_key *keys;
	size_t n;
	enum db_status status = signing_keys_list(c->store, c->arena, alg, false, &keys, &n);

	adding->change = c;
	adding->alg = alg;
	db_rollback(c->store->db);
	if (status == DB_OK && (c->settings->signing_algs & JOSE_BIT(alg)) &&
		is_needed(c, keys, n, first))
		status = make_one(adding);
	if (status == DB_OK && wants_tidying(c, keys, n))
		status = store_write(c->store, tidy_all, adding);
	return status;
}

enum db_status signing_keys_tend(const struct key_change *c, bool first)
{
	enum db_status status = DB_OK;

	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS && status == DB_OK; alg++)
		if (JOSE_BIT(alg) & JOSE_ASYMMETRIC)
			status = tend_one(c, (enum jose_alg)alg, first);
	return status;
}
