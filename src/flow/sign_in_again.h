/* Signing in once more because an app asks for it (OpenID Connect Core 3.1.2.1: prompt=login,
 * max_age). The authorization request comes back from the sign-in page with a mark, which says when
 * it was asked for, and in what state the browser was then; it is met when somebody has signed in
 * since. Signed, so that no link can pretend that it was asked. */
#ifndef LLAVERO_FLOW_SIGN_IN_AGAIN_H
#define LLAVERO_FLOW_SIGN_IN_AGAIN_H

#include "flow/authorize.h"

/* The parameter that carries it; no app's business. */
#define SIGN_IN_MARK "sign_in_mark"

struct str sign_in_mark(struct context *c, const struct authorize *a);
/* Has somebody signed in since the mark that the request carries was made, and not long ago? */
bool signed_in_since_mark(struct context *c, const struct authorize *a);

#endif
