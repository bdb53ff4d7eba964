/* Somebody asks what a token is worth: RFC 7662. An app may ask about its own tokens, a resource
 * server (core/app_rights.h) about access tokens of every app. Whatever is wrong with a token, the
 * answer is the same; why it is so is noted for the owner of its app. */
#ifndef LLAVERO_FLOW_INTROSPECT_H
#define LLAVERO_FLOW_INTROSPECT_H

#include "core/client_auth.h"
#include "flow/check_token.h"
#include "flow/refresh.h"

struct introspect_request {
	enum dialect edge;
	struct client_credentials credentials;
	struct str token; /* STR_NONE when it was not sent */
};

/* What is told of a token that is good. */
struct introspected {
	bool is_refresh_token;
	struct str client_id, login;
	int64_t account_id; /* ACCOUNT_OF_APPS: of no person */
	struct str scopes, bound;
	int64_t issued_at, expires_at; /* 0: not known; never */
};

struct introspection {
	const struct introspect_request *request;
	struct client client;
	struct str own_client_id;
	bool resource_server;
	struct checked_token checked;
	struct refresh_request refresh_request;
	struct refresh refresh; /* of a refresh token, for explanations */
	struct refusal refusal; /* when the result is STEP_REFUSE: who asks may not */
	bool active;            /* when it is STEP_DONE; then one of these is set: */
	struct introspected token;
	struct refusal inactive;
};

/* Runs the steps. Writes nothing but when a client secret was last used. STEP_DONE, STEP_REFUSE or
 * STEP_FAIL. */
enum step_result introspect(
	struct context *c, const struct introspect_request *request, struct introspection *out);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *introspect_step(size_t i);

#endif
