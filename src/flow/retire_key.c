/* The end of a signing key: in order, or because it leaked. */
#include "base/log.h"
#include "flow/signing_keys.h"
#include "store/audit.h"

struct retiring {
	const struct key_change *c;
	struct signing_key *keys, *key; /* of its algorithm, newest first; the one that ends */
	size_t n;
	int64_t now;
	const char *spare;
};

enum db_status signing_key_find(
	struct store *s, struct arena *a, struct str kid, struct signing_key *out)
{
	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS; alg++) {
		struct signing_key *keys;
		size_t n;
		enum db_status status =
			signing_keys_list(s, a, (enum jose_alg)alg, false, &keys, &n);

		if (status != DB_OK)
			return status;
		for (size_t i = 0; i < n; i++) {
			if (!str_eq(keys[i].kid, kid))
				continue;
			*out = keys[i];
			return DB_OK;
		}
	}
	return DB_NONE;
}

static bool is_used(const struct retiring *r)
{
	return r->c->settings->signing_algs & JOSE_BIT(r->key->alg);
}

static enum db_status add_spare(struct retiring *r, bool asked)
{
	struct signing_key successor;
	enum db_status status = signing_key_add(r->c, r->key->alg, r->spare, asked, &successor);

	return status == DB_NONE ? DB_OK : status;
}

/* Those that would have ended when this one began go on. */
static enum db_status reopen_others(struct retiring *r)
{
	enum db_status status = DB_OK;

	for (size_t i = 0; i < r->n && status == DB_OK; i++) {
		struct key_times *t = &r->keys[i].times;

		if (&r->keys[i] == r->key || t->revoked_at || t->ends_at != r->key->times.active_at)
			continue;
		t->ends_at = t->leaves_at = 0;
		status = signing_key_update(r->c->store, &r->keys[i], false);
	}
	return status;
}

/* It has signed nothing. */
static enum db_status withdraw(struct retiring *r)
{
	enum db_status status = reopen_others(r);

	r->key->times.ends_at = r->key->times.leaves_at = r->now;
	return status == DB_OK ? signing_key_update(r->c->store, r->key, true) : status;
}

static enum db_status end_in_order(struct retiring *r)
{
	struct key_times *t = &r->key->times;

	if (is_used(r))
		return add_spare(r, true);
	t->ends_at = r->now;
	t->leaves_at = r->now + signing_policy(r->c->settings).overlap_s;
	return signing_key_update(r->c->store, r->key, false);
}

/* A successor that waits has been published already: better than a new one. */
static enum db_status replace_at_once(struct retiring *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (key_state_at(&r->keys[i].times, r->now) != KEY_PUBLISHED)
			continue;
		r->keys[i].times.active_at = r->now;
		return signing_key_update(r->c->store, &r->keys[i], false);
	}
	return is_used(r) ? add_spare(r, false) : DB_OK;
}

static enum db_status revoke(struct retiring *r)
{
	enum key_state was = key_state_at(&r->key->times, r->now);
	enum db_status status = was == KEY_PUBLISHED ? reopen_others(r) : DB_OK;

	r->key->times.revoked_at = r->now;
	if (status == DB_OK)
		status = signing_key_update(r->c->store, r->key, true);
	return status == DB_OK && was == KEY_ACTIVE ? replace_at_once(r) : status;
}

static enum db_status retire(struct retiring *r, bool leaked, enum key_retired *result)
{
	enum key_state state = key_state_at(&r->key->times, r->now);
	enum db_status status = DB_OK;

	if (state == KEY_REVOKED || (!leaked && state != KEY_ACTIVE && state != KEY_PUBLISHED)) {
		*result = KEY_RETIRE_TOO_LATE;
		return DB_OK;
	}
	if (leaked)
		status = revoke(r);
	else if (state == KEY_PUBLISHED)
		status = withdraw(r);
	else
		status = end_in_order(r);
	if (status != DB_OK)
		return status;
	const char *action = leaked ? "signing_key.revoke" : "signing_key.retire";

	LOG(LOG_INFO, action, LOG_CSTR("alg", jose_alg_word(r->key->alg)),
		LOG_STR("kid", r->key->kid));
	return audit_write(r->c->store, 0, r->c->actor, action, 0, r->key->kid, STR_NONE);
}

enum db_status signing_key_retire(const struct key_change *c, struct str kid, bool leaked,
	const char *spare, enum key_retired *result, struct signing_key *out)
{
	struct retiring r = {.c = c, .now = store_now(c->store), .spare = spare};
	enum db_status status = signing_keys_begin_change(c->store);

	*result = KEY_RETIRE_UNKNOWN;
	if (status == DB_OK)
		status = signing_key_find(c->store, c->arena, kid, out);
	if (status != DB_OK)
		return status == DB_NONE ? DB_OK : status;
	status = signing_keys_list(c->store, c->arena, out->alg, false, &r.keys, &r.n);
	for (size_t i = 0; i < r.n && status == DB_OK; i++)
		if (str_eq(r.keys[i].kid, kid))
			r.key = &r.keys[i];
	if (status != DB_OK || !r.key)
		return DB_FAILED;
	*result = KEY_RETIRE_DONE;
	status = retire(&r, leaked, result);
	return status == DB_OK ? signing_key_find(c->store, c->arena, kid, out) : status;
}
