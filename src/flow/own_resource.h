/* This server as a protected resource: what its APIs are called where tokens are asked for them
 * (RFC 8707), and where each is described (RFC 9728 3). */
#ifndef LLAVERO_FLOW_OWN_RESOURCE_H
#define LLAVERO_FLOW_OWN_RESOURCE_H

#include <assert.h>

#include "flow/context.h"

enum own_resource {
	OWN_SERVER, /* all that is below base_url */
	OWN_API,
	OWN_GRAPHQL,
	OWN_USERINFO,
	OWN_RESOURCES
};
static_assert((int)OWN_RESOURCES <= (int)STORE_WANTS, "each has a place of its own");

#define RESOURCE_METADATA "/.well-known/oauth-protected-resource"

/* The one that a request for `path` is made to. */
enum own_resource own_resource_at(struct str path);
/* Its identifier: an absolute URI. */
struct str own_resource_identifier(struct context *c, enum own_resource which);
/* Which one `identifier` is; false: none of ours. */
bool own_resource_find(struct context *c, struct str identifier, enum own_resource *out);
/* Where the metadata of a resource is: the well-known path between its host and its path (RFC 9728
 * 3.1). The identifier is http or https and has no query. */
struct str resource_metadata_url(struct arena *a, struct str identifier);
/* The identifier whose metadata is asked for at `path` of this server's origin; STR_NONE when that
 * is no such path. */
struct str resource_of_metadata_path(struct context *c, struct str path);
/* The attribute of a challenge that leads there (RFC 9728 5.1), for a request for `path`. */
struct str resource_challenge(struct context *c, struct str path);

#endif
