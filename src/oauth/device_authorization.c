/* POST /oauth2/device_authorization: RFC 8628 3.1 and 3.2. */
#include "core/bound.h"
#include "explain/refusal.h"
#include "flow/device.h"
#include "oauth/fault.h"
#include "oauth/oauth.h"
#include "oauth/reply.h"

static const struct oauth_endpoint endpoint = {"device"};

static void reply_codes(struct context *c, struct oauth_request *q, const struct device_start *d)
{
	struct str base = c->settings->base_url;
	struct str user_code = user_code_show(c->arena, d->user_code);
	struct buf b;

	oauth_begin(c, &b);
	oauth_add_text(&b, "device_code", str_from(d->device_code));
	oauth_add_text(&b, "user_code", user_code);
	oauth_add_text(
		&b, "verification_uri", str_printf(c->arena, "%.*s/login/device", STR_ARG(base)));
	/* RFC 8628 3.3.1: it fills the code in, and asks all the same. */
	oauth_add_text(&b, "verification_uri_complete",
		str_printf(c->arena, "%.*s/login/device?user_code=%.*s", STR_ARG(base),
			STR_ARG(user_code)));
	oauth_add_number(&b, "expires_in", c->settings->device_code_lifetime_s);
	oauth_add_number(&b, "interval", c->settings->device_interval_s);
	oauth_send(q, 200, &b);
}

static void note_start(struct context *c, const struct device_start *d)
{
	uint64_t id;

	if (code_locate(&c->store->locator, str_from(d->device_code), &id))
		explain_step(c, "device", d->client.app_id, id);
}

void oauth_device_authorization(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct oauth_request q;
	struct device_start d;

	if (!oauth_read(c, req, rep, &endpoint, &q) ||
		oauth_fault(c, &q, FAULT_AT_DEVICE) != FAULT_NONE)
		return;
	const struct device_request request = {.edge = DIALECT_STANDARD,
		.credentials = q.credentials,
		.scope = oauth_param(&q, "scope"),
		.resources = resource_parameters(&q.form),
		.details = oauth_param(&q, "authorization_details"),
		.bound = {.standard = true}};

	switch (start_device(c, &request, &d)) {
	case STEP_DONE:
		note_start(c, &d);
		reply_codes(c, &q, &d);
		break;
	case STEP_REFUSE:
		oauth_refuse(c, &q, &d.refusal);
		break;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}
