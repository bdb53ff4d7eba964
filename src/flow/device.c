#include "flow/device.h"

#include <string.h>

#include "flow/attempts.h"
#include "flow/authenticate_client.h"
#include "flow/read_details.h"
#include "flow/read_scope.h"
#include "flow/resource_scopes.h"
#include "store/metadata.h"

static enum step_result refuse(struct device_start *d, enum cause cause)
{
	d->refusal.cause = cause;
	return STEP_REFUSE;
}

/* RFC 8628 3.1: as at the token endpoint; GitHub reference 5.1: without a secret. */
static enum step_result identify(struct context *c, struct device_start *d)
{
	bool proven;

	if (d->request->edge == DIALECT_STANDARD)
		return authenticate_client(c, &d->request->credentials, &d->client, &d->refusal);
	return identify_client(c, &d->request->credentials, &d->client, &proven, &d->refusal);
}

static enum step_result check_app(struct context *c, struct device_start *d)
{
	return check_served(c, service_of_client(&d->client), d->request->edge, &d->refusal);
}

/* Off unless its owner wants it: whoever can name an app could phish with it (RFC 8628 5.4). */
static enum step_result check_device_flow(struct context *c, struct device_start *d)
{
	(void)c;
	return d->client.device_flow ? STEP_NEXT : refuse(d, CAUSE_DEVICE_FLOW_OFF);
}

/* RFC 6749 3.3 */
static enum step_result check_scope(struct context *c, struct device_start *d)
{
	const struct asked_scope asked = {
		d->request->edge, d->request->scope, CAUSE_DEVICE_SCOPE_TOO_LONG, &d->refusal};

	return read_scope(c, &asked, &d->asked, &d->offline);
}

static enum step_result check_resources(struct context *c, struct device_start *d)
{
	enum step_result result;

	d->bound = d->request->bound;
	result = read_resources(c, &d->request->resources, &d->bound, &d->refusal);
	return result == STEP_NEXT ? check_resource_scopes(c, &d->bound, d->asked, &d->refusal)
				   : result;
}

static enum step_result check_details(struct context *c, struct device_start *d)
{
	const struct asked_details asked = {
		.sent = d->request->details, .metadata = client_metadata_of(c->arena, &d->client)};

	return read_details(c, &asked, &d->bound, &d->refusal);
}

/* Each pair of codes is a row until it is over, and whoever knows an app's client_id may ask for
 * some (assurance A187). */
static enum step_result check_pace(struct context *c, struct device_start *d)
{
	const struct attempts codes = {.who = str_printf(c->arena, "device codes %lld %.*s",
					       (long long)d->client.app_id, STR_ARG(c->remote)),
		.most = {c->settings->device_codes_per_hour, RATE_HOUR},
		.cause = CAUSE_DEVICE_CODES_THROTTLED};
	enum step_result result = attempts_look(c, &codes, &d->refusal);

	if (result == STEP_NEXT)
		attempts_count(c, &codes);
	return result;
}

/* The first step with an effect; RFC 8628 3.2. */
static enum step_result issue_codes(struct context *c, struct device_start *d)
{
	const struct device_fields fields = {
		.app_id = d->client.app_id,
		.scopes = scope_format(c->arena, d->asked, " "),
		.offline = d->offline,
		.address = c->remote,
		.bound = bound_write(c->arena, &d->bound),
		.lifetime_s = c->settings->device_code_lifetime_s,
	};
	enum db_status status =
		device_start(c->store, c->arena, &fields, d->device_code, d->user_code);

	return context_failed(c, status) ? STEP_FAIL : STEP_NEXT;
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct device_start *);
} steps[] = {
	/* clang-format off */
	STEP(identify),          /* RFC 8628 3.1 */
	STEP(check_app),
	STEP(check_device_flow),
	STEP(check_scope),       /* RFC 6749 3.3 */
	STEP(check_resources),   /* RFC 8707 2 */
	STEP(check_details),     /* RFC 9396 4 */
	STEP(check_pace),
	STEP(issue_codes),       /* the first effect; RFC 8628 3.2 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result start_device(
	struct context *c, const struct device_request *request, struct device_start *out)
{
	memset(out, 0, sizeof *out);
	out->request = request;
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, out);

		if (result != STEP_NEXT) {
			refusal_at(&out->refusal, "start_device", i);
			return result;
		}
	}
	return STEP_DONE;
}

const char *start_device_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
