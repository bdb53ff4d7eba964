/* Logging out at an app's wish: OpenID Connect RP-Initiated Logout 1.0, 2 and 3. */
#ifndef LLAVERO_FLOW_LOGOUT_H
#define LLAVERO_FLOW_LOGOUT_H

#include "flow/id_token_hint.h"
#include "flow/signed_on.h"
#include "store/account.h"

/* The parameters as sent; STR_NONE when absent. */
struct logout_request {
	struct str id_token_hint, client_id, post_logout_redirect_uri, state;
};

enum logout_decision { LOGOUT_UNDECIDED, LOGOUT_YES, LOGOUT_NO };

enum logout_outcome {
	LOGOUT_ASK,  /* a person has to agree: nothing proves that the request is theirs */
	LOGOUT_OVER, /* nobody is signed in (any more) */
	LOGOUT_KEPT, /* the person stays signed in */
};

struct logout_wish {
	const struct logout_request *request;
	const struct account *account; /* who is signed in, or NULL; */
	struct signed_on signed_on;    /* and how */
	enum logout_decision decision;

	struct id_token_hint hint;
	bool hinted; /* the hint is good */
	struct app app;
	bool has_app;                /* it is known which app asks */
	struct str redirect_uri;     /* where to go then; proven, or STR_NONE: a page of ours */
	enum logout_outcome outcome; /* unless the result is STEP_FAIL */
};

/* Runs the steps. Needs a write transaction. STEP_DONE or STEP_FAIL: what cannot be believed is
 * passed over, and the person is asked. */
enum step_result log_out(struct context *c, struct logout_wish *w);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *log_out_step(size_t i);

#endif
