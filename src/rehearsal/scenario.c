#include "rehearsal/scenario.h"

#include "rehearsal/spoil.h"

static const struct scenario *const tables[] = {scenarios_of_clients, scenarios_of_authorize,
	scenarios_of_codes, scenarios_of_others, scenarios_of_standard};
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
		return GROUP_MANAGE;
	case STAGE_REGISTER:
	case STAGE_REGISTERED:
		return GROUP_REGISTER;
	case STAGE_OAUTH_AUTHORIZE:
	case STAGE_OAUTH_PAR:
	case STAGE_OAUTH_PUSHED:
	case STAGE_OAUTH_CODE:
	case STAGE_OAUTH_CODE_PKCE:
	case STAGE_OAUTH_REFRESH:
	case STAGE_OAUTH_CLIENT:
	case STAGE_OAUTH_DEVICE:
	case STAGE_OAUTH_INTROSPECT:
	case STAGE_OAUTH_REVOKE:
	case STAGES:
		break;
	}
	return GROUP_STANDARD;
}

const char *scenario_group_name(enum scenario_group group)
{
	static const char *const names[SCENARIO_GROUPS] = {
		[GROUP_CLIENTS] = "clients",
		[GROUP_AUTHORIZE] = "authorize",
		[GROUP_CODES] = "codes",
		[GROUP_PKCE] = "pkce",
		[GROUP_REFRESH] = "refresh",
		[GROUP_DEVICES] = "devices",
		[GROUP_API] = "api",
		[GROUP_MANAGE] = "manage",
		[GROUP_STANDARD] = "standard",
		[GROUP_REGISTER] = "register",
	};

	return names[group];
}

const char *scenario_error(const struct scenario *s)
{
	const struct wire_row *row = wire_row(cause_wire(s->cause));

	return stage_edge(s->stage) == DIALECT_STANDARD ? row->rfc_code : row->code;
}

bool scenario_offered(const struct context *c, const struct scenario *s)
{
	return s->stage != STAGE_REGISTER || c->settings->registration != REGISTRATION_OFF;
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
