#include "explain/refusal.h"

#include "base/log.h"

enum { SHOWN = 200 }; /* bytes of evidence in one log field */

static struct str shown(struct str s)
{
	return str_slice(s, 0, SHOWN);
}

void explain_refusal(struct context *c, const char *endpoint, struct str client_id,
	const struct refusal *refusal)
{
	atomic_fetch_add_explicit(&c->counters->refused[refusal->cause], 1, memory_order_relaxed);
	if (!log_enabled(LOG_INFO))
		return;
	LOG(LOG_INFO, "request refused", LOG_STR("request", c->request_id),
		LOG_CSTR("endpoint", endpoint), LOG_CSTR("cause", cause_name(refusal->cause)),
		LOG_STR("client_id", shown(client_id)), LOG_STR("address", c->remote),
		LOG_STR("expected", shown(refusal->expected)),
		LOG_STR("received", shown(refusal->received)));
}
