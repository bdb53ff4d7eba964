/* What an app's metadata lets it do beyond what every app may. */
#ifndef LLAVERO_CORE_APP_RIGHTS_H
#define LLAVERO_CORE_APP_RIGHTS_H

#include "base/arena.h"
#include "base/str.h"

struct app_rights {
	/* "resource_server": true. It may ask about tokens of other apps (RFC 7662 4). */
	bool resource_server;
	/* "scope" (RFC 7591 2), space-joined: what it may have for itself, without a person who
	 * allows it. STR_NONE: nothing. */
	struct str own_scopes;
};

/* `metadata` is the app's JSON object, or STR_NONE. One that cannot be read gives nothing. */
struct app_rights app_rights_of(struct arena *a, struct str metadata);

#endif
