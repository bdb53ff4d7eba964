/* What a request of the GitHub dialect was like: for the request log, and only worked out when
 * somebody will read it. Registers what nobody may read, too. */
#ifndef LLAVERO_GITHUB_DESCRIBE_H
#define LLAVERO_GITHUB_DESCRIBE_H

#include "flow/authorize.h"
#include "flow/redeem_code.h"
#include "http/http.h"

/* A request of a program: the token endpoint, the device endpoint. `p` may be NULL when it could
 * not be read. */
void github_describe_program(
	struct context *c, const struct http_request *req, const struct params *p);
/* The code exchange, once its code is known: how old that was. */
void github_describe_redeem(struct context *c, const struct redeem *redeem);
void github_describe_authorize(struct context *c, const struct authorize *a);
/* A request of the API. */
void github_describe_api(struct context *c, const struct http_request *req);

/* An Authorization header that says nothing that is known: its scheme, and of the rest how long it
 * is, for it may be a password. */
struct str github_shown_authorization(struct arena *a, struct str header);

/* Finds the app of a request that was refused before anybody looked: `of` is a struct str, the
 * client_id; or a struct http_request whose body could not be read. */
refusal_closer github_look_for_app, github_look_for_app_of_request;
/* What only the request itself can tell of why the client was not found: an empty body, JSON that
 * is called a form, a token where credentials belong. Changes the refusal. */
void github_look_at_request(const struct http_request *req, struct refusal *r);
/* Why a body could not be read: `bad_type` says that it was for its Content-Type. */
struct refusal github_unreadable(const struct http_request *req, bool bad_type);

#endif
