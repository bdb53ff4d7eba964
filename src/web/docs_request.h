/* Pages of the documentation that explain errors, and the very request that brought somebody
 * there. */
#ifndef LLAVERO_WEB_DOCS_REQUEST_H
#define LLAVERO_WEB_DOCS_REQUEST_H

#include "docs/site.h"
#include "web/page.h"

/* Fills the page's fields about a request, when the page is one that errors point to. The body is
 * divided where the answer belongs. False when the store failed. */
bool docs_request_fill(struct context *c, const struct http_request *req,
	const struct docs_site_page *docs, struct page_docs_page *page);

/* Where in a page's HTML the section of that id goes on after its heading; 0 when there is no such
 * section. */
size_t docs_request_place(struct arena *a, struct str html, struct str id);

#endif
