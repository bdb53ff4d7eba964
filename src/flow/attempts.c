#include "flow/attempts.h"

static struct rate_state count(struct context *c, const struct attempts *a, int64_t cost)
{
	return rate_limits_count(c->attempts, a->who, a->most, cost, store_now(c->store));
}

enum step_result attempts_look(struct context *c, const struct attempts *a, struct refusal *refusal)
{
	if (!c->attempts || a->most.limit == 0)
		return STEP_NEXT;
	struct rate_state state = count(c, a, 0);

	if (state.used < state.limit)
		return STEP_NEXT;
	atomic_fetch_add_explicit(&c->counters->throttled, 1, memory_order_relaxed);
	refusal->cause = a->cause;
	refusal_add_number(refusal, c->arena, EVIDENCE_wait, state.reset_at - store_now(c->store));
	return STEP_REFUSE;
}

void attempts_count(struct context *c, const struct attempts *a)
{
	if (c->attempts && a->most.limit)
		count(c, a, 1);
}
