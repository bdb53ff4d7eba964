/* What a reader of the request log asked to see: the query of its address. */
#ifndef LLAVERO_WEB_REQUESTS_FILTER_H
#define LLAVERO_WEB_REQUESTS_FILTER_H

#include "base/form.h"
#include "gen/pages.h"
#include "web/requests.h"

struct requests_filter {
	struct str cause;    /* "CODE_EXPIRED"; "": any */
	struct str endpoint; /* "token"; "": any */
	int64_t days;        /* how far back: 1, 7, or 30 */
	bool all;            /* what went well too */
	bool flows;          /* by flow, not by request */
	int64_t before_us;   /* the page after that entry; 0: the first page */
};

/* What is nonsense is as if it were not there. */
void requests_filter_read(const struct params *query, struct requests_filter *out);
/* The list's address with this filter. */
struct str requests_filter_href(
	struct arena *a, const struct requests_of *of, const struct requests_filter *f);
/* The entries that are asked for, one more than a page has when there is another page. */
struct log_query requests_filter_query(
	const struct context *c, const struct requests_of *of, const struct requests_filter *f);
/* Nothing is left out but by time. */
bool requests_filter_is_open(const struct requests_filter *f);

/* Choices for the form. */
const struct page_requests_list_choice *requests_endpoint_choices(
	struct arena *a, enum lang lang, const struct requests_filter *f, size_t *n);
const struct page_requests_list_choice *requests_days_choices(
	const struct context *c, const struct requests_filter *f, size_t *n);

#endif
