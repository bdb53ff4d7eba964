/* A device asks for its token: RFC 8628 3.4 and 3.5. */
#include "explain/refusal.h"
#include "flow/device_poll.h"
#include "oauth/fault.h"
#include "oauth/grants.h"
#include "oauth/reply.h"

void oauth_grant_device(struct context *c, struct oauth_request *q)
{
	enum fault_kind fault = oauth_fault(c, q, FAULT_AT_POLL);
	const struct device_poll_request request = {
		.edge = DIALECT_STANDARD,
		.credentials = q->credentials,
		.grant_type = oauth_param(q, "grant_type"),
		.device_code = oauth_param(q, "device_code"),
		.resources = resource_parameters(&q->form),
		.details = oauth_param(q, "authorization_details"),
		.slow_down = fault == FAULT_SLOW_DOWN,
	};
	struct device_polling poll;

	if ((fault != FAULT_NONE && fault != FAULT_SLOW_DOWN) || !oauth_need(c, q, "device_code"))
		return;
	enum step_result result = poll_device(c, &request, &poll);

	if (result == STEP_DONE)
		explain_step(c, "device_token", poll.client.app_id, poll.device.id);
	if (result == STEP_REFUSE && poll.refusal.cause == CAUSE_DEVICE_TOO_EARLY)
		oauth_refuse_slow_down(c, q, &poll.refusal, poll.interval_s);
	else
		oauth_token_result(c, q, result, &poll.issued, &poll.refusal);
}
