/* What a request was like: for the request log, and only worked out when somebody will read it.
 * Registers what nobody may read, too. The same for both dialects; an edge says which it is. */
#ifndef LLAVERO_EXPLAIN_DESCRIBE_H
#define LLAVERO_EXPLAIN_DESCRIBE_H

#include "base/form.h"
#include "flow/authorize.h"
#include "flow/redeem_code.h"

/* A request of a program as it came, in words of this layer. */
struct described {
	enum dialect edge;
	struct str authorization, content_type, accept; /* headers; STR_NONE when not sent */
	struct str body;
	const struct params *query;
	const struct params *p; /* its parameters; NULL when they could not be read */
	const struct redeem *redeem;
};

/* A request of a program: the token endpoint, the device endpoint. */
void describe_program(struct context *c, const struct described *request);
/* The code exchange, once its code is known: how old that was. After describe_program. */
void describe_redeem(struct context *c, const struct redeem *redeem);
void describe_authorize(struct context *c, const struct authorize *a);

/* Scope names that nobody knows are left out: the app should hear of it. Notes them, if there are
 * any, beside a request that went well. */
void explain_dropped_scopes(struct context *c, const struct authorize *a);

/* Finds the app of a request that was refused before anybody looked: `of` is a struct str, the
 * client_id; or a struct described whose body could not be read. */
refusal_closer look_for_app, look_for_app_of_request;
/* What only the request itself can tell of why the client was not found: an empty body, JSON that
 * is called a form, a token where credentials belong. Changes the refusal. */
void look_at_request(const struct described *request, struct refusal *r);
/* Why a body could not be read: `bad_type` says that it was for its Content-Type. */
struct refusal describe_unreadable(const struct described *request, bool bad_type);

/* The scheme of an Authorization header; "" when there is none. */
struct str authorization_scheme(struct str authorization);

/* An Authorization header that says nothing that is known: its scheme, and of the rest how long it
 * is, for it may be a password. */
struct str describe_authorization(struct arena *a, struct str header);

#endif
