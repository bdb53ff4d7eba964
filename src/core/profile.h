/* What an app's record says of how it is served: dialects, profile, and how it proves itself. */
#ifndef LLAVERO_CORE_PROFILE_H
#define LLAVERO_CORE_PROFILE_H

#include "base/str.h"

/* Bits. */
enum dialect { DIALECT_GITHUB = 1, DIALECT_STANDARD = 2 };

/* Named sets of policies (docs/dialects.md): as GitHub is; OWASP ASVS level 2 and OAuth 2.1; FAPI
 * 2.0. The stricter of what a profile and an endpoint ask for always holds. */
enum profile { PROFILE_GITHUB, PROFILE_STANDARD, PROFILE_STRICT, PROFILES };

/* RFC 7591 2, token_endpoint_auth_method. An app with client secrets may send one in either way. */
enum auth_method {
	AUTH_SECRET, /* client_secret_basic or client_secret_post */
	AUTH_NONE,   /* a public client */
	AUTH_PRIVATE_KEY_JWT,
	AUTH_CLIENT_SECRET_JWT,
	AUTH_TLS,             /* tls_client_auth */
	AUTH_SELF_SIGNED_TLS, /* self_signed_tls_client_auth */
	AUTH_METHODS,
};

/* How an app came here: made by a person, registered by a program (RFC 7591), or as a client ID
 * metadata document. */
enum app_origin { APP_BY_PERSON, APP_BY_REGISTRATION, APP_BY_DOCUMENT, APP_ORIGINS };

/* "person", "registration", "document"; and back. */
const char *app_origin_word(enum app_origin o);
bool app_origin_find(struct str word, enum app_origin *out);
/* "github", "standard", "strict"; and back. False for another word. */
const char *profile_word(enum profile p);
bool profile_find(struct str word, enum profile *out);
/* The registered name: "client_secret_basic" for AUTH_SECRET. "client_secret_post" is found as
 * AUTH_SECRET too. */
const char *auth_method_word(enum auth_method m);
bool auth_method_find(struct str word, enum auth_method *out);

#endif
