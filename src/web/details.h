/* Authorization details as a page shows them. */
#ifndef LLAVERO_WEB_DETAILS_H
#define LLAVERO_WEB_DETAILS_H

#include "flow/context.h"
#include "gen/pages.h"

struct shown_details {
	const struct page_details_detail *v;
	size_t n;
};

/* Of a request's bound.details, in the language of the visit. None, and context.failed, when they
 * cannot be read: a page without them would ask for another consent. */
struct shown_details web_details(struct context *c, struct str details);

#endif
