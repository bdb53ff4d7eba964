/* From client metadata to the app's row: for registration and for client documents. */
#ifndef LLAVERO_FLOW_REGISTERED_APP_H
#define LLAVERO_FLOW_REGISTERED_APP_H

#include "core/client_metadata.h"
#include "flow/context.h"
#include "store/app.h"

/* Whose it is, and what becomes of it. */
struct registered_app {
	const struct client_metadata *metadata;
	int64_t owner_id;
	struct str client_id; /* STR_NONE: a new one is made */
	enum app_origin origin;
	bool unverified;
};

enum db_status registered_app_create(
	struct context *c, const struct registered_app *r, struct app *out);
/* Gives `app` the metadata in place of what it had. A new name, other redirect URIs or other keys
 * mark it as changed (MCP-15), so that people are asked again. */
enum db_status registered_app_update(
	struct context *c, const struct client_metadata *metadata, struct app *app);

/* What the rules of metadata are here. */
struct metadata_rules registered_app_rules(const struct context *c, bool document);

#endif
