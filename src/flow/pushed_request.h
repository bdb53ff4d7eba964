/* Steps of the authorization request that are about pushed ones: RFC 9126 4 to 6. flow/authorize.c
 * runs them, flow/push_request.h takes requests in. */
#ifndef LLAVERO_FLOW_PUSHED_REQUEST_H
#define LLAVERO_FLOW_PUSHED_REQUEST_H

#include "flow/authorize.h"

#define PUSHED_PREFIX "urn:ietf:params:oauth:request_uri:"

/* A request_uri of ours stands for what was pushed: from here on only that counts. Refused on a
 * page, for nothing is known yet that could be redirected to: PUSHED_UNKNOWN,
 * PUSHED_OF_ANOTHER_APP, PUSHED_USED, PUSHED_EXPIRED. Needs a write transaction. */
enum step_result read_pushed(struct context *c, struct authorize *a);
/* Did this one have to be pushed? By the server's setting, the app's metadata or its profile:
 * PUSH_REQUIRED. */
enum step_result check_pushed(struct context *c, struct authorize *a);
/* It is about to be answered: once. PUSHED_USED when another answer was first. */
enum step_result use_pushed(struct context *c, struct authorize *a);
/* It is answered with an error. False: context.failed is set. */
bool end_pushed(struct context *c, struct authorize *a);

#endif
