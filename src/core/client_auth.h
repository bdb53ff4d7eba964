/* Reading client credentials from a token request. RFC 6749 2.3.1; GitHub reference 3.1. */
#ifndef LLAVERO_CORE_CLIENT_AUTH_H
#define LLAVERO_CORE_CLIENT_AUTH_H

#include "base/arena.h"
#include "base/str.h"

enum client_auth_fault {
	CLIENT_AUTH_OK,
	CLIENT_AUTH_MALFORMED_BASIC, /* not base64, no colon, or NUL inside */
	CLIENT_AUTH_CONFLICT,        /* Basic and body name different clients or secrets */
};

/* What a request shows that its sender holds a key: RFC 9449 4, RFC 8705 3. */
struct shown_keys {
	struct str dpop;         /* the DPoP header; STR_NONE when it was not sent */
	struct str method, path; /* of the request, which a proof is for */
	struct str certificates; /* DER, the client's own first, then its chain; STR_NONE */
};

/* What the request says about its client; either may be STR_NONE. */
struct client_credentials {
	enum client_auth_fault fault; /* what client_auth_read returned */
	const char *basic_fault; /* with MALFORMED_BASIC: "base64", "base64url", "colon", "nul",
				  * "length" */
	bool id_conflicts;       /* with CONFLICT: the ids do; else the secrets */
	struct str client_id, client_secret;
	bool from_basic; /* an Authorization: Basic header was there */
	bool from_body;  /* the secret, or the id without a header, was in the parameters */
	/* RFC 6749 2.3 and 2.3.1 to the letter: one method a request, halves form-encoded. Set by
	 * the standard edge. */
	bool strict;
	/* Basic halves as sent, before form-decoding (RFC 6749 2.3.1 asks clients to encode them;
	 * many do not): a check tries the decoded form, then this one. */
	struct str raw_id, raw_secret;
	/* RFC 7521 4.2; the standard edge sets them. */
	struct str assertion, assertion_type;
	struct shown_keys shown;
};

/* RFC 7521 4.2: adds an assertion. "client_id ... is unnecessary for client assertion
 * authentication because the client is identified by the subject": without one it is read from
 * there, and proves nothing yet. */
void client_auth_take_assertion(struct arena *a, struct str assertion, struct str assertion_type,
	struct client_credentials *c);

/* `authorization` is the header's value or STR_NONE; schemes other than Basic are ignored.
 * `body_id` and `body_secret` are the parameters; empty ones count as absent. */
enum client_auth_fault client_auth_read(struct arena *a, struct str authorization,
	struct str body_id, struct str body_secret, struct client_credentials *out);

/* The token in an API request's Authorization header: "token X", "bearer X" (any case), or Basic
 * with the token as user name or as password. False when there is none to be found. */
bool client_auth_read_token(struct arena *a, struct str authorization, struct str *token);
/* RFC 9449 7.1: the token of an "Authorization: DPoP ..." header. */
bool client_auth_read_dpop(struct str authorization, struct str *token);

/* The two halves of a Basic header, as they were sent. False when it is none, or malformed. */
bool client_auth_read_basic(
	struct arena *a, struct str authorization, struct str *user, struct str *password);

#endif
