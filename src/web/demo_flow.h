/* What the demo client remembers of one sign-in: what it asked, and each step as it happened. */
#ifndef LLAVERO_WEB_DEMO_FLOW_H
#define LLAVERO_WEB_DEMO_FLOW_H

#include <jansson.h>

#include "core/error.h"
#include "flow/context.h"
#include "web/demo.h"
#include "web/demo_call.h"

enum { DEMO_SECRETS = 16, DEMO_FLOW_S = 3600 };

#define DEMO_FORM "application/x-www-form-urlencoded"

struct demo_flow {
	struct str id; /* the cookie's value */
	enum demo_case_id kind;
	enum cause cause; /* of a DEMO_SCENARIO */
	json_t *json;     /* texts by name, "steps", and "requests": ids of the client's own */
	/* never shown in full: client secret, code, verifier, token; of a scenario in any order */
	struct str secrets[DEMO_SECRETS];
};

/* A new one with a state and a PKCE verifier of its own. Lives in the request's arena. */
struct demo_flow *demo_flow_new(struct context *c, enum demo_case_id kind);
/* Makes it that of a scenario. */
void demo_flow_set_cause(struct context *c, struct demo_flow *f, enum cause cause);
/* The one of a cookie, or NULL when there is none or c->failed is set. */
struct demo_flow *demo_flow_load(struct context *c, struct str id);
/* Stores it for an hour. Needs a write transaction. False when the store failed. */
bool demo_flow_save(struct context *c, const struct demo_flow *f);

/* A text of the flow; "" when it was never set. */
struct str demo_flow_get_text(struct context *c, const struct demo_flow *f, const char *name);
void demo_flow_set_text(struct context *c, struct demo_flow *f, const char *name, struct str value);
/* Remembers a request of this flow, for its explanation. */
void demo_flow_note(struct context *c, struct demo_flow *f, struct str request_id);
/* Adds a step; `title` and `note` are keys of messages, secrets in the other two are masked. */
void demo_flow_add(struct context *c, struct demo_flow *f, const char *title, const char *note,
	struct str request, struct str reply);
/* A call as a step. */
void demo_flow_add_call(struct context *c, struct demo_flow *f, const char *title, const char *note,
	const struct demo_call *call);

/* `url` with a line for each parameter. */
struct str demo_lines_of(struct arena *a, struct str url);
/* `text` with all but the last four characters of each secret replaced; absent and short ones are
 * passed over. */
struct str demo_mask(struct arena *a, struct str text, const struct str *secrets, size_t n);
/* The PKCE challenge of a verifier (RFC 7636 4.2). */
struct str demo_challenge(struct arena *a, struct str verifier);

#endif
