/* The UserInfo endpoint: OpenID Connect Core 5.3. */
#ifndef LLAVERO_FLOW_USERINFO_H
#define LLAVERO_FLOW_USERINFO_H

#include "flow/check_token.h"

struct userinfo {
	struct presented_token token; /* as sent */
	struct checked_token checked;
	struct app app;         /* whose token it is */
	struct refusal refusal; /* with STEP_REFUSE */
	struct str claims;      /* with STEP_DONE: a JSON object, or a JWT */
	bool is_jwt;            /* 5.3.2: the app is registered for one */
};

/* Runs the steps. STEP_DONE, STEP_REFUSE or STEP_FAIL. */
enum step_result userinfo(struct context *c, struct userinfo *u);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *userinfo_step(size_t i);

#endif
