/* Apps that every stock installation of a well-known tool asks for. */
#ifndef LLAVERO_COMMAND_PRESETS_H
#define LLAVERO_COMMAND_PRESETS_H

#include "store/app.h"

struct preset {
	const char *word; /* what --preset is given */
	const char *client_id, *client_secret;
	const char *name, *homepage;
	struct callback callbacks[2];
};

/* The preset of this word; NULL when there is none. */
const struct preset *preset_find(struct str word);

#endif
