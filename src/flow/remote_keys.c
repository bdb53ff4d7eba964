#include "flow/remote_keys.h"

#include "store/remote_document.h"

static enum keys_state none(struct remote_keys *k, const char *fault)
{
	k->fault = fault;
	return KEYS_NONE;
}

enum keys_state remote_keys(
	struct context *c, const struct client_metadata *m, bool again, struct remote_keys *k)
{
	struct remote_document copy;
	int64_t now = store_now(c->store);

	*k = (struct remote_keys){.url = m->jwks_uri, .jwks = m->jwks};
	if (!str_is_set(m->jwks_uri))
		return str_is_set(m->jwks) && !again ? KEYS_READY : none(k, "needs_keys");
	if (context_failed(c, remote_document_get(c->store, c->arena, m->jwks_uri, &copy)))
		return KEYS_FAILED;
	k->jwks = copy.body;
	if (again && copy.fetched_at + LIMIT_FRESH_LEAST > now)
		return none(k, "keys_again");
	if (!again && copy.fresh_until > now)
		return KEYS_READY;
	if (fetch_start(c, &k->fetch, m->jwks_uri, LIMIT_JWKS) == FETCH_OK)
		return KEYS_FETCH;
	return remote_keys_take(c, k);
}

void remote_keys_work(void *k)
{
	fetch_work(k);
}

enum keys_state remote_keys_take(struct context *c, struct remote_keys *k)
{
	if (k->fetch.fault != FETCH_OK) {
		/* Yesterday's keys are better than no sign-in while a server is down. */
		struct remote_document copy;

		if (context_failed(c, remote_document_get(c->store, c->arena, k->url, &copy)))
			return KEYS_FAILED;
		k->jwks = copy.body;
		return fetch_may_pass(&k->fetch) && copy.fetched_at &&
				       copy.fetched_at + LIMIT_STALE > store_now(c->store)
			       ? KEYS_READY
			       : none(k, fetch_fault_word(k->fetch.fault));
	}
	const char *fault = client_keys_fault(c->arena, fetch_body(&k->fetch));

	if (fault)
		return none(k, fault);
	k->jwks = fetch_body(&k->fetch);
	if (!context_begin_write(c) ||
		context_failed(c,
			remote_document_put(c->store, k->url, k->jwks, fetch_fresh_for(&k->fetch))))
		return KEYS_FAILED;
	return KEYS_READY;
}
