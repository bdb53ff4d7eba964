#include "flow/seen_once.h"

#include "base/limits.h"
#include "flow/attempts.h"
#include "store/seen_once.h"

/* A140: rows are never forgotten before their time, so their number has to be bounded where they
 * are made: for one key, and for an address, where there may be any number of keys. */
static bool is_too_often(struct context *c, const struct once *once, struct refusal *refusal)
{
	const struct attempts by[] = {
		{str_printf(c->arena, "%s of %.*s", once->kind, STR_ARG(once->whose)),
			{LIMIT_JTIS, RATE_HOUR}, CAUSE_JTI_TOO_MANY},
		{str_printf(c->arena, "%s from %.*s", once->kind, STR_ARG(c->remote)),
			{LIMIT_JTIS, RATE_HOUR}, CAUSE_JTI_TOO_MANY},
	};

	for (size_t i = 0; i < sizeof by / sizeof by[0]; i++) {
		if (attempts_look(c, &by[i], refusal) != STEP_NEXT) {
			refusal_add_number(refusal, c->arena, EVIDENCE_most, LIMIT_JTIS);
			return true;
		}
		attempts_count(c, &by[i]);
	}
	return false;
}

enum taken take_once(struct context *c, const struct once *once, struct refusal *refusal)
{
	if (is_too_often(c, once, refusal))
		return TAKEN_TOO_OFTEN;
	if (!context_begin_write(c))
		return TAKEN_FAILED;
	enum db_status status =
		seen_once(c->store, once->kind, once->whose, once->jti, once->expires_at);

	if (context_failed(c, status))
		return TAKEN_FAILED;
	return status == DB_OK ? TAKEN_FIRST : TAKEN_AGAIN;
}
