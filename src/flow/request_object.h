/* Steps of the authorization request that are about request objects: RFC 9101 5 and 6, OpenID
 * Connect Core 6.1, FAPI 2.0 Message Signing 5.3. flow/authorize.c runs them, for requests that are
 * pushed too. */
#ifndef LLAVERO_FLOW_REQUEST_OBJECT_H
#define LLAVERO_FLOW_REQUEST_OBJECT_H

#include "flow/authorize.h"

/* The parameter `request` is the whole request, signed with a key of the client: from here on only
 * what is inside counts. Refused on a page: OBJECT_MIXED, OBJECT_MALFORMED, OBJECT_ALGORITHM,
 * OBJECT_KEY, OBJECT_SIGNATURE, OBJECT_CLAIM. STEP_ASK: keys of the client are wanted (context.h).
 */
enum step_result read_object(struct context *c, struct authorize *a);
/* Did this one have to be signed? By the app's metadata: OBJECT_REQUIRED. */
enum step_result check_object(struct context *c, struct authorize *a);

#endif
