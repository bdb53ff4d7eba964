/* May this app be served here at all? Its operator may have suspended it, its record may keep it to
 * the other dialect, and its profile may ask for more than it can give. One answer for all flows.
 */
#ifndef LLAVERO_FLOW_CHECK_APP_H
#define LLAVERO_FLOW_CHECK_APP_H

#include "core/rules.h"
#include "flow/context.h"
#include "store/app.h"

/* What an app and a client say of it alike. */
struct service {
	int64_t suspended_at;
	unsigned dialects;
	enum profile profile;
	enum auth_method auth_method;
};

struct service service_of_app(const struct app *app);
struct service service_of_client(const struct client *client);

/* STEP_NEXT or STEP_REFUSE. */
enum step_result check_served(
	struct context *c, struct service service, enum dialect edge, struct refusal *refusal);
/* What requests of it at this edge keep to. */
struct rules rules_for(struct service service, enum dialect edge);

/* "github" or "standard": for explanations. */
const char *dialect_word(enum dialect edge);

#endif
