/* What a request is worked on with. One per request; made by server/turn.c. */
#ifndef LLAVERO_FLOW_CONTEXT_H
#define LLAVERO_FLOW_CONTEXT_H

#include <stdatomic.h>

#include "core/error.h"
#include "flow/settings.h"
#include "store/store.h"

struct rate_limits; /* flow/rate_limit.h */
struct rehearsal;   /* flow/rehearsal.h */
struct notes;       /* explain/notes.h */
struct facts;       /* explain/detail.h */
struct signing;     /* flow/signing.h */
struct remote_keys; /* flow/remote_keys.h */

enum { CONTEXT_SECRETS = 6 };

/* Counts shown at /metrics; one set for the process. */
struct counters {
	_Atomic uint64_t refused[CAUSES];
	_Atomic uint64_t codes_issued, tokens_issued, signins, signin_failures, throttled;
};

struct token_uses; /* flow/token_uses.h */
struct visit;      /* who is at the browser: web/visit.h */

struct context {
	struct store *store;
	const struct settings *settings;
	struct counters *counters;
	struct token_uses *uses;
	struct arena *arena;
	struct random *random;
	struct str request_id;
	struct str remote; /* the client's address */
	bool failed;       /* a failure of ours: undo the request's writes, answer 503 */
	bool part;         /* of the turn's transaction: those writes have a savepoint */
	struct visit *visit;
	struct rate_limits *rates;    /* of the process; NULL: nothing is counted */
	struct rate_limits *attempts; /* the same for what proves nothing: flow/attempts.h */
	struct rehearsal *rehearsal;  /* of the process; NULL: this is no rehearsal */
	struct signing *signing;      /* of the worker: its opened keys */
	_Atomic bool *keys_needed;    /* of the process; NULL: nobody makes them ahead */

	/* With STEP_ASK of a client's authentication: its keys are to be fetched first, and then
	 * the request is to be worked on again. */
	struct remote_keys *keys_wanted, *keys_fetched;

	/* For explanations. */
	int64_t app_id;      /* the request showed a secret or token of this app; 0: of none yet */
	struct notes *notes; /* of the worker; NULL: nothing is kept */
	struct str user_agent;
	/* What the request carried and nobody may read. */
	struct str secrets[CONTEXT_SECRETS];
	size_t secrets_n;
	/* Says what the request was like, if somebody will read it; set by the edge. */
	void (*describe)(struct context *, struct facts *, const void *of);
	const void *describe_of;
};

static inline void context_secret(struct context *c, struct str secret)
{
	if (str_has_text(secret) && c->secrets_n < CONTEXT_SECRETS)
		c->secrets[c->secrets_n++] = secret;
}

/* Notes a failing status: true when the work cannot go on. DB_NONE is not a failure. */
static inline bool context_failed(struct context *c, enum db_status status)
{
	if (status != DB_OK && status != DB_NONE)
		c->failed = true;
	return c->failed;
}

/* For what few requests of a route write, and the route is not marked for: begins a write
 * transaction unless there is one, which the turn commits, and a part of it for this request. False
 * after setting context.failed. */
static inline bool context_begin_write(struct context *c)
{
	struct db *db = c->store->db;

	if (!db_is_writing(db) && context_failed(c, db_begin_write_at(db, DB_SNAPSHOT)))
		return false;
	if (db_shares_commit(db) && !c->part)
		c->part = !context_failed(c, db_savepoint(db));
	return !c->failed;
}

/* Notes how far a flow came: for explanations. */
static inline void refusal_at(struct refusal *r, const char *flow, size_t passed)
{
	r->flow = flow;
	r->passed = (unsigned)passed;
}

/* The answer of one step of a flow. */
enum step_result {
	STEP_NEXT,   /* this check passed */
	STEP_REFUSE, /* a protocol error: the flow's refusal says which */
	STEP_ASK,    /* a person must do something first: the flow says what */
	STEP_FAIL,   /* a failure of ours; context.failed is set */
	STEP_DONE,   /* after the last step */
};

#endif
