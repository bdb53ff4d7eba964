/* A client proves itself by what it has signed: RFC 7521 4.2, RFC 7523 2.2 and 3, OpenID Connect
 * Core 9, FAPI 2.0 5.3.2.1, RFC 8725. */
#include <string.h>

#include "base/limits.h"
#include "core/client_metadata.h"
#include "core/jws.h"
#include "core/jwt_claims.h"
#include "flow/client_keys.h"
#include "flow/client_proof.h"
#include "flow/seen_once.h"
#include "store/sealed_secret.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

struct assertion {
	struct client_proof *proof;
	struct client_metadata metadata;
	unsigned algs;
	struct jws jws;
	struct jwt_claims claims;
};

static enum step_result refuse(struct assertion *s, enum cause cause)
{
	s->proof->refusal->cause = cause;
	return STEP_REFUSE;
}

static enum step_result refuse_fault(struct assertion *s, enum cause cause, const char *word)
{
	refusal_add(s->proof->refusal, EVIDENCE_fault, str_from(word));
	return refuse(s, cause);
}

static enum step_result differs(
	struct assertion *s, enum cause cause, struct str expected, struct str received)
{
	s->proof->refusal->expected = expected;
	s->proof->refusal->received = received;
	return refuse(s, cause);
}

/* RFC 7521 4.2 */
static enum step_result check_type(struct assertion *s)
{
	struct str type = s->proof->given->assertion_type;

	return str_eq_c(type, ASSERTION_TYPE)
		       ? STEP_NEXT
		       : differs(s, CAUSE_ASSERTION_TYPE, STR(ASSERTION_TYPE), type);
}

/* RFC 8725 3.1: what is taken follows from the registration, never from the header alone. */
static bool read_metadata(struct context *c, struct assertion *s, unsigned algs)
{
	const struct client *client = s->proof->client;

	c->failed = !client_metadata_load(c->arena, client->metadata, &s->metadata);
	s->algs = client->profile == PROFILE_STRICT ? algs & JOSE_FAPI : algs;
	if (str_is_set(s->metadata.token_endpoint_auth_signing_alg))
		s->algs &= JOSE_BIT(jose_alg_of(s->metadata.token_endpoint_auth_signing_alg));
	return !c->failed;
}

static struct str words_of(struct context *c, unsigned algs)
{
	struct str text = STR("");

	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS; alg++)
		if (algs & JOSE_BIT(alg))
			text = str_printf(c->arena, "%.*s%s%s", STR_ARG(text), text.n ? ", " : "",
				jose_alg_word((enum jose_alg)alg));
	return text;
}

static struct str kids_of(struct context *c, const struct jwks *keys)
{
	struct str text = STR("");

	for (size_t i = 0; keys && i < keys->n; i++)
		if (str_is_set(keys->v[i].kid))
			text = str_printf(c->arena, "%.*s%s%.*s", STR_ARG(text), text.n ? ", " : "",
				STR_ARG(keys->v[i].kid));
	return text;
}

static enum step_result judge(
	struct context *c, struct assertion *s, enum jws_verdict v, const struct jwks *keys)
{
	switch (v) {
	case JWS_GOOD:
		return STEP_NEXT;
	case JWS_FAILED:
		c->failed = true;
		return STEP_FAIL;
	case JWS_ALG:
	case JWS_UNSIGNED:
		return differs(s, CAUSE_ASSERTION_ALGORITHM, words_of(c, s->algs), s->jws.alg_word);
	case JWS_BAD_SIGNATURE:
		return refuse(s, CAUSE_ASSERTION_SIGNATURE);
	case JWS_UNKNOWN_KID:
	case JWS_OTHER_KEY:
		return differs(s, CAUSE_ASSERTION_KEY_UNKNOWN, kids_of(c, keys), s->jws.kid);
	case JWS_NO_KEY:
	case JWS_MANY_KEYS:
		return refuse_fault(s, CAUSE_ASSERTION_NO_KEY, jws_verdict_word(v));
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
	return refuse_fault(s, CAUSE_ASSERTION_MALFORMED, jws_verdict_word(v));
}

/* Assurance A055: a request object, an ID token or a DPoP proof says by its type that it is none.
 * Keys in the header are nobody's (A052): they are passed over. */
static enum step_result read_assertion(struct context *c, struct assertion *s)
{
	static const char *const typs[] = {"JWT", "client-authentication+jwt", NULL};
	const struct jws_want want = {.algs = s->algs, .typs = typs};

	return judge(c, s, jws_read(c->arena, s->proof->given->assertion, &want, &s->jws), NULL);
}

static enum step_result verify_with(struct context *c, struct assertion *s, struct str text)
{
	struct jwks keys;
	enum jwk_fault fault = jwks_read(c->arena, text, JWK_PUBLIC, &keys, NULL);

	if (fault == JWK_FAILED)
		c->failed = true;
	if (fault != JWK_GOOD)
		return c->failed ? STEP_FAIL
				 : refuse_fault(s, CAUSE_ASSERTION_NO_KEY, jwk_fault_word(fault));
	return judge(c, s, jws_check(&s->jws, &keys), &keys);
}

/* RFC 7591 2: "jwks" or "jwks_uri". Whoever misses a key may look once whether there are new ones
 * (7523-05). */
static enum step_result verify_by_keys(struct context *c, struct assertion *s)
{
	struct remote_keys *keys;
	enum step_result result = STEP_REFUSE;

	for (int again = 0; again < 2; again++) {
		switch (client_keys(c, &s->metadata, again, &keys)) {
		case KEYS_READY:
			*s->proof->refusal = (struct refusal){.app_id = s->proof->client->app_id};
			result = verify_with(c, s, keys->jwks);
			break;
		case KEYS_FETCH:
			return STEP_ASK;
		case KEYS_NONE:
			return again ? result
				     : refuse_fault(s, CAUSE_ASSERTION_NO_KEY, keys->fault);
		case KEYS_FAILED:
			return STEP_FAIL;
		}
		if (s->proof->refusal->cause != CAUSE_ASSERTION_KEY_UNKNOWN)
			break;
	}
	return result;
}

/* RFC 7518 3.2: the key is the secret's octets. Any live secret will do, as anywhere. */
static enum step_result verify_by_secrets(struct context *c, struct assertion *s)
{
	struct sealed_secret secrets[LIMIT_SECRETS];
	const struct client *client = s->proof->client;
	size_t n;
	enum jws_verdict v = JWS_NO_KEY;
	struct jwk key;
	const struct jwks only = {&key, 1, 0};

	if (context_failed(c, client_secrets_open(c->store, c->arena, client->app_id, secrets, &n)))
		return STEP_FAIL;
	for (size_t i = 0; i < n && v != JWS_GOOD && v != JWS_FAILED; i++) {
		if (jwk_of_secret(c->arena, secrets[i].text, &key) != JWK_GOOD)
			continue;
		key.kid = s->jws.kid;
		v = jws_check(&s->jws, &only);
		if (v == JWS_GOOD && context_failed(c, client_secret_used(c->store, client->app_id,
							       secrets[i].id)))
			return STEP_FAIL;
	}
	s->jws.key = NULL;
	return judge(c, s, v, &only);
}

/* 7523-02: the issuer, as one text. OpenID Connect Core 9 had clients name the token endpoint; the
 * setting `assertion_audience` lets those that are not FAPI's go on with that. */
static void choose_audience(struct context *c, struct assertion *s, const struct json_body *claims,
	struct jwt_expect *e)
{
	struct str token =
		str_printf(c->arena, "%.*s/oauth2/token", STR_ARG(c->settings->base_url));
	struct str aud, *list;
	size_t n = 0;

	e->aud = c->settings->base_url;
	if (!c->settings->assertion_audience_legacy || s->proof->client->profile == PROFILE_STRICT)
		return;
	e->aud_may_be_list = true;
	if (json_body_text(c->arena, claims, "aud", &aud) == JSON_HERE && str_eq(aud, token))
		e->aud = token;
	else if (json_body_texts(c->arena, claims, "aud", &list, &n) == JSON_HERE && n == 1 &&
		 str_eq(list[0], token))
		e->aud = token;
}

static enum step_result refuse_claim(
	struct context *c, struct assertion *s, const struct jwt_verdict *v, int64_t now)
{
	struct refusal *r = s->proof->refusal;

	if (v->fault == CLAIM_OTHER && strcmp(v->claim, "aud") == 0)
		return differs(s, CAUSE_ASSERTION_AUDIENCE, v->expected, v->received);
	if (v->fault == CLAIM_TYPE && strcmp(v->claim, "aud") == 0)
		return differs(s, CAUSE_ASSERTION_AUDIENCE, c->settings->base_url, v->received);
	if (v->fault != CLAIM_EXPIRED)
		refusal_add(r, EVIDENCE_parameter, str_from(v->claim));
	switch (v->fault) {
	case CLAIM_OTHER:
		return differs(s, CAUSE_ASSERTION_SUBJECT, v->expected, v->received);
	case CLAIM_EXPIRED:
		refusal_add_number(r, c->arena, EVIDENCE_age, now - s->claims.exp);
		return refuse(s, CAUSE_ASSERTION_EXPIRED);
	case CLAIM_EARLY:
		refusal_add_number(r, c->arena, EVIDENCE_skew,
			(s->claims.iat > s->claims.nbf ? s->claims.iat : s->claims.nbf) - now);
		return refuse(s, CAUSE_ASSERTION_AHEAD);
	case CLAIM_TOO_FAR:
		refusal_add_number(r, c->arena, EVIDENCE_lifetime, s->claims.exp - now);
		return refuse(s, CAUSE_ASSERTION_LIFETIME);
	case CLAIM_GOOD:
	case CLAIM_MISSING:
	case CLAIM_TYPE:
	case CLAIM_TOO_LONG:
		break;
	}
	return refuse_fault(s, CAUSE_ASSERTION_CLAIM, claim_fault_word(v->fault));
}

/* RFC 7523 3 */
static enum step_result check_claims(struct context *c, struct assertion *s)
{
	int64_t now = store_now(c->store);
	struct jwt_expect e = {.now = now,
		.iss = s->proof->given->client_id,
		.sub = s->proof->given->client_id,
		.need_exp = true,
		.need_jti = true,
		.lifetime_max = LIMIT_ASSERTION_LIFETIME};
	struct json_body claims;
	struct jwt_verdict v = {.fault = CLAIM_GOOD};
	enum step_result result = judge(c, s, jws_claims(c->arena, &s->jws, &claims), NULL);

	if (result != STEP_NEXT)
		return result;
	choose_audience(c, s, &claims, &e);
	if (jwt_claims_check(c->arena, &claims, &e, &s->claims, &v))
		return STEP_NEXT;
	return refuse_claim(c, s, &v, now);
}

/* RFC 7523 3 (7): "The JWT MAY contain a jti"; here it must, and counts once, on whatever node. */
static enum step_result check_replay(struct context *c, struct assertion *s)
{
	const struct once once = {"assertion", s->proof->given->client_id, s->claims.jti,
		s->claims.exp + JWT_AHEAD_S};

	switch (take_once(c, &once, s->proof->refusal)) {
	case TAKEN_FIRST:
		break;
	case TAKEN_AGAIN:
		return refuse(s, CAUSE_ASSERTION_REPLAYED);
	case TAKEN_TOO_OFTEN:
		return STEP_REFUSE;
	case TAKEN_FAILED:
		return STEP_FAIL;
	}
	s->proof->proven = true;
	return STEP_NEXT;
}

static enum step_result check(struct context *c, struct client_proof *p, unsigned algs,
	enum step_result (*verify)(struct context *, struct assertion *))
{
	struct assertion *s = ARENA_NEW(c->arena, struct assertion);
	enum step_result result;

	s->proof = p;
	if (!read_metadata(c, s, algs))
		return STEP_FAIL;
	result = check_type(s);
	if (result == STEP_NEXT)
		result = read_assertion(c, s);
	if (result == STEP_NEXT)
		result = verify(c, s);
	if (result == STEP_NEXT)
		result = check_claims(c, s);
	return result == STEP_NEXT ? check_replay(c, s) : result;
}

enum step_result check_private_key_jwt(struct context *c, struct client_proof *p)
{
	return check(c, p, JOSE_ASYMMETRIC, verify_by_keys);
}

enum step_result check_client_secret_jwt(struct context *c, struct client_proof *p)
{
	return check(c, p, JOSE_BIT(JOSE_HS256), verify_by_secrets);
}
