/* The authorization endpoint of the code grant: RFC 6749 4.1.1 and 4.1.2, RFC 7636 4.3, RFC 9207,
 * RFC 9700 2.1; GitHub reference section 2. The edge reads parameters and shows pages; what is
 * right is decided here. */
#ifndef LLAVERO_FLOW_AUTHORIZE_H
#define LLAVERO_FLOW_AUTHORIZE_H

#include "core/redirect_uri.h"
#include "core/scope.h"
#include "flow/check_app.h"
#include "store/grant.h"

/* The parameters as sent; STR_NONE when absent. */
struct authorize_request {
	enum dialect edge;
	struct str client_id, redirect_uri, scope, state, response_type, code_challenge,
		code_challenge_method, prompt;
	/* The standard edge only. */
	struct str response_mode;
	struct str dpop_jkt; /* RFC 9449 10: thumbprint of the key that the code is for */
	/* OpenID Connect Core 3.1.2.1: read, kept, and not acted on yet. */
	struct str nonce, claims, acr_values, max_age, login_hint, id_token_hint, ui_locales,
		display;
	/* A known parameter that was sent twice, client_id and redirect_uri before others; NULL:
	 * none. A doubled state is passed as STR_NONE. */
	const char *repeated;
};

enum authorize_decision { DECISION_NONE, DECISION_ALLOW, DECISION_DENY };

/* Where a refusal may be told: on a page, until the redirect URI is proven. */
enum reply_to { REPLY_TO_PAGE, REPLY_TO_REDIRECT };

/* What a person must do before the flow can go on (STEP_ASK). */
enum authorize_ask { ASK_SIGN_IN, ASK_PICK_ACCOUNT, ASK_VERIFY_EMAIL, ASK_CONSENT };

struct authorize {
	const struct authorize_request *request;
	const struct account *account; /* who is signed in, or NULL */
	bool picked;                   /* the account picker has been answered */
	enum authorize_decision decision;

	struct app app;
	struct rules rules; /* what its requests here keep to */
	struct callback *callbacks;
	size_t callbacks_n;
	enum reply_to reply_to;
	struct str redirect_uri; /* where the answer goes; proven when reply_to says so */
	struct scope_set asked, granted, scopes; /* requested; allowed before; for this code */
	bool has_grant;
	bool offline;                 /* offline_access was asked for */
	struct str bound;             /* for the code: core/bound.h; the edge sets it */
	bool changed;                 /* the app has become another one since it was allowed */
	bool reauthorize;             /* consent is asked again because the app asks so often */
	enum authorize_ask ask;       /* with STEP_ASK */
	struct refusal refusal;       /* with STEP_REFUSE */
	char code[CODE_TEXT_LEN + 1]; /* with STEP_DONE */
};

/* Runs the steps. Needs a write transaction. STEP_DONE: `location` is the redirect that carries
 * the code. STEP_REFUSE: on REPLY_TO_REDIRECT `location` carries the error; otherwise the
 * refusal is for a page only. */
enum step_result authorize(struct context *c, struct authorize *a, struct str *location);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *authorize_step(size_t i);

#endif
