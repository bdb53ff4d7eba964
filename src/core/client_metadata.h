/* Client metadata: what an app says of itself when it is registered by a program. RFC 7591 2,
 * OpenID Connect Registration 2, RP-Initiated Logout 3.1, Back-Channel Logout 2.2; RFC 8705 2.1
 * and 3.4, RFC 9101 10.5, RFC 9126 6, RFC 9396 10, RFC 9449 5.2. Read from JSON with a verdict for
 * each member, completed by the RFC's defaults, written back as JSON. */
#ifndef LLAVERO_CORE_CLIENT_METADATA_H
#define LLAVERO_CORE_CLIENT_METADATA_H

#include "base/arena.h"
#include "base/limits.h"
#include "core/profile.h"
#include "core/redirect_uri.h"

/* grant_types, as bits. */
enum grant_type {
	GRANT_TYPE_CODE = 1,
	GRANT_TYPE_REFRESH = 2,
	GRANT_TYPE_CLIENT_CREDENTIALS = 4,
	GRANT_TYPE_DEVICE = 8,
	GRANT_TYPE_EXCHANGE = 16,   /* RFC 8693 */
	GRANT_TYPE_JWT_BEARER = 32, /* RFC 7523 2.1 */
};

enum application_type { APPLICATION_WEB, APPLICATION_NATIVE };

/* RFC 8705 2.1.2: which name in the certificate is the client's. */
enum tls_subject {
	TLS_SUBJECT_NONE,
	TLS_SUBJECT_DN,
	TLS_SAN_DNS,
	TLS_SAN_URI,
	TLS_SAN_IP,
	TLS_SAN_EMAIL
};

/* A member in another language: "client_name#es" (RFC 7591 2.2). */
struct metadata_text {
	struct str name, value;
};

struct metadata_list {
	struct str v[LIMIT_METADATA_LIST];
	size_t n;
};

/* Each text STR_NONE when it is not there. */
struct client_metadata {
	struct metadata_list redirect_uris, contacts;
	enum auth_method auth_method;
	bool auth_post;       /* client_secret_post was registered; either way is taken */
	unsigned grant_types; /* bits of enum grant_type */
	/* Nobody has registered any: they are those that an app has by itself, and follow from what
	 * else is known of it (store/metadata.h). */
	bool usual_grants;
	bool response_code;                  /* response_types has "code", the only one there is */
	struct metadata_list response_modes; /* the only ones it uses; none: any */
	struct str client_name, client_uri, logo_uri, tos_uri, policy_uri;
	struct metadata_text localized[LIMIT_METADATA_LOCALIZED];
	size_t localized_n;
	struct str scope; /* the most that may be asked for; STR_NONE: no bound of its own */
	struct str jwks;  /* a JSON object: public keys */
	struct str jwks_uri;
	struct str software_id, software_version;
	enum application_type application_type;

	/* OpenID Connect */
	bool pairwise; /* subject_type */
	struct str sector_identifier_uri, initiate_login_uri;
	struct str id_token_signed_response_alg; /* "RS256" unless it was said */
	struct str userinfo_signed_response_alg; /* STR_NONE: plain JSON */
	int64_t default_max_age;                 /* -1: not there */
	bool require_auth_time;
	struct metadata_list default_acr_values;
	struct metadata_list post_logout_redirect_uris;
	struct str backchannel_logout_uri;
	bool backchannel_logout_session_required;

	/* how it proves itself, and what it must send */
	struct str token_endpoint_auth_signing_alg; /* STR_NONE: any that we take */
	struct str request_object_signing_alg;      /* the same */
	bool require_signed_request_object, require_pushed_authorization_requests;
	enum tls_subject tls_subject_kind;
	struct str tls_subject;
	bool tls_client_certificate_bound_access_tokens, dpop_bound_access_tokens;
	struct metadata_list authorization_details_types;
	struct metadata_list
		resources; /* ours: the only ones it may ask for (RFC 8707); none: any */
};

/* RFC 7591 3.2.2, "error". */
enum metadata_error {
	METADATA_GOOD,
	METADATA_REDIRECT_URI, /* invalid_redirect_uri */
	METADATA_CLIENT,       /* invalid_client_metadata */
	METADATA_STATEMENT,    /* unapproved_software_statement */
};

/* What is wrong with the metadata: one member is named, the first of its kind. */
struct metadata_verdict {
	enum metadata_error error;
	const char *member;
	const char *fault; /* one word for it, as in word.fault.<fault> of the locales */
	const char *why;   /* a sentence in English, for error_description and the command line */
	struct str value;  /* what was sent, when it is short text; else STR_NONE */
};

/* Where the metadata comes from, and what is allowed there. */
struct metadata_rules {
	bool local;        /* a rehearsal: http to this machine will do for every URI */
	bool any_redirect; /* the redirect URIs are a person's choice, judged elsewhere */
	bool document;     /* a client ID metadata document: no secret can be shared (MCP-09) */
};

/* Fills `out` with the defaults: those of RFC 7591 for authorization_code with a secret. */
void client_metadata_init(struct client_metadata *out);
/* Reads a registration's JSON object, completes it, and checks it as a whole. Unknown members are
 * passed over (7591-06), and so is what only the server says: client_id, client_secret and so on.
 * False: `verdict` says why. */
bool client_metadata_read(struct arena *a, struct str json, const struct metadata_rules *rules,
	struct client_metadata *out, struct metadata_verdict *verdict);
/* The checks of the whole alone, for metadata that was put together otherwise. */
bool client_metadata_check(struct arena *a, const struct metadata_rules *rules,
	struct client_metadata *m, struct metadata_verdict *verdict);

/* As JSON. METADATA_KEPT is what app.metadata holds: without what has columns of its own
 * (redirect_uris, client_name, client_uri, token_endpoint_auth_method). */
enum metadata_part { METADATA_WHOLE, METADATA_KEPT };
struct str client_metadata_write(
	struct arena *a, const struct client_metadata *m, enum metadata_part part);
/* Reads what METADATA_KEPT wrote, without judging it; absent members have their defaults. False
 * when it is no JSON object. An app that was never given grant types has usual_grants. */
bool client_metadata_load(struct arena *a, struct str json, struct client_metadata *out);

bool metadata_list_has(const struct metadata_list *list, struct str text);

/* "authorization_code"; and back. */
const char *grant_type_word(enum grant_type g);
bool grant_type_find(struct str word, enum grant_type *out);
/* The words of these bits: "authorization_code, refresh_token". */
struct str grant_type_words(struct arena *a, unsigned grants);

/* Is `json` a JWK set of public keys, as far as its form shows? The fault's word, or NULL. */
const char *client_keys_fault(struct arena *a, struct str json);

#endif
