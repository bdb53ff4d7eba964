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
