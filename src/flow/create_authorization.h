/* Tokens that a person makes without an app asking: by password for an app, or for themselves
 * (GitHub reference 7.2). */
#ifndef LLAVERO_FLOW_CREATE_AUTHORIZATION_H
#define LLAVERO_FLOW_CREATE_AUTHORIZATION_H

#include "core/scope.h"
#include "flow/context.h"
#include "store/app.h"
#include "store/authorization.h"

/* The fingerprint of the token that a site administrator acts as a user with: no person can give
 * it, since a control character is refused. */
#define FINGERPRINT_IMPERSONATION "\x01impersonation"

struct create_request {
	int64_t account_id;
	struct str actor;            /* for the security log: a login */
	const struct client *client; /* NULL: a personal access token */
	struct scope_set scopes;
	struct str note, note_url, fingerprint; /* each may be STR_NONE */
};

/* Makes the token; `text` receives it, the only time. The grant grows by its scopes, and the
 * oldest token of the same app and scopes ends when there are too many. False: c->failed is set.
 * Needs a write transaction. */
bool create_authorization(struct context *c, const struct create_request *q,
	struct authorization *out, char text[TOKEN_TEXT_LEN + 1]);

/* May a text be a note or a fingerprint: not too long, nothing but printable text? */
bool is_authorization_text(struct str s);

#endif
