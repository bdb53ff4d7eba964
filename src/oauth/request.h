/* Reading a program's request at the standard edge: a form in the body of a POST and nothing else
 * (RFC 6749 3.2), each parameter once, none in the URL (assurance 6749-04, 6749-16, 6749-19). */
#ifndef LLAVERO_OAUTH_REQUEST_H
#define LLAVERO_OAUTH_REQUEST_H

#include "core/client_auth.h"
#include "explain/describe.h"
#include "flow/authorize_parameters.h"
#include "http/http.h"

struct oauth_endpoint {
	const char *name; /* for explanations: "token" */
};

struct oauth_request {
	const struct oauth_endpoint *endpoint;
	struct http_request *http;
	struct http_reply *reply;
	struct params form;
	struct client_credentials credentials;
	const struct described *described;
};

/* Reads it. False: the reply is ready. */
bool oauth_read(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct oauth_endpoint *endpoint, struct oauth_request *out);
/* What it shows that its sender holds. */
struct shown_keys oauth_shown_keys(const struct http_request *req);
/* RFC 9449 8.2: on every reply to a request with a proof, so that no client runs out of nonces. */
void oauth_add_nonce(struct context *c, struct http_request *req, struct http_reply *rep);
/* A parameter; STR_NONE when it was not sent, or without a value (RFC 6749 3.2). */
struct str oauth_param(const struct oauth_request *q, const char *name);
/* Was this required parameter sent? False: the reply is ready. */
bool oauth_need(struct context *c, struct oauth_request *q, const char *name);

/* The name of a parameter that came twice and may not, or NULL. RFC 8707 2 and RFC 8693 2.1 let
 * theirs be repeated. */
const char *oauth_repeated(struct arena *a, const struct params *p);

#endif
