/* HTTP, as handlers see it: a request, a reply, a table of routes. libmicrohttpd is behind it and
 * nothing else names it. */
#ifndef LLAVERO_HTTP_HTTP_H
#define LLAVERO_HTTP_HTTP_H

#include "base/buf.h"
#include "base/form.h"

/* What a request is worked on with; flow/context.h defines it, this layer only passes it on. */
struct context;

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_METHOD_OTHER,
};

enum http_header {
	HTTP_ACCEPT,
	HTTP_ACCEPT_LANGUAGE,
	HTTP_AUTHORIZATION,
	HTTP_CLIENT_CERT,
	HTTP_CONTENT_TYPE,
	HTTP_COOKIE,
	HTTP_DPOP,
	HTTP_HOST,
	HTTP_IF_NONE_MATCH,
	HTTP_ORIGIN,
	HTTP_SEC_FETCH_SITE,
	HTTP_USER_AGENT,
	HTTP_X_FORWARDED_FOR,
	HTTP_X_GITHUB_OTP,
	HTTP_HEADERS, /* how many are kept; others are ignored */
};

enum { HTTP_PATH_VARS = 4, HTTP_REPLY_HEADERS = 32, HTTP_REQUEST_ID_LEN = 40 };

struct http_request {
	enum http_method method;
	struct str path;      /* as sent, not decoded */
	struct str raw_query; /* STR_NONE without '?' */
	struct params query;  /* decoded; see query_status */
	enum form_status query_status;
	struct str headers[HTTP_HEADERS]; /* STR_NONE when not sent */
	struct str body;
	struct str vars[HTTP_PATH_VARS]; /* decoded values of the route's :names, in order */
	struct str remote;               /* the client's address as text */
	struct str certificates;         /* DER, one after the other: the client's; STR_NONE */
	struct str id;                   /* X-GitHub-Request-Id */
	struct arena *arena;
	const struct http_route *route;
};

/* Writes what is new into `out`, of at most LIMIT_STREAM_PIECE bytes; false ends the stream. */
typedef bool http_stream_poll(struct context *, void *arg, struct buf *out);

struct http_reply {
	int status;               /* 200 unless set */
	const char *content_type; /* NULL: no body type */
	struct str body;          /* lives in the request's arena, or is constant */
	struct {
		const char *name;
		const char *value;
	} headers[HTTP_REPLY_HEADERS];
	size_t headers_n;
	bool drop;        /* close the connection instead of replying, once all is committed */
	int64_t delay_ms; /* send the reply so much later; for one that has changed nothing */
	/* Slow work for a job thread: when `work` is set the handler's reply is not sent; after
	 * work(arg) has run on another thread, done(context, request, reply, arg) runs back here.
	 * work() must not touch the request's arena, store or context. */
	struct {
		void (*work)(void *arg);
		void (*done)(
			struct context *, struct http_request *, struct http_reply *, void *arg);
		void *arg;
		bool outgoing; /* waits for another server: on threads of its own */
	} job;
	/* A body that goes on: see http_event_stream. */
	struct {
		http_stream_poll *poll;
		void *arg;
	} stream;
};

typedef void http_handler(struct context *, struct http_request *, struct http_reply *);

enum http_route_flag {
	ROUTE_WRITES = 1,     /* runs in a write transaction; never reached by HEAD */
	ROUTE_PAGE = 2,       /* answers people: session, language, security headers of pages */
	ROUTE_NEEDS_USER = 4, /* a page for signed-in people; others go to sign in first */
	ROUTE_FORM = 8,       /* a page's form: body parsed, authenticity_token required */
	ROUTE_API = 16,       /* answers programs in JSON */
	ROUTE_CORS = 32,      /* for programs in browsers, on pages of any origin too (Fetch 3.2) */
	/* with ROUTE_WRITES: what it decides hangs on rows that it changes itself, so that it needs
	 * no more than DB_SNAPSHOT; the endpoints that clients call all the time */
	ROUTE_SNAPSHOT = 64,
};

struct http_route {
	enum http_method method;
	const char *path; /* "/settings/applications/:id": a ":name" segment matches any text */
	http_handler *handler;
	unsigned flags;
	size_t body_max; /* 0: no body expected, LIMIT_BODY tolerated and ignored */
};

/* Routes, ready to be searched. */
struct http_router;
/* Builds a router from `tables` (each ended by a row with a NULL path). The routes are borrowed.
 * Returns NULL when memory is lacking or two routes are equal. */
struct http_router *http_router_new(const struct http_route *const *tables, size_t tables_n);
void http_router_free(struct http_router *r);
/* The route of a method and path, its variables decoded into `vars`; HEAD finds the GET route if
 * that does not write. NULL when there is none: `*allowed` then has a bit (1 << method) for each
 * method the path does have. */
const struct http_route *http_route_find(const struct http_router *r, enum http_method method,
	struct str path, struct arena *a, struct str vars[HTTP_PATH_VARS], unsigned *allowed);
/* "GET, HEAD, POST" of such bits. */
struct str http_allow_list(struct arena *a, unsigned allowed);

/* "POST"; "" for HTTP_METHOD_OTHER. */
const char *http_method_name(enum http_method method);
/* The value of a cookie, or STR_NONE. `*times` (may be NULL) counts cookies of that name. */
struct str http_cookie(const struct http_request *req, const char *name, size_t *times);
/* The media type of a Content-Type value, lower case, without parameters. */
struct str http_media_type(struct arena *a, struct str content_type);

/* Does If-None-Match name this tag, which is strong? A list of tags, or "*"; weak ones compare
 * equal too (RFC 9110 13.1.2). */
bool http_none_match_has(struct str list, struct str etag);

/* Gives a good reply its validator, a hash of its body; who has that already is only told so (304).
 * `weak`: as GitHub's API has it (RFC 9110 8.8.3). */
void http_add_etag(struct http_request *req, struct http_reply *rep, bool weak);
/* Adds a header. `name` and `value` must live as long as the request; a value with a control byte
 * is left out, so that no reply can be split (assurance A170). */
void http_header(struct http_reply *rep, const char *name, const char *value);
void http_header_str(
	struct http_request *req, struct http_reply *rep, const char *name, struct str value);
/* A whole reply in one call. */
void http_reply(struct http_reply *rep, int status, const char *content_type, struct str body);
/* A reply of server-sent events that goes on after the handler. Its head is sent at once; then
 * poll(context, arg, out) runs on the worker's thread about once a second, the first time at once,
 * until it returns false, context.failed is set, the reader goes, or LIMIT_STREAM_SECONDS are over
 * (an event source comes again by itself). `arg` lives in the request's arena, which lives as long
 * as the stream. context.arena is new for each poll. A poll reads what is committed by then, and
 * writes no rows. What would not fit in `out` it leaves for the next poll: an overflow ends the
 * stream. The handler runs for HEAD too; then nothing is polled. When too many streams are open,
 * the reply becomes a 503. */
void http_event_stream(struct http_reply *rep, http_stream_poll *poll, void *arg);
/* A redirect; `location` is already a URI. */
void http_redirect(
	struct http_request *req, struct http_reply *rep, int status, struct str location);

#endif
