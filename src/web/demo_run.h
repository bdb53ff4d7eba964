/* The requests that the demo client makes by itself, for each of its cases. */
#ifndef LLAVERO_WEB_DEMO_RUN_H
#define LLAVERO_WEB_DEMO_RUN_H

#include "web/demo_flow.h"

enum { DEMO_CALLS_MAX = 3 };

/* Makes the case's requests in a job; then its steps and outcome are in the flow, which is saved,
 * and the browser goes to the result page. `code` is what the callback brought, STR_NONE for
 * cases that begin with the client. */
void demo_run(struct context *c, struct http_reply *rep, struct demo_flow *flow, struct str code);

/* The authorization request of a flow, as a URL. RFC 6749 4.1.1, RFC 7636 4.3. */
struct str demo_authorize_url(struct context *c, const struct demo_flow *flow);

#endif
