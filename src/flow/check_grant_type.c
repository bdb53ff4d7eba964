#include "flow/check_grant_type.h"

enum step_result check_grant_registered(struct context *c, enum dialect edge, unsigned registered,
	enum grant_type wanted, struct refusal *refusal)
{
	if (edge == DIALECT_GITHUB || (registered & wanted))
		return STEP_NEXT;
	refusal->expected = grant_type_words(c->arena, registered);
	refusal->received = str_from(grant_type_word(wanted));
	refusal->cause = CAUSE_GRANT_TYPE_UNREGISTERED;
	return STEP_REFUSE;
}

enum step_result check_client_grant(struct context *c, enum dialect edge,
	const struct client *client, enum grant_type wanted, struct refusal *refusal)
{
	if (edge == DIALECT_GITHUB)
		return STEP_NEXT;
	return check_grant_registered(
		c, edge, client_metadata_of(c->arena, client)->grant_types, wanted, refusal);
}

bool client_may_refresh(struct context *c, enum dialect edge, const struct client *client)
{
	return edge == DIALECT_GITHUB ||
	       (client_metadata_of(c->arena, client)->grant_types & GRANT_TYPE_REFRESH);
}
