/* What the last action did, told once on the page that follows its redirect. */
#ifndef LLAVERO_WEB_NOTICE_H
#define LLAVERO_WEB_NOTICE_H

#include "web/visit.h"

struct notice {
	enum message message; /* MSG_NONE: there is nothing to tell */
	bool bad;             /* it tells of a failure */
	struct str app;       /* fills {app}; may be STR_NONE */
};

/* Leaves a notice for the next page of this browser, in a signed cookie that lives a minute. */
void notice_leave(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct notice *n);
/* Takes the notice that was left, if any, and deletes its cookie. */
struct notice notice_take(struct context *c, struct http_request *req, struct http_reply *rep);

/* The cookie's text, and back; false for any text that notice_encode did not make with `key`
 * (SHA256_LEN bytes). */
struct str notice_encode(struct arena *a, const uint8_t *key, const struct notice *n);
bool notice_decode(struct arena *a, const uint8_t *key, struct str text, struct notice *out);

#endif
