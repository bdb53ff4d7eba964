/* serve --demo: a user, an app and their secrets, made once and kept in DATA/demo.json. */
#ifndef LLAVERO_SERVER_DEMO_H
#define LLAVERO_SERVER_DEMO_H

#include "server/config.h"
#include "store/store.h"

/* Makes what is missing and fills config->settings.demo_app. Writes DATA/demo.json (mode 0600).
 * False with a sentence in `problem`. */
bool demo_prepare(struct config *config, struct store *store, char problem[256]);

#endif
