/* What OpenID Connect adds to an authorization request: Core 3.1.2.1 to 3.1.2.6, 5.5 and 6; RFC
 * 9470. Steps of flow/authorize.c. */
#ifndef LLAVERO_FLOW_AUTHENTICATION_REQUEST_H
#define LLAVERO_FLOW_AUTHENTICATION_REQUEST_H

#include "flow/authorize.h"
#include "flow/sign_in_again.h"

typedef enum step_result authorize_step_run(struct context *, struct authorize *);

authorize_step_run check_request_object, read_authentication, read_hint;
/* For a person who is signed in. */
authorize_step_run need_fresh_sign_in, need_class, need_hinted_user;

/* What to tell an app that let us show nothing. */
enum cause cause_of_ask(enum authorize_ask ask);
/* Adds what the ID token will say to a->bound. Needs a write transaction. False after setting
 * context.failed. */
bool bind_authentication(struct context *c, struct authorize *a);

#endif
