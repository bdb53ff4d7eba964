/* Who acts for somebody: the claims "act" and "may_act" of RFC 8693 4.1 and 4.4. */
#ifndef LLAVERO_FLOW_ACTOR_H
#define LLAVERO_FLOW_ACTOR_H

#include "base/json_body.h"
#include "base/limits.h"

/* Each STR_NONE when it is not known. */
struct actor {
	struct str issuer, subject, client_id;
};

/* "act" of the actor, with the "act" of before inside (a JSON object as text, or STR_NONE). False:
 * more than LIMIT_ACTORS would act for each other. */
bool actor_add(struct arena *a, const struct actor *actor, struct str before, struct str *out);
/* Does the "may_act" of these claims, if there is one, mean this actor? Its members sub, iss and
 * client_id all have to fit. False: `*wanted` is the subject it names, "" when it cannot be read.
 */
bool actor_may_act(struct arena *a, const struct json_body *claims, const struct actor *actor,
	struct str *wanted);

#endif
