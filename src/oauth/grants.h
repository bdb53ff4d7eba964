/* The grant types of the token endpoint: one row and one file for each. */
#ifndef LLAVERO_OAUTH_GRANTS_H
#define LLAVERO_OAUTH_GRANTS_H

#include "oauth/request.h"

typedef void oauth_grant_handler(struct context *c, struct oauth_request *q);

struct oauth_grant {
	const char *name;
	oauth_grant_handler *run;
	bool polls; /* a poll looks for rehearsed faults itself */
};

/* Ended by a NULL name. The metadata document lists them as they stand. */
extern const struct oauth_grant oauth_grants[];

oauth_grant_handler oauth_grant_code;      /* RFC 6749 4.1.3, RFC 7636 4.5 */
oauth_grant_handler oauth_grant_refresh;   /* RFC 6749 6 */
oauth_grant_handler oauth_grant_client;    /* RFC 6749 4.4 */
oauth_grant_handler oauth_grant_device;    /* RFC 8628 3.4 */
oauth_grant_handler oauth_grant_exchange;  /* RFC 8693 2 */
oauth_grant_handler oauth_grant_assertion; /* RFC 7523 2.1 */

#endif
