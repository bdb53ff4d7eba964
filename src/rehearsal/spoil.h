/* Making a code that was just given fail in one way, for real: what it hangs on is changed, or the
 * code itself, and the exchange that follows meets the same checks as ever. */
#ifndef LLAVERO_REHEARSAL_SPOIL_H
#define LLAVERO_REHEARSAL_SPOIL_H

#include "flow/context.h"
#include "store/grant.h"

struct spoiling {
	struct context *c;
	struct app app;         /* whose code it is */
	struct account account; /* who allowed it */
	struct code code;
	struct str text; /* the code as the client will see it; may be changed */
};

struct spoil {
	enum cause cause;
	enum db_status (*run)(struct spoiling *);
};

/* The way to the cause; NULL when none begins with a code. */
const struct spoil *spoil_find(enum cause cause);
/* Fills `s` from a code of ours. DB_NONE: it is none. */
enum db_status spoil_begin(struct context *c, struct str text, struct spoiling *s);
/* Another app of the same owner, made for the purpose, in a sandbox of its own. */
enum db_status spoil_make_app(
	struct context *c, int64_t owner_id, struct app *app, char secret[CLIENT_SECRET_LEN + 1]);

#endif
