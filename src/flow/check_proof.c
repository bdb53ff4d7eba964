#include "flow/check_proof.h"

#include "base/limits.h"
#include "core/dpop.h"
#include "core/jwt_claims.h"
#include "flow/seen_once.h"

struct proof_check {
	const struct proof_request *q;
	struct dpop dpop;
	bool fresh; /* it carries a nonce of ours, so that it is of now whatever its clock says */
	struct refusal *refusal;
};

static enum step_result refuse(struct proof_check *p, enum cause cause)
{
	p->refusal->cause = cause;
	return STEP_REFUSE;
}

static enum step_result refuse_fault(struct proof_check *p, enum cause cause)
{
	refusal_add(p->refusal, EVIDENCE_fault, str_from(p->dpop.word));
	return refuse(p, cause);
}

static enum step_result differs(struct proof_check *p, enum cause cause)
{
	p->refusal->expected = p->dpop.expected;
	p->refusal->received = p->dpop.received;
	return refuse(p, cause);
}

static enum step_result judge(struct context *c, struct proof_check *p, enum dpop_fault fault)
{
	switch (fault) {
	case DPOP_GOOD:
		return STEP_NEXT;
	case DPOP_MALFORMED:
		return refuse_fault(p, CAUSE_PROOF_MALFORMED);
	case DPOP_ALG:
		p->dpop.expected = p->q->profile == PROFILE_STRICT ? STR("ES256 PS256 EdDSA")
								   : STR(PROOF_ALGS);
		return differs(p, CAUSE_PROOF_ALGORITHM);
	case DPOP_KEY:
		return refuse_fault(p, CAUSE_PROOF_KEY);
	case DPOP_SIGNATURE:
		return refuse(p, CAUSE_PROOF_SIGNATURE);
	case DPOP_CLAIM:
		refusal_add(p->refusal, EVIDENCE_parameter, str_from(p->dpop.claim));
		return refuse_fault(p, CAUSE_PROOF_CLAIM);
	case DPOP_METHOD:
		return differs(p, CAUSE_PROOF_METHOD);
	case DPOP_URL:
		return differs(p, CAUSE_PROOF_URL);
	case DPOP_TOKEN:
		return refuse(p, CAUSE_PROOF_OF_ANOTHER_TOKEN);
	case DPOP_FAILED:
		break;
	}
	c->failed = true;
	return STEP_FAIL;
}

static enum step_result read_proof(struct context *c, struct proof_check *p)
{
	const struct shown_keys *shown = p->q->shown;
	const struct dpop_want want = {.method = shown->method,
		.url = str_printf(
			c->arena, "%.*s%.*s", STR_ARG(c->settings->base_url), STR_ARG(shown->path)),
		.other_url = str_has_text(c->settings->mtls_url)
				     ? str_printf(c->arena, "%.*s%.*s",
					       STR_ARG(c->settings->mtls_url), STR_ARG(shown->path))
				     : STR_NONE,
		.access_token = p->q->access_token,
		.algs = p->q->profile == PROFILE_STRICT ? JOSE_FAPI : JOSE_ASYMMETRIC};

	return judge(c, p, dpop_read(c->arena, shown->dpop, &want, &p->dpop));
}

/* RFC 9449 8: "the authorization server ... to limit the lifetime of DPoP proofs". A nonce that
 * was not asked for is not looked at, but helps who has a wrong clock. */
static enum step_result check_nonce(struct context *c, struct proof_check *p)
{
	p->fresh = str_is_set(p->dpop.nonce) &&
		   dpop_nonce_is_good(c->store->form_key, store_now(c->store), p->dpop.nonce);
	if (p->fresh || !c->settings->dpop_nonce)
		return STEP_NEXT;
	return refuse(
		p, str_is_set(p->dpop.nonce) ? CAUSE_PROOF_NONCE_OLD : CAUSE_PROOF_NONCE_MISSING);
}

static enum step_result refuse_clock(
	struct context *c, struct proof_check *p, const char *claim, int64_t ahead_s)
{
	refusal_add_number(p->refusal, c->arena, EVIDENCE_skew, ahead_s < 0 ? -ahead_s : ahead_s);
	refusal_add(p->refusal, EVIDENCE_direction, ahead_s < 0 ? STR("behind") : STR("ahead"));
	refusal_add(p->refusal, EVIDENCE_parameter, str_from(claim));
	return refuse(p, CAUSE_PROOF_CLOCK);
}

/* "within an acceptable window of time", as core/jwt_claims.h has it; 9449-15: exp and nbf count
 * when they are there. A proof with our nonce is judged by its own clock. */
static enum step_result check_clock(struct context *c, struct proof_check *p)
{
	int64_t now = store_now(c->store);
	const struct jwt_expect e = {.now = p->fresh ? p->dpop.iat : now};
	struct jwt_claims claims;
	struct jwt_verdict v = {.fault = CLAIM_GOOD};

	if (!p->fresh && p->dpop.iat < now - LIMIT_DPOP_AGE)
		return refuse_clock(c, p, "iat", p->dpop.iat - now);
	if (jwt_claims_check(c->arena, &p->dpop.claims, &e, &claims, &v))
		return STEP_NEXT;
	if (v.fault == CLAIM_EXPIRED)
		return refuse_clock(c, p, v.claim, claims.exp - now);
	if (v.fault == CLAIM_EARLY)
		return refuse_clock(
			c, p, v.claim, (claims.iat > claims.nbf ? claims.iat : claims.nbf) - now);
	p->dpop.claim = v.claim;
	p->dpop.word = claim_fault_word(v.fault);
	return judge(c, p, DPOP_CLAIM);
}

/* RFC 9449 11.1. Kept for as long as any proof of now could be shown. */
static enum step_result check_replay(struct context *c, struct proof_check *p)
{
	enum { KEPT_S = 2 * LIMIT_DPOP_NONCE_SLOT + LIMIT_DPOP_AGE };
	const struct once once = {
		"dpop", str_from(p->dpop.jkt), p->dpop.jti, store_now(c->store) + KEPT_S};

	switch (take_once(c, &once, p->refusal)) {
	case TAKEN_FIRST:
		return STEP_NEXT;
	case TAKEN_AGAIN:
		return refuse(p, CAUSE_PROOF_REPLAYED);
	case TAKEN_TOO_OFTEN:
		return STEP_REFUSE;
	case TAKEN_FAILED:
		break;
	}
	return STEP_FAIL;
}

enum step_result check_proof(
	struct context *c, const struct proof_request *q, struct str *jkt, struct refusal *refusal)
{
	static enum step_result (*const checks[])(struct context *, struct proof_check *) = {
		read_proof, check_nonce, check_clock, check_replay};
	struct proof_check *p = ARENA_NEW(c->arena, struct proof_check);
	enum step_result result = STEP_NEXT;

	p->q = q;
	p->refusal = refusal;
	for (size_t i = 0; i < sizeof checks / sizeof checks[0] && result == STEP_NEXT; i++)
		result = checks[i](c, p);
	if (result == STEP_NEXT)
		*jkt = str_from(p->dpop.jkt);
	return result;
}

struct str proof_nonce(struct context *c)
{
	char *text = arena_alloc(c->arena, DPOP_NONCE_LEN + 1);

	if (!c->settings->dpop_nonce)
		return STR_NONE;
	dpop_nonce_at(c->store->form_key, store_now(c->store), text);
	return str_from(text);
}
