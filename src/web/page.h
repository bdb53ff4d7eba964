/* Putting pages out: the frame's fields, the reply's security headers, redirects after forms. */
#ifndef LLAVERO_WEB_PAGE_H
#define LLAVERO_WEB_PAGE_H

#include "gen/pages.h"
#include "web/notice.h"
#include "web/visit.h"
#include "web/web.h"

/* The frame: viewer, token, language switch, and the notice that an earlier request left. */
struct page_layout web_layout(struct context *c, struct http_request *req, struct http_reply *rep);
/* Shows a notice on this page itself. */
void web_notice(struct context *c, struct page_layout *layout, enum message message, bool bad);

/* An empty buffer for a page of up to LIMIT_REPLY bytes. */
struct buf web_buf(struct context *c);
/* Makes the reply of what page_NAME() wrote. */
void web_send(struct context *c, struct http_reply *rep, int status, const struct buf *page);
/* Renders struct page_NAME `*fields` as the reply. */
#define WEB_SHOW(c, rep, status, name, fields)                                                     \
	do {                                                                                       \
		struct buf web_show_buf_ = web_buf(c);                                             \
		page_##name(&web_show_buf_, (c)->visit->lang, (fields));                           \
		web_send((c), (rep), (status), &web_show_buf_);                                    \
	} while (0)

/* The headers that every page, redirect and refused form carries. */
void web_headers(struct context *c, struct http_reply *rep);
/* 303 after a form that worked, so that a reload repeats nothing and no credential travels on
 * (RFC 9700 4.12), with a notice for the page that follows; MSG_NONE leaves none. */
void web_go(struct context *c, struct http_request *req, struct http_reply *rep, struct str path,
	enum message message);
void web_go_with(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str path, const struct notice *n);

/* The first character of a name, upper case where that is ASCII. */
struct str web_initial(struct arena *a, struct str name);
/* The login of whom the app belongs to, or words for that it belongs to nobody. */
struct str web_owner_of(struct context *c, const struct app *app);
/* The documentation of a wire error: a path of this server with its anchor; "" when the error has
 * none. */
struct str web_docs_of(struct context *c, enum wire_error wire);
/* The same, so that the page can tell the owner of the app about this very request. */
struct str web_docs_of_request(struct context *c, enum wire_error wire, struct str request_id);
/* "https://app.example:8443" of a URI, "app.example:" of a private-use one; "" when it cannot be
 * read. */
struct str web_origin_of(struct arena *a, struct str uri);
/* Now, by the store's clock, and the age of something. */
int64_t web_age(const struct context *c, int64_t since);

#endif
