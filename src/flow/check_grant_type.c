#include "flow/check_grant_type.h"

static struct str words_of(struct arena *a, unsigned grants)
{
	struct str text = STR("");

	for (unsigned bit = 1; bit <= GRANT_TYPE_JWT_BEARER; bit <<= 1)
		if (grants & bit)
			text = str_printf(a, "%.*s%s%s", STR_ARG(text), text.n ? ", " : "",
				grant_type_word((enum grant_type)bit));
	return text;
}

enum step_result check_grant_registered(struct context *c, enum dialect edge, unsigned registered,
	enum grant_type wanted, struct refusal *refusal)
{
	if (edge == DIALECT_GITHUB || (registered & wanted))
		return STEP_NEXT;
	refusal->expected = words_of(c->arena, registered);
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
