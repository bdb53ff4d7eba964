/* How often requests of an app were refused, and why: a chart, its table, and totals by cause. */
#ifndef LLAVERO_WEB_REQUESTS_CHART_H
#define LLAVERO_WEB_REQUESTS_CHART_H

#include "web/requests_filter.h"

struct requests_chart {
	struct html html;
	int64_t refused; /* in all, of any cause */
	/* The causes there were, for the form. */
	const struct page_requests_list_choice *causes;
	size_t causes_n;
};

/* Counts tell of every refusal, also of those that the log had no room for. False when the store
 * failed. */
bool requests_chart_make(struct context *c, const struct requests_of *of,
	const struct requests_filter *f, struct requests_chart *out);

#endif
