#include "flow/device_poll.h"

#include <string.h>

#include "core/bound.h"
#include "flow/authenticate_client.h"
#include "flow/check_grant_type.h"
#include "flow/id_token.h"
#include "flow/look_closer.h"
#include "flow/read_details.h"

static enum step_result refuse(struct device_polling *p, enum cause cause)
{
	p->refusal.cause = cause;
	p->refusal.closer = look_at_device;
	p->refusal.closer_of = p;
	return STEP_REFUSE;
}

/* RFC 8628 3.4: as at the token endpoint; GitHub reference 5.3: without a secret. An empty password
 * is no secret: golang.org/x/oauth2 tries that first. */
static enum step_result identify(struct context *c, struct device_polling *p)
{
	if (p->request->edge == DIALECT_STANDARD)
		return authenticate_client(c, &p->request->credentials, &p->client, &p->refusal);
	return identify_client(c, &p->request->credentials, &p->client, &p->proven, &p->refusal);
}

static enum step_result check_app(struct context *c, struct device_polling *p)
{
	return check_served(c, service_of_client(&p->client), p->request->edge, &p->refusal);
}

static enum step_result check_proof_of_key(struct context *c, struct device_polling *p)
{
	return check_sender(
		c, &p->request->credentials, &p->client, p->request->edge, &p->sender, &p->refusal);
}

static enum step_result check_grant_type(struct context *c, struct device_polling *p)
{
	(void)c;
	if (str_eq_c(p->request->grant_type, DEVICE_GRANT_TYPE))
		return STEP_NEXT;
	p->refusal.expected = STR(DEVICE_GRANT_TYPE);
	p->refusal.received = p->request->grant_type;
	return refuse(p, CAUSE_DEVICE_GRANT_TYPE);
}

/* The switch may have been turned off while the device waited (assurance A116). */
static enum step_result check_device_flow(struct context *c, struct device_polling *p)
{
	(void)c;
	return p->client.device_flow ? STEP_NEXT : refuse(p, CAUSE_DEVICE_FLOW_OFF);
}

static enum step_result find_code(struct context *c, struct device_polling *p)
{
	struct str code = p->request->device_code;
	uint8_t hash[SHA256_LEN];
	uint64_t id;

	if (!str_has_text(code))
		return refuse(p, CAUSE_DEVICE_CODE_MISSING);
	if (!code_locate(&c->store->locator, code, &id))
		return refuse(p, CAUSE_DEVICE_CODE_MALFORMED);
	enum db_status status = device_read(c->store, c->arena, id, &p->device);

	if (context_failed(c, status))
		return STEP_FAIL;
	sha256(code, hash);
	if (status == DB_NONE || !ct_equal(hash, p->device.hash, sizeof hash))
		return refuse(p, CAUSE_DEVICE_CODE_UNKNOWN);
	return STEP_NEXT;
}

/* Assurance 8628-05, A113. */
static enum step_result check_code_client(struct context *c, struct device_polling *p)
{
	(void)c;
	if (p->device.app_id != p->client.app_id)
		return refuse(p, CAUSE_DEVICE_CODE_OF_ANOTHER_APP);
	p->refusal.flow_id = p->device.id;
	p->refusal.proven = true;
	return STEP_NEXT;
}

static enum step_result check_unused(struct context *c, struct device_polling *p)
{
	(void)c;
	return p->device.consumed_at ? refuse(p, CAUSE_DEVICE_CODE_REDEEMED) : STEP_NEXT;
}

static enum step_result check_expiry(struct context *c, struct device_polling *p)
{
	if (p->device.fenced)
		return refuse(p, CAUSE_DEVICE_CODE_FENCED);
	return store_now(c->store) < p->device.expires_at ? STEP_NEXT
							  : refuse(p, CAUSE_DEVICE_CODE_EXPIRED);
}

/* Remembered as if the poll had come too early, so that the next ones are measured so too. */
static enum step_result slow_down(struct context *c, struct device_polling *p)
{
	device_pace_slow(&p->device.pace, clock_now_us(c->store->clock));
	p->interval_s = device_pace_interval(&p->device.pace, c->settings->device_interval_s);
	return context_failed(c, device_note_pace(c->store, p->device.id, &p->device.pace))
		       ? STEP_FAIL
		       : refuse(p, CAUSE_DEVICE_TOO_EARLY);
}

/* GitHub reference 5.5: before the authorization is looked at. Changes nothing but the pace. */
static enum step_result check_pace(struct context *c, struct device_polling *p)
{
	bool changed;
	int64_t interval = c->settings->device_interval_s;

	if (p->request->slow_down)
		return slow_down(c, p);
	int64_t before_us = p->device.pace.polled_at_us;
	enum device_poll verdict = device_pace_poll(
		&p->device.pace, interval, clock_now_us(c->store->clock), &changed);

	if (changed && context_failed(c, device_note_pace(c->store, p->device.id, &p->device.pace)))
		return STEP_FAIL;
	p->interval_s = device_pace_interval(&p->device.pace, interval);
	p->waited_s = (clock_now_us(c->store->clock) - before_us) / 1000000;
	return verdict == DEVICE_POLL_IN_TIME ? STEP_NEXT : refuse(p, CAUSE_DEVICE_TOO_EARLY);
}

/* RFC 8628 3.5 */
static enum step_result check_decision(struct context *c, struct device_polling *p)
{
	(void)c;
	if (p->device.denied_at)
		return refuse(p, CAUSE_DEVICE_DENIED);
	return p->device.approved_at ? STEP_NEXT : refuse(p, CAUSE_DEVICE_PENDING);
}

/* What was allowed may have been taken back since. */
static enum step_result check_grant(struct context *c, struct device_polling *p)
{
	(void)c;
	if (p->device.account_suspended_at)
		return refuse(p, CAUSE_DEVICE_USER_SUSPENDED);
	if (p->device.grant_revoked_at || p->device.grant_epoch != p->client.epoch)
		return refuse(p, CAUSE_DEVICE_GRANT_REVOKED);
	if (!p->device.account_verified)
		return refuse(p, CAUSE_DEVICE_EMAIL_UNVERIFIED);
	return STEP_NEXT;
}

static enum step_result check_resources(struct context *c, struct device_polling *p)
{
	c->failed = !bound_read(c->arena, p->device.bound, &p->bound);
	if (c->failed)
		return STEP_FAIL;
	p->for_token = p->bound;
	return narrow_resources(c, &p->request->resources, &p->for_token, &p->refusal);
}

static enum step_result check_details(struct context *c, struct device_polling *p)
{
	return narrow_details(c, p->request->details, &p->for_token, &p->refusal);
}

/* The row count decides who was first. */
static enum step_result consume_code(struct context *c, struct device_polling *p)
{
	enum db_status status = device_consume(c->store, p->device.id);

	if (context_failed(c, status))
		return STEP_FAIL;
	return status == DB_OK ? STEP_NEXT : refuse(p, CAUSE_DEVICE_CODE_REDEEMED);
}

static enum step_result issue(struct context *c, struct device_polling *p)
{
	const struct terms_request terms = {.service = service_of_client(&p->client),
		.edge = p->request->edge,
		.begun_standard = p->bound.standard,
		.token_expiration = p->client.token_expiration,
		.offline = p->device.offline,
		.no_refresh = !client_may_refresh(c, p->request->edge, &p->client)};
	const struct issue_request request = {.app_id = p->device.app_id,
		.account_id = p->device.account_id,
		.grant_id = p->device.grant_id,
		.scopes = p->device.scopes,
		.token_id = p->device.token_id,
		.evict_token_id = p->device.evict_token_id,
		.terms = token_terms(c, &terms),
		.bound = bind_to_sender(c, p->device.bound, &p->bound, &p->sender),
		.token_bound = p->request->resources.n || str_is_set(p->request->details)
				       ? bind_to_sender(c, bound_write(c->arena, &p->for_token),
						 &p->for_token, &p->sender)
				       : STR_NONE,
		.dpop = str_is_set(p->sender.jkt),
		.client_id = p->request->credentials.client_id,
		.public_client =
			p->request->edge == DIALECT_GITHUB || p->client.auth_method == AUTH_NONE};

	const struct id_token_request id_token = {.edge = p->request->edge,
		.client = &p->client,
		.account_id = p->device.account_id,
		.bound = &p->bound};

	if (issue_token(c, &request, &p->issued) != STEP_NEXT)
		return STEP_FAIL;
	p->issued.details = p->for_token.details;
	return add_id_token(c, &id_token, &p->issued);
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct device_polling *);
} steps[] = {
	/* clang-format off */
	STEP(identify),          /* RFC 8628 3.4 */
	STEP(check_app),
	STEP(check_grant_type),  /* RFC 8628 3.4 */
	STEP(check_device_flow),
	STEP(check_proof_of_key), /* RFC 9449 5, RFC 8705 3 */
	STEP(find_code),         /* RFC 8628 3.4 */
	STEP(check_code_client),
	STEP(check_unused),
	STEP(check_expiry),      /* RFC 8628 3.5: expired_token */
	STEP(check_pace),        /* RFC 8628 3.5: slow_down; remembers the pace and nothing else */
	STEP(check_decision),    /* RFC 8628 3.5: authorization_pending, access_denied */
	STEP(check_grant),       /* still allowed? */
	STEP(check_resources),   /* RFC 8707 2.2 */
	STEP(check_details),     /* RFC 9396 6 */
	STEP(consume_code),      /* the first lasting effect */
	STEP(issue),             /* RFC 6749 5.1 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result poll_device(
	struct context *c, const struct device_poll_request *request, struct device_polling *out)
{
	memset(out, 0, sizeof *out);
	out->request = request;
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, out);

		if (result != STEP_NEXT) {
			refusal_at(&out->refusal, "poll_device", i);
			return result;
		}
	}
	return STEP_DONE;
}

const char *poll_device_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
