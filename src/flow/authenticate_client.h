/* Client authentication, by the method that the app is registered for: RFC 6749 2.3 and 3.2.1, RFC
 * 7591 2, GitHub reference 3.1. */
#ifndef LLAVERO_FLOW_AUTHENTICATE_CLIENT_H
#define LLAVERO_FLOW_AUTHENTICATE_CLIENT_H

#include "core/client_auth.h"
#include "flow/context.h"
#include "store/app.h"

/* Finds the client and proves it as it is registered: by any of its live secrets, or, for a public
 * client, by nothing. STEP_NEXT: `client` is filled. STEP_REFUSE: `refusal` says why. Reads only
 * rows of the app: a code in the request stays untouched (golang.org/x/oauth2 tries every exchange
 * in two ways). */
enum step_result authenticate_client(struct context *c, const struct client_credentials *given,
	struct client *client, struct refusal *refusal);

/* The same for what a public client may not do. */
enum step_result authenticate_confidential(struct context *c,
	const struct client_credentials *given, struct client *client, struct refusal *refusal);

/* For grants in which no client needs a secret: as above when one was sent; without one the client
 * is only found, and `*proven` is false. */
enum step_result identify_client(struct context *c, const struct client_credentials *given,
	struct client *client, bool *proven, struct refusal *refusal);

/* Why a client that has shown nothing is refused. */
enum cause client_proof_missing(const struct client *client);

#endif
