/* Scenarios: for a cause of core/errors.def, a request that is refused for it. The stage is set by
 * the flows that serve everybody, one thing is changed, and the request is sent like any other:
 * nothing is answered by rote, so what is refused here is refused in production. */
#ifndef LLAVERO_REHEARSAL_SCENARIO_H
#define LLAVERO_REHEARSAL_SCENARIO_H

#include "rehearsal/staging.h"

struct scenario {
	enum cause cause;
	enum stage stage;
	/* Changes the one thing; false with c->failed set when it cannot. */
	bool (*change)(struct staging *);
};

/* What people look for a scenario by. */
enum scenario_group {
	GROUP_CLIENTS,
	GROUP_AUTHORIZE,
	GROUP_CODES,
	GROUP_PKCE,
	GROUP_REFRESH,
	GROUP_DEVICES,
	GROUP_API,
	GROUP_MANAGE,
	SCENARIO_GROUPS,
};

/* Ended by CAUSE_NONE. */
extern const struct scenario scenarios_of_clients[], scenarios_of_authorize[], scenarios_of_codes[],
	scenarios_of_others[];

/* The scenario of a cause, or NULL. */
const struct scenario *scenario_find(enum cause cause);
/* The i-th of all, NULL past the last. */
const struct scenario *scenario_at(size_t i);
/* Follows from its stage and from what the client is told. */
enum scenario_group scenario_group(const struct scenario *s);
/* "clients", as the list of scenarios calls it. */
const char *scenario_group_name(enum scenario_group group);
/* Sets the stage and changes the one thing. False: c->failed is set. Needs a write transaction. */
bool scenario_stage(struct context *c, const struct scenario *scenario, const struct account *owner,
	struct staging *out);
/* Whose app a scenario's is to be: the account of this login, or of the demo's user when it is
 * absent, or a fresh one. DB_NONE: there is no such account. */
enum db_status scenario_owner(struct context *c, struct str login, struct account *out);

#endif
