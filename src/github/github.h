/* The GitHub dialect's edge: how its requests are read and its replies worded. */
#ifndef LLAVERO_GITHUB_GITHUB_H
#define LLAVERO_GITHUB_GITHUB_H

#include "flow/context.h"
#include "http/http.h"

/* Ended by a NULL path. */
extern const struct http_route github_routes[];

/* 404 of the REST API, for paths that have no route. */
void github_api_not_found(struct context *c, struct http_request *req, struct http_reply *rep);
/* A browser asks whether a page elsewhere may use the API (CORS): answered for every path of it. */
bool github_is_preflight(const struct http_request *req);
void github_api_preflight(struct context *c, struct http_request *req, struct http_reply *rep);
/* Was the refusal that there was too much of something? Then Retry-After is set, and the status has
 * to be 429. */
bool github_is_throttled(
	struct http_request *req, struct http_reply *rep, const struct refusal *refusal);
/* 405 and 5xx of the dialect's programs' endpoints, in the API's error shape. */
void github_api_error(
	struct context *c, struct http_request *req, struct http_reply *rep, int status);

#endif
