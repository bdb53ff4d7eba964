/* The standard dialect's edge: OAuth 2.1 and OpenID Connect under /oauth2/ and /.well-known/. It
 * reads requests and words replies; every rule is flow's and core's, shared with the GitHub edge.
 * docs/standard.md says what it offers.
 */
#ifndef LLAVERO_OAUTH_OAUTH_H
#define LLAVERO_OAUTH_OAUTH_H

#include "flow/context.h"
#include "http/http.h"

/* Ended by a NULL path. */
extern const struct http_route oauth_routes[];

/* GET: the authorization request. POST: the same, or the person's decision on the consent page. */
http_handler oauth_authorize;
http_handler oauth_authorize_post;
/* The account picker by its own URL, and its answer. */
http_handler oauth_select_account;
http_handler oauth_account_selected;

http_handler oauth_par; /* RFC 9126 */
http_handler oauth_token;
http_handler oauth_introspect;
http_handler oauth_revoke;
http_handler oauth_device_authorization;
/* OpenID Connect RP-Initiated Logout. POST: the same, or the person's decision. */
http_handler oauth_logout, oauth_logout_post;
/* OpenID Connect Core 5.3. */
http_handler oauth_userinfo;
http_handler oauth_metadata;
http_handler oauth_discovery;
/* The same where the issuer has a path. */
http_handler oauth_metadata_of_path, oauth_discovery_of_path;
/* RFC 9728. */
http_handler oauth_protected_resource;

/* For routes with ROUTE_CORS: lets pages of other origins read the reply; and the answer to a
 * browser that asks first whether it may. `allowed` are the path's methods, as http_route_find has
 * them. */
void oauth_allow_origin(struct http_reply *rep);
void oauth_preflight(struct http_request *req, struct http_reply *rep, unsigned allowed);

/* Is this one of our paths, whether there is something at it or not? */
bool oauth_is_path(struct str path);
/* 404 and 405 of this edge's programs' endpoints. */
void oauth_error(struct context *c, struct http_request *req, struct http_reply *rep, int status);

#endif
