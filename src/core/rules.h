/* What a request of an app has to keep to, by the edge that it came to, by the app's profile and by
 * whether it can keep a secret. The stricter of these always counts: docs/standard.md lists them.
 */
#ifndef LLAVERO_CORE_RULES_H
#define LLAVERO_CORE_RULES_H

#include "core/profile.h"

struct rules {
	/* the authorization request */
	bool exact_redirects;    /* RFC 9700 2.1: no wildcard */
	bool names_redirect;     /* RFC 6749 3.1.2.3: redirect_uri is needed unless one is known */
	bool https_redirects;    /* FAPI 2.0 5.3.2.2: http only to the loopback interface */
	bool names_response;     /* RFC 6749 3.1.1: response_type is needed */
	bool scope_as_sent;      /* without a scope parameter nothing is asked for */
	bool pushed;             /* FAPI 2.0 5.3.2.2: only what was pushed (RFC 9126) */
	bool pkce;               /* RFC 9700 2.1.1, OAuth 2.1 7.5.2 */
	int64_t code_lifetime_s; /* at most; 0: as the setting says */
	/* the client */
	bool confidential; /* FAPI 2.0 5.3.2.1: no public clients */
	bool signed_auth;  /* FAPI 2.0 5.3.2.1: mTLS or private_key_jwt, no shared secret */
	/* the tokens */
	int64_t token_lifetime_s; /* at most; 0: as the settings say */
	bool tokens_expire;
	bool sender_bound; /* FAPI 2.0 5.3.2.1: to a DPoP key or a certificate */
};

struct rules rules_of(enum dialect edge, enum profile profile, enum auth_method method);

#endif
