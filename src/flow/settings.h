/* What an operator can set, as the flows see it. server/options.def fills it; each member is
 * described there and in docs/settings.md. */
#ifndef LLAVERO_FLOW_SETTINGS_H
#define LLAVERO_FLOW_SETTINGS_H

#include "core/jose.h"

struct authorities; /* core/certificate.h */

enum mismatch_answer {
	MISMATCH_PAGE,     /* tell the person; never redirect */
	MISMATCH_REDIRECT, /* to the one registered callback, as GitHub's documentation describes */
};

/* Which programs may register apps (RFC 7591 3): none, those with an initial access token, any. */
enum registration_mode { REGISTRATION_OFF, REGISTRATION_TOKEN, REGISTRATION_OPEN };

struct settings {
	struct str base_url;        /* origin, and path if any, without a trailing slash */
	struct str issuer;          /* base_url + "/login/oauth" */
	bool https;                 /* base_url is https: cookies are Secure */
	struct str error_uri_base;  /* before the path of an error_uri; "" by default */
	struct str support_contact; /* shown to people who need the operator; may be "" */
	bool demo;
	bool rehearsal; /* the routes under /rehearsal/ are there, for who has the token */
	uint8_t rehearsal_token_hash[32]; /* its SHA-256 */

	int64_t code_lifetime_s;
	int64_t pushed_request_lifetime_s; /* until a browser comes with it: RFC 9126 */
	bool require_pushed; /* authorization requests of the standard dialect have to be pushed */
	int64_t device_code_lifetime_s;
	int64_t device_interval_s;           /* least time between a device's polls */
	int64_t device_codes_per_hour;       /* given for an app to one address; 0: any number */
	int64_t device_submissions_per_hour; /* user codes entered per app; 0: any number */
	int64_t access_token_lifetime_s;     /* of tokens of the GitHub dialect that expire */
	int64_t standard_token_lifetime_s;   /* of tokens of the standard dialect */
	int64_t refresh_token_lifetime_s;    /* unused */
	int64_t refresh_grace_s;             /* how long a lost reply may be asked for again */
	int64_t token_unused_days;           /* 0: tokens do not end by disuse */
	int64_t tokens_per_scope_set;   /* live at once per user, app and scopes; 0: any number */
	int64_t signins_per_hour;       /* before consent is asked again; 0: any number */
	int64_t reports_per_hour;       /* of leaked tokens, per address; 0: any number */
	unsigned signing_algs;          /* JOSE_BIT of what this server signs with */
	enum jose_alg signing_default;  /* the first of them: what access tokens are signed with */
	int64_t signing_key_days;       /* how long a key signs */
	bool assertion_audience_legacy; /* clients may name the token endpoint as audience */
	struct authorities *client_authorities; /* of client certificates; NULL: none is trusted */
	struct str mtls_url; /* where client certificates are asked for; "": nowhere */
	bool dpop_nonce;     /* DPoP proofs must carry a nonce of ours */
	int64_t session_lifetime_s;
	int64_t session_idle_s;
	bool signup;
	bool signup_email_verified;  /* addresses of people who sign up count as verified */
	int64_t signin_failures_max; /* per account and per address, within the window */
	int64_t signin_window_s;
	int64_t client_failures_per_hour;  /* per app and address; 0: any number */
	int64_t unknown_tokens_per_minute; /* introspected by one app; 0: any number */
	int64_t argon2_passes;
	int64_t argon2_memory_kib;

	int64_t log_per_minute; /* refusals of one app that are kept; more are only counted */
	int64_t log_days;       /* how long they are kept */
	int64_t audit_days;     /* how long the security log is kept; 0: for ever */

	int64_t api_rate_limit;           /* requests an hour per token; 0: any number */
	int64_t api_rate_limit_anonymous; /* per address; counts when api_rate_limit is not 0 */
	struct str installed_version;     /* what the API claims to be a version of */

	enum registration_mode registration;
	unsigned registration_dialects;   /* bits of enum dialect, of apps that programs register */
	int64_t registrations_per_hour;   /* per address; 0: any number */
	int64_t registration_unused_days; /* unverified apps nobody uses end then; 0: never */
	bool client_id_documents;         /* a client id may be the URL of its metadata */

	/* the GitHub dialect's open questions (docs/dialects.md) */
	bool unknown_client_not_found; /* token endpoint: 404 for an unknown client_id */
	bool send_iss;                 /* RFC 9207 */
	enum mismatch_answer authorize_mismatch;

	/* serve --demo: what the built-in demo client signs in with */
	struct {
		struct str client_id, client_secret, suspended_client_id, suspended_client_secret,
			callback_url;
	} demo_app;
};

#endif
