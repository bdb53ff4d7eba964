/* The public keys of a client: those that it registered, or those at its jwks_uri, fetched and kept
 * by HTTP's rules. RFC 7591 2, RFC 7523; row 7523-05: an unknown `kid` is asked for once, and not
 * more often than once a minute.
 *
 *	switch (remote_keys(c, metadata, false, k)) {
 *	case KEYS_READY: k->jwks is a JWK set; if no key of it fits: remote_keys(c, metadata, true,
 *k) case KEYS_FETCH: rep->job = {remote_keys_work, done, k, outgoing}; there remote_keys_take(c, k)
 *	case KEYS_NONE:  there are none: k->fault says why, a word of word.fault.*
 *	case KEYS_FAILED: c->failed is set
 *	}
 */
#ifndef LLAVERO_FLOW_REMOTE_KEYS_H
#define LLAVERO_FLOW_REMOTE_KEYS_H

#include "core/client_metadata.h"
#include "flow/context.h"
#include "flow/fetch.h"

enum keys_state { KEYS_READY, KEYS_FETCH, KEYS_NONE, KEYS_FAILED };

struct remote_keys {
	struct fetch fetch;         /* first */
	struct remote_keys *before; /* fetched for the same request before these; or NULL */
	struct str url, jwks;
	const char *fault;
};

/* `again`: what it gave before lacks the key that is looked for. KEYS_NONE then, when a newer copy
 * must not be asked for yet, or there is none to ask for. Needs a write transaction for _take only.
 */
enum keys_state remote_keys(
	struct context *c, const struct client_metadata *m, bool again, struct remote_keys *k);
void remote_keys_work(void *k);
enum keys_state remote_keys_take(struct context *c, struct remote_keys *k);

#endif
