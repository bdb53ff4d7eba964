/* Documents that this server tells of itself with: RFC 8414, RFC 9728, OpenID Connect Discovery. */
#ifndef LLAVERO_OAUTH_DOCUMENT_H
#define LLAVERO_OAUTH_DOCUMENT_H

#include "base/buf.h"
#include "flow/context.h"
#include "http/http.h"

/* A member that is a list of texts, after another member: begun, filled and ended, ... */
void document_list_begin(struct buf *b, const char *name);
void document_list_add(struct buf *b, struct str value);
/* ... or whole, from names that end with NULL. */
void document_list(struct buf *b, const char *name, const char *const *values);
/* The algorithms that this server signs with. */
void document_algorithms(struct context *c, struct buf *b, const char *name);
/* The algorithms of DPoP proofs that are taken. */
void document_proof_algorithms(struct buf *b);
/* Everybody may keep it for an hour. */
void document_send(struct http_request *req, struct http_reply *rep, const struct buf *b);

#endif
