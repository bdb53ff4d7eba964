/* Lists in pages: GitHub reference 8.3. */
#ifndef LLAVERO_GITHUB_PAGING_H
#define LLAVERO_GITHUB_PAGING_H

#include "github/github.h"

enum { PAGE_DEFAULT = 30, PAGE_MOST = 100 };

/* Which part of a list a request asks for. */
struct paging {
	int64_t page;     /* from 1 */
	int64_t per_page; /* 1 to PAGE_MOST */
};

/* Reads `page` and `per_page`. What is no number, or 0, is the default; a `per_page` that is too
 * large is PAGE_MOST. */
struct paging github_paging_read(const struct http_request *req);
/* The elements [*from, *to) of a list of `total`; empty past the end. */
void github_paging_range(const struct paging *p, size_t total, size_t *from, size_t *to);
/* The Link header (RFC 8288), when there is another page: prev, next, last, first, the request's
 * other parameters kept. */
void github_paging_link(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct paging *p, size_t total);
/* The Link header to the next page of a list that goes on from where it stopped: the parameter
 * `name` says where that is. */
void github_paging_go_on(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *name, struct str value);

#endif
