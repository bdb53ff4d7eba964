/* Fetching a small JSON document, or a picture, that a client's metadata points to, or telling it
 * something, without being sent anywhere else: assurance 4.12, MCP-08, 7591-09.
 *
 * https only. The name is resolved once, every address it has must be an ordinary public one, the
 * connection goes to one of those and to no other (a name that means something else a moment later
 * changes nothing), and the address of the socket itself is checked again. No redirects, no
 * proxies, no cookies, no compression; bounded in time, in headers and in size.
 *
 * fetch_start is for a loop, fetch_work for a job thread (http_reply.job, `outgoing`): it waits. */
#ifndef LLAVERO_FLOW_FETCH_H
#define LLAVERO_FLOW_FETCH_H

#include "base/arena.h"
#include "base/limits.h"
#include "flow/resolve.h"

struct context;

enum fetch_fault {
	FETCH_OK,
	FETCH_URL,       /* not a URL that may be fetched */
	FETCH_THROTTLED, /* so many were fetched from there, or because of this caller */
	FETCH_NAME,      /* the name has no address */
	FETCH_ADDRESS,   /* it has one that is not public */
	FETCH_CONNECT,   /* nobody answers there */
	FETCH_TLS,       /* no certificate to trust */
	FETCH_TIMEOUT,
	FETCH_REDIRECT, /* 3xx; where to is nobody's business */
	FETCH_STATUS,   /* not 200 */
	FETCH_TYPE,     /* not JSON, as far as Content-Type says */
	FETCH_SIZE,     /* longer than it may be */
	FETCH_FAULTS,
};

struct fetch {
	/* what to do */
	char url[LIMIT_METADATA_TEXT + 1], host[256];
	int port;
	bool to_this_machine; /* a rehearsal's own: loopback, and nothing else */
	host_resolver *resolver;
	size_t body_max;
	const char *form; /* sent by POST, and what comes back is no matter; NULL: it is a GET */
	/* what is asked for in place of JSON; what it is then is the caller's question */
	const char *accept;
	/* what came of it */
	enum fetch_fault fault;
	long status; /* of HTTP; 0: none came */
	char *body;
	size_t body_n;
	char cache_control[256], age[32], expires[64], date[64];
	size_t headers_n; /* bytes */
};

/* `local`: this is a rehearsal, where http to 127.0.0.1, [::1] and localhost will do.
 * FETCH_OK: fetch_work may go on; otherwise `fault` says why not. */
enum fetch_fault fetch_init(
	struct fetch *f, struct arena *a, struct str url, bool local, size_t body_max);
/* The same with the settings of `c`, counted for the host and for the caller's address. */
enum fetch_fault fetch_start(struct context *c, struct fetch *f, struct str url, size_t body_max);
/* Fills the second half. `fetch` is a struct fetch. */
void fetch_work(void *fetch);

static inline struct str fetch_body(const struct fetch *f)
{
	return (struct str){f->body, f->body_n};
}
/* How many seconds it may be kept: RFC 9111, within our bounds. */
int64_t fetch_fresh_for(const struct fetch *f);
/* Is it the server's doing, rather than a wrong document: another try may go well? */
bool fetch_may_pass(const struct fetch *f);
/* One word, as in word.fault.<word> of the locales. */
const char *fetch_fault_word(enum fetch_fault fault);

#endif
