#include "flow/client_keys.h"

/* Once fetched, the keys are taken as they came, whatever that was: nothing is fetched twice. */
enum keys_state client_keys(
	struct context *c, const struct client_metadata *m, bool again, struct remote_keys **keys)
{
	*keys = c->keys_fetched;
	if (c->keys_fetched && !again)
		return remote_keys_take(c, c->keys_fetched);
	*keys = ARENA_NEW(c->arena, struct remote_keys);
	enum keys_state state = remote_keys(c, m, again, *keys);

	if (state != KEYS_FETCH)
		return state;
	if (c->keys_fetched)
		return KEYS_NONE;
	c->keys_wanted = *keys;
	return KEYS_FETCH;
}
