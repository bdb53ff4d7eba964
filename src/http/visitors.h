/* Who is connected, and who keeps the server waiting. A connection that waits for us is never in
 * the way; one that we wait for (for a request, its head or its body, or for a reply to be taken)
 * is shown out when that takes too long, and, the one that we have waited for longest first, when
 * there is no more room, or no more for its address. So slowness, however it is spread over the
 * bytes, costs its sender the connection and nobody else theirs (assurance A180). */
#ifndef LLAVERO_HTTP_VISITORS_H
#define LLAVERO_HTTP_VISITORS_H

#include "http/daemon.h"

struct sockaddr;
struct visitors;
struct visitor;

/* `config` must stay. NULL without memory. */
struct visitors *visitors_new(const struct http_daemon_config *config);
void visitors_free(struct visitors *all);

/* Somebody has connected, by the socket `fd`; we wait for the first request. Makes room when there
 * is none. NULL without memory: the connection is then nobody's, and gets no answer. */
struct visitor *visitors_add(struct visitors *all, const struct sockaddr *address, int fd);
/* The connection is closed. */
void visitors_remove(struct visitors *all, struct visitor *v);

/* From now on we wait for something else of this visitor: time begins anew. */
void visitors_wait(struct visitors *all, struct visitor *v);
/* From now on the visitor waits for us. */
void visitors_serve(struct visitors *all, struct visitor *v);

/* Shows out whoever has taken too long. To be called often; cheap. */
void visitors_look(struct visitors *all);

/* The address as text, "unknown" when it is neither IPv4 nor IPv6. */
struct str visitor_address(const struct visitor *v);
/* How many have asked for nothing yet. */
unsigned visitors_silent(const struct visitors *all);
/* A request of this visitor has begun. */
void visitors_note_request(struct visitors *all, struct visitor *v);

#endif
