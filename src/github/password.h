/* Requests of a user by name and password, and X-GitHub-OTP: GitHub reference 7.2. */
#ifndef LLAVERO_GITHUB_PASSWORD_H
#define LLAVERO_GITHUB_PASSWORD_H

#include "github/api.h"

typedef void github_user_handler(
	struct context *, struct http_request *, struct http_reply *, const struct account *);

/* Runs `next` for the user whose name, password and second factor the request has, else answers
 * with the refusal. The route needs ROUTE_WRITES: the password is checked on a job thread, and
 * failures are counted. */
void github_with_password(struct context *c, struct http_request *req, struct http_reply *rep,
	github_user_handler *next);

#endif
