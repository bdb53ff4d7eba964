/* What a registered app says of itself: core/client_metadata.h, completed from the app's columns.
 */
#ifndef LLAVERO_STORE_METADATA_H
#define LLAVERO_STORE_METADATA_H

#include "core/client_metadata.h"
#include "store/app.h"

/* For flows: parsed when it is needed first, from the client's or the app's row. An app that was
 * never given grant types may use codes and refresh tokens, the device flow when that is on, and,
 * when it is confidential, client credentials; never what lets it act for people who were not
 * asked. Redirect URIs are in app_callbacks(). Never NULL; metadata that cannot be read (nobody
 * writes such) leaves the defaults. */
/* `a`: the arena that the client was read into, or one that lives as long. */
const struct client_metadata *client_metadata_of(struct arena *a, const struct client *client);
const struct client_metadata *app_metadata_of(struct arena *a, const struct app *app);
/* The same with redirect URIs, name and homepage too: all that RFC 7591 3.2.1 shows. */
enum db_status app_metadata_whole(
	struct store *s, struct arena *a, const struct app *app, struct client_metadata *out);

#endif
