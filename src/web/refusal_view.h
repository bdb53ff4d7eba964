/* The explanation of one entry of the request log, as a part of a page. */
#ifndef LLAVERO_WEB_REFUSAL_VIEW_H
#define LLAVERO_WEB_REFUSAL_VIEW_H

#include "explain/explanation.h"
#include "gen/pages.h"
#include "web/requests.h"

struct refusal_view {
	const struct requests_of *of; /* whose pages other requests are linked to; NULL: no links */
	int64_t number;               /* of the part on its page, for ids */
	bool brief;                   /* without facts: the rest stands on a page of its own */
	struct str href;              /* that page; "" when this is it */
	struct html diagram;          /* of its flow, or nothing */
	bool alone;                   /* the diagram has no other step */
	struct str flow_href;
	bool leads_to_docs; /* brief, but with the link to the documentation */
	struct str title;   /* in place of the cause's, where that stands above it; or "" */
};

struct html refusal_view(
	struct context *c, const struct log_entry *entry, const struct refusal_view *view);

/* A text in three parts: what it has in common with another one at the beginning and at the end,
 * and between them what differs. Whole characters. */
struct differing {
	struct str before, mark, after;
};

/* Compares `text` with `other`, which have `same` bytes in common at the beginning. */
struct differing refusal_differing(struct str text, struct str other, size_t same);

#endif
