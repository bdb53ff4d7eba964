/* The head of a request: the headers that llavero looks at, and those that say where its body ends.
 */
#ifndef LLAVERO_HTTP_HEAD_H
#define LLAVERO_HTTP_HEAD_H

#include "http/http.h"

struct MHD_Connection;

/* Notes the headers of `connection`'s request in `req`; their text lives as long as the request.
 * Returns NULL, or a sentence for the client when the request is to be refused: a header came twice
 * that may come once (assurance A167), one that counts stands on two lines (RFC 9112 5.2; A160), or
 * the body's end is told in two ways or in one that the library does not know (RFC 9112 6.1
 * and 6.3; A157, A158), which a proxy in front may have read differently. */
const char *http_read_head(struct MHD_Connection *connection, struct http_request *req);

#endif
