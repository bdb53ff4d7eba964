/* Flows: who sent what, in order, and what was different when it went well. */
#ifndef LLAVERO_WEB_REQUESTS_FLOW_H
#define LLAVERO_WEB_REQUESTS_FLOW_H

#include "explain/sequence.h"
#include "gen/pages.h"
#include "web/requests.h"

/* The newest flows as rows of the list. False when the store failed. */
bool requests_flow_rows(struct context *c, const struct requests_of *of,
	const struct page_requests_list_flow **out, size_t *n);
/* A flow as a diagram. `here` is the request whose page it stands on, which is not linked;
 * STR_NONE when it has a page of its own. */
struct html requests_diagram(struct context *c, const struct requests_of *of,
	const struct sequence *flow, struct str here);

#endif
