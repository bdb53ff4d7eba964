#include "flow/client_keys.h"

static struct remote_keys *find_fetched(struct context *c, struct str url)
{
	struct remote_keys *k = c->keys_fetched;

	while (k && !str_eq(k->url, url))
		k = k->before;
	return k;
}

/* Once fetched, the keys are taken as they came, whatever that was: nothing is fetched twice. One
 * request may need those of two: its client's, and of the issuer of what it brings. */
enum keys_state client_keys(
	struct context *c, const struct client_metadata *m, bool again, struct remote_keys **keys)
{
	struct remote_keys *fetched = str_is_set(m->jwks_uri) ? find_fetched(c, m->jwks_uri) : NULL;

	*keys = fetched;
	if (fetched && !again)
		return remote_keys_take(c, fetched);
	*keys = ARENA_NEW(c->arena, struct remote_keys);
	enum keys_state state = remote_keys(c, m, again, *keys);

	if (state != KEYS_FETCH)
		return state;
	if (fetched)
		return KEYS_NONE;
	c->keys_wanted = *keys;
	return KEYS_FETCH;
}
