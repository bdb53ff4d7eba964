/* What a code, a token or a refresh token is bound to besides its client, user and scopes: the
 * nonce of an OpenID request, the resources it is for, the key that must be shown with it, how its
 * user had signed in. Kept beside it as one JSON object, absent for those of the GitHub dialect,
 * so that the rows of the hot path stay as small as they are. */
#ifndef LLAVERO_CORE_BOUND_H
#define LLAVERO_CORE_BOUND_H

#include "base/arena.h"
#include "base/str.h"

enum { BOUND_RESOURCES = 8 };

struct bound {
	/* Each text STR_NONE, each number 0, when it is not there. */
	struct str resources[BOUND_RESOURCES]; /* RFC 8707, as they were asked for */
	size_t resources_n;
	struct str jkt;     /* RFC 9449: thumbprint of the DPoP key */
	struct str x5t;     /* RFC 8705: SHA-256 of the certificate, base64url */
	struct str details; /* RFC 9396: a JSON array */
	/* OpenID Connect */
	struct str nonce, claims, acr, amr; /* claims: a JSON object; amr: names, space-joined */
	int64_t auth_time;                  /* seconds since 1970 */
	struct str sid;                     /* names the session for logout; no secret */
	int64_t session;                    /* its row: what is not offline ends with it */
	bool offline;                       /* outlives the session */
	/* RFC 8693 */
	struct str actor; /* a JSON object: "act" */
	bool standard;    /* was got through the standard dialect */
	bool redirect;    /* the authorization request named its redirect URI (RFC 6749 4.1.3) */
	bool oidc;        /* scope openid was granted */
};

/* As JSON; STR_NONE when nothing is set. */
struct str bound_write(struct arena *a, const struct bound *b);
/* Reads what bound_write wrote; STR_NONE gives an empty one. Unknown members are passed over. False
 * when it is no JSON object. */
bool bound_read(struct arena *a, struct str json, struct bound *out);

#endif
