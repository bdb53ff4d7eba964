#include "flow/read_resources.h"

#include "core/http_uri.h"
#include "store/resource.h"

static enum step_result refuse(
	struct refusal *r, enum cause cause, struct str expected, struct str received)
{
	r->expected = expected;
	r->received = received;
	r->cause = cause;
	return STEP_REFUSE;
}

static enum step_result check_form(
	struct context *c, const struct asked_resources *asked, struct refusal *r)
{
	struct str unused;

	if (asked->n > BOUND_RESOURCES) {
		refusal_add_number(r, c->arena, EVIDENCE_most, BOUND_RESOURCES);
		r->cause = CAUSE_RESOURCE_TOO_MANY;
		return STEP_REFUSE;
	}
	for (size_t i = 0; i < asked->n; i++)
		if (str_has_char(asked->v[i], '#') ||
			!http_uri_normal(c->arena, asked->v[i], &unused))
			return refuse(
				r, CAUSE_RESOURCE_MALFORMED, c->settings->base_url, asked->v[i]);
	return STEP_NEXT;
}

bool is_resource_of_ours(const struct context *c, struct str resource)
{
	struct str own = c->settings->base_url;

	return str_eq(resource, own) || (str_starts(resource, own) && resource.p[own.n] == '/');
}

/* RFC 8707 2: who asks for a token for a server that nobody knows has made a mistake, or been led.
 */
static enum step_result check_known(
	struct context *c, const struct asked_resources *asked, struct refusal *r)
{
	struct resource unused;

	for (size_t i = 0; i < asked->n; i++) {
		if (is_resource_of_ours(c, asked->v[i]))
			continue;
		enum db_status status = resource_read(c->store, c->arena, asked->v[i], &unused);

		if (status == DB_NONE)
			return refuse(
				r, CAUSE_RESOURCE_UNKNOWN, c->settings->base_url, asked->v[i]);
		if (context_failed(c, status))
			return STEP_FAIL;
	}
	return STEP_NEXT;
}

static void take(const struct asked_resources *asked, struct bound *bound)
{
	for (size_t i = 0; i < asked->n; i++)
		bound->resources[i] = asked->v[i];
	bound->resources_n = asked->n;
}

static bool is_among(const struct bound *bound, struct str resource)
{
	for (size_t i = 0; i < bound->resources_n; i++)
		if (str_eq(bound->resources[i], resource))
			return true;
	return false;
}

enum step_result read_resources(struct context *c, const struct asked_resources *asked,
	struct bound *bound, struct refusal *refusal)
{
	enum step_result result = check_form(c, asked, refusal);

	if (result == STEP_NEXT)
		result = check_known(c, asked, refusal);
	if (result == STEP_NEXT)
		take(asked, bound);
	return result;
}

enum step_result narrow_resources(struct context *c, const struct asked_resources *asked,
	struct bound *bound, struct refusal *refusal)
{
	enum step_result result = check_form(c, asked, refusal);

	for (size_t i = 0; i < asked->n && result == STEP_NEXT; i++)
		if (!is_among(bound, asked->v[i]))
			result = refuse(refusal, CAUSE_RESOURCE_NOT_GRANTED,
				bound->resources_n ? bound->resources[0] : STR(""), asked->v[i]);
	if (result == STEP_NEXT && asked->n)
		take(asked, bound);
	return result;
}
