/* How surely somebody is who they say: authentication methods (RFC 8176) as a session keeps them,
 * and the two classes that we tell apart (OpenID Connect Core 2, "acr"; RFC 9470). */
#ifndef LLAVERO_CORE_ACR_H
#define LLAVERO_CORE_ACR_H

#include "base/str.h"

#define ACR_ONE "urn:llavero:acr:password" /* one factor */
#define ACR_TWO "urn:llavero:acr:two-factors"

#define AMR_PASSWORD "pwd"
#define AMR_TWO_FACTORS "pwd otp mfa"

/* The class of what was done; `amr` is space-joined names. */
struct str acr_of(struct str amr);
bool acr_is_known(struct str acr);
/* Is `reached` good enough where `wanted` was asked for? */
bool acr_suffices(struct str reached, struct str wanted);

#endif
