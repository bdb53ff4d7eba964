#include "flow/request_object.h"

#include "base/arena.h"
#include "base/limits.h"
#include "core/client_metadata.h"
#include "core/jws.h"
#include "core/jwt_claims.h"
#include "core/request_object.h"
#include "flow/authorize_parameters.h"
#include "flow/client_keys.h"
#include "flow/sign_in_again.h"

struct object {
	struct authorize *a;
	unsigned algs;
	struct jws jws;
	struct json_body claims;
};

static enum step_result refuse(struct authorize *a, enum cause cause)
{
	a->refusal.cause = cause;
	return STEP_REFUSE;
}

static enum step_result refuse_fault(struct authorize *a, enum cause cause, const char *word)
{
	refusal_add(&a->refusal, EVIDENCE_fault, str_from(word));
	return refuse(a, cause);
}

static enum step_result refuse_mixed(struct authorize *a, const char *parameter)
{
	refusal_add(&a->refusal, EVIDENCE_parameter, str_from(parameter));
	return refuse(a, CAUSE_OBJECT_MIXED);
}

/* RFC 8725 3.1: what is taken follows from the registration, never from the header alone. Secrets
 * that both sides know are none of it. */
static unsigned algs_of(const struct authorize *a, const struct client_metadata *m)
{
	unsigned algs = a->app.profile == PROFILE_STRICT ? JOSE_FAPI : JOSE_ASYMMETRIC;

	return str_is_set(m->request_object_signing_alg)
		       ? algs & JOSE_BIT(jose_alg_of(m->request_object_signing_alg))
		       : algs;
}

static enum step_result judge(struct context *c, struct object *o, enum jws_verdict v)
{
	struct authorize *a = o->a;

	switch (v) {
	case JWS_GOOD:
		return STEP_NEXT;
	case JWS_FAILED:
		c->failed = true;
		return STEP_FAIL;
	case JWS_ALG:
	case JWS_UNSIGNED:
		a->refusal.expected = jose_alg_words(c->arena, o->algs, ", ");
		a->refusal.received = o->jws.alg_word;
		return refuse(a, CAUSE_OBJECT_ALGORITHM);
	case JWS_BAD_SIGNATURE:
		return refuse(a, CAUSE_OBJECT_SIGNATURE);
	case JWS_UNKNOWN_KID:
	case JWS_OTHER_KEY:
	case JWS_NO_KEY:
	case JWS_MANY_KEYS:
		return refuse_fault(a, CAUSE_OBJECT_KEY, jws_verdict_word(v));
	case JWS_TOO_LONG:
	case JWS_NOT_COMPACT:
	case JWS_BASE64:
	case JWS_BAD_HEADER:
	case JWS_CRIT:
	case JWS_TYP:
	case JWS_HEADER_KEY:
	case JWS_BAD_PAYLOAD:
	case JWS_VERDICTS:
		break;
	}
	return refuse_fault(a, CAUSE_OBJECT_MALFORMED, jws_verdict_word(v));
}

/* RFC 9101 10.8: a JWT of another kind says by its type that it is no request. */
static enum step_result read_header(struct context *c, struct object *o)
{
	static const char *const typs[] = {"oauth-authz-req+jwt", "JWT", NULL};
	const struct jws_want want = {.algs = o->algs, .typs = typs};

	return judge(c, o, jws_read(c->arena, o->a->request->request, &want, &o->jws));
}

static enum step_result verify_with(struct context *c, struct object *o, struct str text)
{
	struct jwks keys;
	enum jwk_fault fault = jwks_read(c->arena, text, JWK_PUBLIC, &keys, NULL);

	if (fault == JWK_GOOD)
		return judge(c, o, jws_check(&o->jws, &keys));
	c->failed = fault == JWK_FAILED;
	return c->failed ? STEP_FAIL : refuse_fault(o->a, CAUSE_OBJECT_KEY, jwk_fault_word(fault));
}

/* RFC 9101 6.2, 10.2: the client's own keys. Whoever misses one may look once whether there are new
 * ones. */
static enum step_result verify(struct context *c, struct object *o)
{
	const struct refusal before = o->a->refusal;
	enum step_result result = STEP_REFUSE;
	struct remote_keys *keys;

	for (int again = 0; again < 2; again++) {
		switch (client_keys(c, o->a->metadata, again, &keys)) {
		case KEYS_READY:
			o->a->refusal = before;
			result = verify_with(c, o, keys->jwks);
			break;
		case KEYS_FETCH:
			return STEP_ASK;
		case KEYS_NONE:
			return again ? result : refuse_fault(o->a, CAUSE_OBJECT_KEY, keys->fault);
		case KEYS_FAILED:
			return STEP_FAIL;
		}
		if (result != STEP_REFUSE || o->a->refusal.cause != CAUSE_OBJECT_KEY)
			break;
	}
	return result;
}

/* It was in time when the person came; signing in and deciding may take longer than it lives. */
static bool was_taken_before(struct context *c, const struct authorize *a)
{
	return a->decision != DECISION_NONE || a->picked || signed_in_since_mark(c, a);
}

static enum step_result refuse_claim(struct authorize *a, const char *claim, const char *fault)
{
	refusal_add(&a->refusal, EVIDENCE_parameter, str_from(claim));
	return refuse_fault(a, CAUSE_OBJECT_CLAIM, fault);
}

/* RFC 9101 4 and 10.2; FAPI 2.0 Message Signing 5.3.1: nbf is there and not long ago. */
static enum step_result check_claims(struct context *c, struct object *o)
{
	struct authorize *a = o->a;
	bool strict = a->app.profile == PROFILE_STRICT;
	int64_t now = store_now(c->store);
	const struct jwt_expect expect = {.now = now,
		.iss = a->app.client_id,
		.aud = c->settings->base_url,
		.aud_may_be_list = true,
		.need_exp = true,
		.need_nbf = strict,
		.lifetime_max = LIMIT_REQUEST_OBJECT_LIFETIME,
		.expired_is_fine = was_taken_before(c, a)};
	struct jwt_claims claims;
	struct jwt_verdict v = {.fault = CLAIM_GOOD};
	enum step_result result = judge(c, o, jws_claims(c->arena, &o->jws, &o->claims));

	if (result != STEP_NEXT)
		return result;
	if (!jwt_claims_check(c->arena, &o->claims, &expect, &claims, &v))
		return refuse_claim(a, v.claim, claim_fault_word(v.fault));
	return strict && !expect.expired_is_fine && claims.nbf < now - LIMIT_REQUEST_OBJECT_LIFETIME
		       ? refuse_claim(a, "nbf", claim_fault_word(CLAIM_TOO_FAR))
		       : STEP_NEXT;
}

/* RFC 9101 4: "The request and request_uri parameters MUST NOT be included in Request Objects";
 * 5: "The client ID values ... MUST be identical." */
static enum step_result check_content(struct context *c, struct object *o)
{
	struct authorize *a = o->a;
	struct str client_id;

	if (json_body_has(&o->claims, "request"))
		return refuse_mixed(a, "request");
	if (json_body_has(&o->claims, "request_uri"))
		return refuse_mixed(a, "request_uri");
	enum json_member member = json_body_text(c->arena, &o->claims, "client_id", &client_id);

	if (member != JSON_HERE)
		return refuse_claim(a, "client_id",
			claim_fault_word(member == JSON_ABSENT ? CLAIM_MISSING : CLAIM_TYPE));
	return str_eq(client_id, a->app.client_id)
		       ? STEP_NEXT
		       : refuse_claim(a, "client_id", claim_fault_word(CLAIM_OTHER));
}

/* RFC 9101 6.3: "MUST only use the parameters in the Request Object, even if the same parameter is
 * provided in the query parameter." */
static enum step_result take(struct context *c, struct object *o)
{
	struct authorize *a = o->a;
	struct params *inside = ARENA_NEW(c->arena, struct params);

	if (!request_object_params(c->arena, &o->claims, inside))
		return refuse_fault(a, CAUSE_OBJECT_MALFORMED, jws_verdict_word(JWS_TOO_LONG));
	authorize_parameters(inside, &a->own);
	a->own.sign_in_mark = a->request->sign_in_mark;
	a->request = &a->own;
	a->object = inside;
	a->fixed = true;
	context_secret(c, a->own.state);
	return STEP_NEXT;
}

enum step_result read_object(struct context *c, struct authorize *a)
{
	static enum step_result (*const steps[])(struct context *, struct object *) = {
		read_header, verify, check_claims, check_content, take};
	struct object *o = ARENA_NEW(c->arena, struct object);
	enum step_result result = STEP_NEXT;

	if (!str_is_set(a->request->request))
		return STEP_NEXT;
	if (str_is_set(a->request->request_uri))
		return refuse_mixed(a, "request_uri");
	o->a = a;
	o->algs = algs_of(a, a->metadata);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0] && result == STEP_NEXT; i++)
		result = steps[i](c, o);
	return result;
}

/* What was pushed was looked at then. */
enum step_result check_object(struct context *c, struct authorize *a)
{
	(void)c;
	return a->object || str_is_set(a->reference) || !a->metadata->require_signed_request_object
		       ? STEP_NEXT
		       : refuse(a, CAUSE_OBJECT_REQUIRED);
}
