/* The authorization endpoint of the code grant: RFC 6749 4.1.1 and 4.1.2, RFC 7636 4.3, RFC 9207,
 * RFC 9700 2.1; GitHub reference section 2. The edge reads parameters and shows pages; what is
 * right is decided here. */
#ifndef LLAVERO_FLOW_AUTHORIZE_H
#define LLAVERO_FLOW_AUTHORIZE_H

#include "base/form.h"
#include "core/bound.h"
#include "core/openid_claims.h"
#include "core/redirect_uri.h"
#include "core/scope.h"
#include "flow/check_app.h"
#include "flow/read_resources.h"
#include "flow/signed_on.h"
#include "store/grant.h"

/* The parameters as sent; STR_NONE when absent. */
struct authorize_request {
	enum dialect edge;
	struct str client_id, redirect_uri, scope, state, response_type, code_challenge,
		code_challenge_method, prompt;
	/* The standard edge only. */
	struct str response_mode;
	struct asked_resources resources; /* RFC 8707 */
	struct str details;               /* RFC 9396: authorization_details */
	struct str dpop_jkt; /* RFC 9449 10: thumbprint of the key that the code is for */
	/* OpenID Connect Core 3.1.2.1, 5.5, 6 and 7.2.1 */
	struct str nonce, claims, acr_values, max_age, login_hint, ui_locales, id_token_hint,
		request, request_uri, registration;
	struct str sign_in_mark; /* ours: flow/sign_in_again.h */
	/* A known parameter that was sent twice, authorize_targets before others; NULL: none. A
	 * doubled state is passed as STR_NONE. */
	const char *repeated;
};

/* Parameters that decide where an answer goes; ended by NULL. */
extern const char *const authorize_targets[];

enum authorize_decision { DECISION_NONE, DECISION_ALLOW, DECISION_DENY };

/* Where a refusal may be told: on a page, until the redirect URI is proven. */
enum reply_to { REPLY_TO_PAGE, REPLY_TO_REDIRECT };

/* What a person must do before the flow can go on (STEP_ASK). */
enum authorize_ask {
	ASK_SIGN_IN,
	ASK_SIGN_IN_AGAIN, /* whoever is signed in; sign_in_mark says that it was asked */
	ASK_PICK_ACCOUNT,
	ASK_VERIFY_EMAIL,
	ASK_CONSENT,
};

/* What an authentication request asks for, once it was read: flow/authentication_request.h. */
struct authentication_ask {
	bool openid;       /* scope openid: it is one */
	unsigned prompts;  /* bits of enum prompt */
	int64_t max_age_s; /* -1: any */
	struct str hinted; /* sub of id_token_hint; or STR_NONE */
	struct claims_request claims;
};

enum { ANSWER_PARAMS = 5 };

/* What the app is told: RFC 6749 4.1.2 and 4.1.2.1. */
struct authorize_answer {
	struct str to; /* a registered URI */
	struct param v[ANSWER_PARAMS];
	size_t n; /* 0: nothing may be told */
};

struct client_metadata;

struct authorize {
	const struct authorize_request *request; /* as sent; once it was read, as pushed */
	const struct account *account;           /* who is signed in, or NULL; */
	struct signed_on signed_on;              /* and how */
	bool pick;   /* the account picker is asked for by its own URL */
	bool picked; /* it has been answered */
	enum authorize_decision decision;

	struct app app;
	const struct client_metadata *metadata; /* the app's */
	struct rules rules;                     /* what its requests here keep to */
	bool pushed;                            /* it was pushed (RFC 9126), or is right now */
	struct authorize_request own;
	bool fixed; /* its parameters are not those of the URL: it was pushed, or is signed */
	const struct params *object; /* what a request object said, or NULL */
	struct str shown_jkt;        /* of the proof that came when it was pushed, or STR_NONE */
	struct str reference;        /* of what was pushed, to be used up; or STR_NONE */
	struct callback *callbacks;
	size_t callbacks_n;
	enum reply_to reply_to;
	struct str redirect_uri; /* where the answer goes; proven when reply_to says so */
	struct scope_set asked, granted, scopes; /* requested; allowed before; for this code */
	bool has_grant;
	struct str granted_details; /* RFC 9396: agreed to last */
	struct authentication_ask asks;
	struct str sign_in_mark; /* with ASK_SIGN_IN, _SIGN_IN_AGAIN, _PICK_ACCOUNT */
	bool offline;            /* offline_access was asked for */
	struct bound bound;      /* for the code; the edge says which it is */
	bool changed;            /* the app has become another one since it was allowed */
	bool reauthorize;        /* consent is asked again because the app asks so often */
	enum authorize_ask ask;  /* with STEP_ASK */
	struct refusal refusal;  /* with STEP_REFUSE */
	struct authorize_answer
		form; /* response_mode=form_post: what a page is to post, and where */
	char code[CODE_TEXT_LEN + 1]; /* with STEP_DONE */
};

/* Runs the steps that need nobody: is the request itself right? This is all that is done with one
 * when it is pushed. STEP_NEXT, STEP_REFUSE or STEP_FAIL. */
enum step_result authorize_check(struct context *c, struct authorize *a);
/* Runs all steps. Needs a write transaction. STEP_DONE: `location` is the redirect that carries
 * the code. STEP_REFUSE: on REPLY_TO_REDIRECT `location` carries the error; otherwise the
 * refusal is for a page only. Where the answer is to be posted, `location` is STR_NONE and `form`
 * carries it. */
enum step_result authorize(struct context *c, struct authorize *a, struct str *location);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *authorize_step(size_t i);

#endif
