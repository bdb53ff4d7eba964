/* Why the demo client's requests were refused, in place: it asks for its own, as an app may. */
#ifndef LLAVERO_WEB_DEMO_EXPLAIN_H
#define LLAVERO_WEB_DEMO_EXPLAIN_H

#include "gen/pages.h"
#include "web/demo_flow.h"

/* The refusals of a flow. Sets c->failed when the store fails. */
const struct page_demo_result_part *demo_explain(
	struct context *c, const struct demo_flow *f, size_t *n);
/* Was a request of the flow refused for that cause? */
bool demo_explain_has(struct context *c, const struct demo_flow *f, enum cause cause);
/* An error came back by way of the browser, whose request the client never saw: the refusal that
 * this browser was just answered with is noted. */
void demo_explain_answer(struct context *c, struct demo_flow *f);

#endif
