#include "rehearsal/scenario.h"

#include "rehearsal/spoil.h"

static const struct scenario *const tables[] = {
	scenarios_of_clients, scenarios_of_authorize, scenarios_of_codes, scenarios_of_others};
enum { TABLES = sizeof tables / sizeof tables[0] };

#define DEMO_LOGIN "octocat"

const struct scenario *scenario_at(size_t i)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct scenario *s = tables[t]; s->cause; s++)
			if (i-- == 0)
				return s;
	return NULL;
}

const struct scenario *scenario_find(enum cause cause)
{
	const struct scenario *s;

	for (size_t i = 0; (s = scenario_at(i)); i++)
		if (s->cause == cause)
			return s;
	return NULL;
}

/* A verifier may come where none was announced: that too is a matter of PKCE. */
static enum scenario_group group_of_code(enum cause cause)
{
	if (cause_wire(cause) == WIRE_INCORRECT_CLIENT_CREDENTIALS)
		return GROUP_CLIENTS;
	return str_starts(str_from(cause_name(cause)), STR("VERIFIER_")) ? GROUP_PKCE : GROUP_CODES;
}

enum scenario_group scenario_group(const struct scenario *s)
{
	switch (s->stage) {
	case STAGE_AUTHORIZE:
		return GROUP_AUTHORIZE;
	case STAGE_CODE:
	case STAGE_CODE_PKCE:
		return group_of_code(s->cause);
	case STAGE_REFRESH:
		return GROUP_REFRESH;
	case STAGE_DEVICE:
	case STAGE_POLL:
		return GROUP_DEVICES;
	case STAGE_API:
		return GROUP_API;
	case STAGE_MANAGE:
		break;
	}
	return GROUP_MANAGE;
}

const char *scenario_group_name(enum scenario_group group)
{
	static const char *const names[SCENARIO_GROUPS] = {
		"clients", "authorize", "codes", "pkce", "refresh", "devices", "api", "manage"};

	return names[group];
}

bool scenario_stage(struct context *c, const struct scenario *scenario, const struct account *owner,
	struct staging *out)
{
	if (stage_set(c, scenario->stage, owner, out) && scenario->change(out) && !c->failed)
		return true;
	c->failed = true;
	return false;
}

enum db_status scenario_owner(struct context *c, struct str login, struct account *out)
{
	return account_by_login(
		c->store, c->arena, str_has_text(login) ? login : STR(DEMO_LOGIN), out);
}
