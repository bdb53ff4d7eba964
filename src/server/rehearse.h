/* Whether this run is a rehearsal, and what it needs then: the token that lets people in, the clock
 * where it was left, the sandboxes that are still there. */
#ifndef LLAVERO_SERVER_REHEARSE_H
#define LLAVERO_SERVER_REHEARSE_H

#include <jansson.h>

#include "server/server.h"

enum { REHEARSAL_TOKEN_LEN = 40 };

/* Decides settings.rehearsal, once the address is known. On the public internet a rehearsal that
 * was asked for is refused (false, with a sentence in `problem`), and a demo goes without one. */
bool rehearsal_decide(struct config *config, char problem[256]);
/* Before workers run: the token file of a rehearsal without a demo,
 * DATA/rehearsal.json, and the state that the database keeps. False with a sentence. */
bool rehearsal_prepare(struct server *s, struct store *store, char problem[256]);
/* The token that `known`, a file's content, names; a fresh one when it names none. `out` receives
 * it, the settings its hash. */
void rehearsal_take_token(struct settings *settings, const json_t *known, struct random *random,
	char out[REHEARSAL_TOKEN_LEN + 1]);

#endif
