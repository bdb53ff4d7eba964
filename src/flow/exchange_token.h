/* A token in return for a token: RFC 8693. What is given is for the same person, never for more
 * than what was brought: scopes, resources and lifetime only shrink, and it ends with what it was
 * got for. An app may exchange its own tokens, those that are for a resource that it serves
 * (store/resource_app.h), and assertions of issuers that are trusted for it. */
#ifndef LLAVERO_FLOW_EXCHANGE_TOKEN_H
#define LLAVERO_FLOW_EXCHANGE_TOKEN_H

#include "core/client_auth.h"
#include "core/scope.h"
#include "flow/check_token.h"
#include "flow/issue_token.h"
#include "flow/read_resources.h"
#include "flow/sender.h"
#include "flow/trusted_assertion.h"

#define EXCHANGE_GRANT_TYPE "urn:ietf:params:oauth:grant-type:token-exchange"
#define TOKEN_TYPE_ACCESS "urn:ietf:params:oauth:token-type:access_token"
#define TOKEN_TYPE_JWT "urn:ietf:params:oauth:token-type:jwt"

struct exchange_request {
	enum dialect edge;
	struct client_credentials credentials;
	/* Each STR_NONE when it was not sent. */
	struct str subject_token, subject_token_type, actor_token, actor_token_type;
	struct str requested_token_type, scope;
	struct asked_resources resources; /* resource and audience together */
};

/* Whom a token of the request is about. */
struct exchange_party {
	bool present;
	int64_t account_id;                    /* ACCOUNT_OF_APPS: an app itself */
	struct str issuer, subject, client_id; /* as "act" names it; each may be STR_NONE */
	uint64_t token_id;                     /* its row; 0: an assertion */
	int64_t expires_at;                    /* 0: never */
	struct bound bound;
	struct scope_set scopes;
	struct checked_token checked;
	struct trusted_assertion assertion;
};

struct exchange {
	const struct exchange_request *request;
	struct client client;
	struct sender sender;
	struct exchange_party subject, actor;
	struct scope_set scopes;
	struct bound bound;  /* of the token to be */
	struct resource own; /* this server, when a JWT is asked for no resource */
	const struct resource *resource;
	struct grant grant;
	struct refusal refusal; /* when the result is STEP_REFUSE */
	struct issued issued;   /* when it is STEP_DONE */
};

/* Runs the steps. Needs a write transaction. STEP_DONE, STEP_REFUSE or STEP_FAIL; STEP_ASK while
 * keys are being fetched (flow/client_keys.h). */
enum step_result exchange_token(
	struct context *c, const struct exchange_request *request, struct exchange *out);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *exchange_token_step(size_t i);

#endif
