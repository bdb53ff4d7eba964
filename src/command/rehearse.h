/* What the parts of `llavero rehearse` share. */
#ifndef LLAVERO_COMMAND_REHEARSE_H
#define LLAVERO_COMMAND_REHEARSE_H

#include "command/explain.h"
#include "command/rehearsal.h"

/* A request that the server has staged, as it told it. */
struct staged {
	enum lang lang;
	enum cause cause; /* CAUSE_NONE: a newer server's, unknown here */
	json_t *json;     /* the whole reply */
	struct str method, url, body;
	json_t *headers;
};

/* `name` in words. */
struct str rehearse_title(struct call *call, enum lang lang, struct str name);
/* Sends it, and prints the reply and why it was refused. Returns the exit status: EXIT_FAILED when
 * it was refused for another cause, or not at all. */
int rehearse_run(struct call *call, const struct staged *s);

#endif
