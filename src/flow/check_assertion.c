#include "flow/check_assertion.h"

#include <string.h>

#include "flow/client_keys.h"

static enum step_result refuse(const struct assertion_place *at, enum assertion_fault fault)
{
	at->refusal->cause = at->causes[fault];
	return STEP_REFUSE;
}

static enum step_result refuse_word(
	const struct assertion_place *at, enum assertion_fault fault, const char *word)
{
	refusal_add(at->refusal, EVIDENCE_fault, str_from(word));
	return refuse(at, fault);
}

static enum step_result differs(const struct assertion_place *at, enum assertion_fault fault,
	struct str expected, struct str received)
{
	at->refusal->expected = expected;
	at->refusal->received = received;
	return refuse(at, fault);
}

static struct str kids_of(struct context *c, const struct jwks *keys)
{
	struct str text = STR("");

	for (size_t i = 0; keys && i < keys->n; i++)
		if (str_is_set(keys->v[i].kid))
			text = str_joined(c->arena, text, ", ", keys->v[i].kid);
	return text;
}

enum step_result assertion_judge(struct context *c, const struct assertion_place *at,
	const struct jws *jws, enum jws_verdict v, const struct jwks *keys)
{
	switch (v) {
	case JWS_GOOD:
		return STEP_NEXT;
	case JWS_FAILED:
		c->failed = true;
		return STEP_FAIL;
	case JWS_ALG:
	case JWS_UNSIGNED:
		return differs(
			at, ASSERTION_ALG, jose_alg_words(c->arena, at->algs, ", "), jws->alg_word);
	case JWS_BAD_SIGNATURE:
		return refuse(at, ASSERTION_BAD_SIGNATURE);
	case JWS_UNKNOWN_KID:
	case JWS_OTHER_KEY:
		return differs(at, ASSERTION_KID, kids_of(c, keys), jws->kid);
	case JWS_NO_KEY:
	case JWS_MANY_KEYS:
		return refuse_word(at, ASSERTION_KEYS, jws_verdict_word(v));
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
	return refuse_word(at, ASSERTION_FORM, jws_verdict_word(v));
}

enum step_result assertion_read(
	struct context *c, const struct assertion_place *at, struct str text, struct jws *out)
{
	const struct jws_want want = {.algs = at->algs, .typs = at->typs};

	return assertion_judge(c, at, out, jws_read(c->arena, text, &want, out), NULL);
}

static enum step_result verify_with(
	struct context *c, const struct assertion_place *at, struct str text, struct jws *jws)
{
	struct jwks keys;
	enum jwk_fault fault = jwks_read(c->arena, text, JWK_PUBLIC, &keys, NULL);

	if (fault == JWK_FAILED)
		c->failed = true;
	if (fault != JWK_GOOD)
		return c->failed ? STEP_FAIL
				 : refuse_word(at, ASSERTION_KEYS, jwk_fault_word(fault));
	return assertion_judge(c, at, jws, jws_check(jws, &keys), &keys);
}

enum step_result assertion_verify(struct context *c, const struct assertion_place *at,
	const struct client_metadata *metadata, struct jws *jws)
{
	const struct refusal before = *at->refusal;
	struct remote_keys *keys;
	enum step_result result = STEP_REFUSE;

	for (int again = 0; again < 2; again++) {
		switch (client_keys(c, metadata, again, &keys)) {
		case KEYS_READY:
			*at->refusal = before;
			result = verify_with(c, at, keys->jwks, jws);
			break;
		case KEYS_FETCH:
			return STEP_ASK;
		case KEYS_NONE:
			return again ? result : refuse_word(at, ASSERTION_KEYS, keys->fault);
		case KEYS_FAILED:
			return STEP_FAIL;
		}
		if (at->refusal->cause != at->causes[ASSERTION_KID])
			break;
	}
	return result;
}

static enum step_result refuse_claim(struct context *c, const struct assertion_place *at,
	const struct jwt_verdict *v, const struct jwt_claims *claims, const struct jwt_expect *e)
{
	struct refusal *r = at->refusal;

	if (v->fault == CLAIM_OTHER && strcmp(v->claim, "aud") == 0)
		return differs(at, ASSERTION_AUD, v->expected, v->received);
	if (v->fault == CLAIM_TYPE && strcmp(v->claim, "aud") == 0)
		return differs(at, ASSERTION_AUD, e->aud, v->received);
	if (v->fault != CLAIM_EXPIRED)
		refusal_add(r, EVIDENCE_parameter, str_from(v->claim));
	switch (v->fault) {
	case CLAIM_OTHER:
		return differs(at, ASSERTION_PARTY, v->expected, v->received);
	case CLAIM_EXPIRED:
		refusal_add_number(r, c->arena, EVIDENCE_age, e->now - claims->exp);
		return refuse(at, ASSERTION_OVER);
	case CLAIM_EARLY:
		refusal_add_number(r, c->arena, EVIDENCE_skew,
			(claims->iat > claims->nbf ? claims->iat : claims->nbf) - e->now);
		return refuse(at, ASSERTION_EARLY);
	case CLAIM_TOO_FAR:
		refusal_add_number(r, c->arena, EVIDENCE_lifetime, claims->exp - e->now);
		return refuse(at, ASSERTION_LONG);
	case CLAIM_GOOD:
	case CLAIM_MISSING:
	case CLAIM_TYPE:
	case CLAIM_TOO_LONG:
		break;
	}
	return refuse_word(at, ASSERTION_CLAIM_FORM, claim_fault_word(v->fault));
}

enum step_result assertion_check_claims(struct context *c, const struct assertion_place *at,
	const struct json_body *payload, const struct jwt_expect *e, struct jwt_claims *out)
{
	struct jwt_verdict v = {.fault = CLAIM_GOOD};

	return jwt_claims_check(c->arena, payload, e, out, &v) ? STEP_NEXT
							       : refuse_claim(c, at, &v, out, e);
}
