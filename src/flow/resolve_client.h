/* Clients whose id is the URL of their metadata: draft-ietf-oauth-client-id-metadata-document,
 *MCP-07 to MCP-11 and MCP-15. The document becomes the row of an app, which everything else works
 *with; it is fetched when there is none yet, or when HTTP's rules say that it is stale.
 *
 * Before an endpoint looks a client up:
 *
 *	struct resolve_client *r = ARENA_NEW(req->arena, struct resolve_client);
 *
 *	switch (resolve_client(c, client_id, r)) {
 *	case RESOLVE_READY:   go on as with any client
 *	case RESOLVE_FETCH:   rep->job.work = resolve_client_work; rep->job.arg = r;
 *	                      rep->job.outgoing = true; rep->job.done = mine; return
 *	case RESOLVE_REFUSED: r->refusal says why; told on a page, never by redirect
 *	case RESOLVE_FAILED:  c->failed is set
 *	}
 *
 * and in mine(): resolve_client_take(c, r), which gives any but RESOLVE_FETCH. A route that calls
 *it writes rows (ROUTE_WRITES). `arg` may be a struct that begins with a struct resolve_client.
 *
 * A code is bound to what its own row says, so a document that changes between the authorization
 *and the token request changes nothing for that code (assurance A155). */
#ifndef LLAVERO_FLOW_RESOLVE_CLIENT_H
#define LLAVERO_FLOW_RESOLVE_CLIENT_H

#include "core/client_metadata.h"
#include "flow/context.h"
#include "flow/fetch.h"
#include "store/app.h"

enum resolve { RESOLVE_READY, RESOLVE_FETCH, RESOLVE_REFUSED, RESOLVE_FAILED };

struct resolve_client {
	struct fetch fetch; /* first: resolve_client_work is fetch_work */
	struct str client_id;
	struct str host;  /* of the URL, for pages */
	bool usable_copy; /* the app as it is will do while its server cannot be reached */
	struct metadata_verdict verdict; /* with CAUSE_DOCUMENT_METADATA */
	struct refusal refusal;
};

enum resolve resolve_client(struct context *c, struct str client_id, struct resolve_client *r);
void resolve_client_work(void *r);
enum resolve resolve_client_take(struct context *c, struct resolve_client *r);

#endif
