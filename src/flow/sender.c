#include "flow/sender.h"

#include "core/certificate.h"
#include "core/client_metadata.h"
#include "core/dpop.h"
#include "flow/check_proof.h"

static enum step_result refuse(struct refusal *r, enum cause cause)
{
	r->cause = cause;
	return STEP_REFUSE;
}

static void take_certificate(
	struct context *c, const struct client_credentials *given, struct sender *s)
{
	char *text;

	if (!str_is_set(given->shown.certificates))
		return;
	text = arena_alloc(c->arena, CERTIFICATE_THUMBPRINT_LEN + 1);
	certificate_thumbprint(c->arena, given->shown.certificates, text);
	s->x5t = str_from(text);
}

/* RFC 9449 5.2, RFC 8705 3.4: what the app is registered for. Tokens are bound to the certificate
 * when it is registered so, or has to be bound to something and shows nothing else. */
static enum step_result check_registered(struct context *c, const struct client_credentials *given,
	const struct client *client, bool bound, struct sender *s, struct refusal *refusal)
{
	struct client_metadata m = {.dpop_bound_access_tokens = false};

	c->failed = str_is_set(client->metadata) &&
		    !client_metadata_load(c->arena, client->metadata, &m);
	if (c->failed)
		return STEP_FAIL;
	if (m.dpop_bound_access_tokens && !str_is_set(s->jkt))
		return refuse(refusal, CAUSE_PROOF_MISSING);
	bound |= m.tls_client_certificate_bound_access_tokens;
	if (bound && !str_is_set(s->jkt))
		take_certificate(c, given, s);
	return bound && !str_is_set(s->jkt) && !str_is_set(s->x5t)
		       ? refuse(refusal, CAUSE_SENDER_UNBOUND)
		       : STEP_NEXT;
}

enum step_result check_sender(struct context *c, const struct client_credentials *given,
	const struct client *client, enum dialect edge, struct sender *out, struct refusal *refusal)
{
	const struct proof_request proof = {
		.shown = &given->shown, .access_token = STR_NONE, .profile = client->profile};
	enum step_result result = STEP_NEXT;

	*out = (struct sender){STR_NONE, STR_NONE};
	if (str_is_set(given->shown.dpop))
		result = check_proof(c, &proof, &out->jkt, refusal);
	if (result == STEP_NEXT)
		result = check_registered(c, given, client,
			rules_for(service_of_client(client), edge).sender_bound, out, refusal);
	return result;
}

void take_bound_certificate(struct context *c, const struct client_credentials *given,
	const struct bound *bound, struct sender *s)
{
	if (str_is_set(bound->x5t) && !str_is_set(s->x5t))
		take_certificate(c, given, s);
}

enum step_result check_same_sender(const struct bound *bound, const struct sender *s,
	enum cause cause, struct refusal *refusal)
{
	bool by_key = str_is_set(bound->jkt);
	struct str wanted = by_key ? bound->jkt : bound->x5t;
	struct str shown = by_key ? s->jkt : s->x5t;

	if (!str_is_set(wanted) || str_eq(wanted, shown))
		return STEP_NEXT;
	if (by_key && !str_is_set(shown))
		return refuse(refusal, CAUSE_PROOF_MISSING);
	refusal->expected = dpop_shown(wanted);
	refusal->received = str_is_set(shown) ? dpop_shown(shown) : STR("");
	return refuse(refusal, cause);
}

struct str bind_to_sender(
	struct context *c, struct str text, const struct bound *bound, const struct sender *s)
{
	struct bound with = *bound;

	if (!str_is_set(s->jkt) && !str_is_set(s->x5t) && !str_is_set(bound->jkt) &&
		!str_is_set(bound->x5t))
		return text;
	with.jkt = s->jkt;
	with.x5t = s->x5t;
	return bound_write(c->arena, &with);
}
