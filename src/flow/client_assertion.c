/* A client proves itself by what it has signed: RFC 7521 4.2, RFC 7523 2.2 and 3, OpenID Connect
 * Core 9, FAPI 2.0 5.3.2.1, RFC 8725. */
#include <string.h>

#include "base/limits.h"
#include "flow/check_assertion.h"
#include "flow/client_proof.h"
#include "flow/seen_once.h"
#include "store/sealed_secret.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

static const enum cause causes[ASSERTION_FAULTS] = {
	[ASSERTION_FORM] = CAUSE_ASSERTION_MALFORMED,
	[ASSERTION_ALG] = CAUSE_ASSERTION_ALGORITHM,
	[ASSERTION_KEYS] = CAUSE_ASSERTION_NO_KEY,
	[ASSERTION_KID] = CAUSE_ASSERTION_KEY_UNKNOWN,
	[ASSERTION_BAD_SIGNATURE] = CAUSE_ASSERTION_SIGNATURE,
	[ASSERTION_PARTY] = CAUSE_ASSERTION_SUBJECT,
	[ASSERTION_AUD] = CAUSE_ASSERTION_AUDIENCE,
	[ASSERTION_CLAIM_FORM] = CAUSE_ASSERTION_CLAIM,
	[ASSERTION_OVER] = CAUSE_ASSERTION_EXPIRED,
	[ASSERTION_EARLY] = CAUSE_ASSERTION_AHEAD,
	[ASSERTION_LONG] = CAUSE_ASSERTION_LIFETIME,
};

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

/* Assurance A055: a request object, an ID token or a DPoP proof says by its type that it is none.
 */
static struct assertion_place place_of(const struct assertion *s)
{
	static const char *const typs[] = {"JWT", "client-authentication+jwt", NULL};

	return (struct assertion_place){s->algs, typs, causes, s->proof->refusal};
}

static enum step_result read_assertion(struct context *c, struct assertion *s)
{
	const struct assertion_place at = place_of(s);

	return assertion_read(c, &at, s->proof->given->assertion, &s->jws);
}

/* RFC 7591 2: "jwks" or "jwks_uri" */
static enum step_result verify_by_keys(struct context *c, struct assertion *s)
{
	const struct assertion_place at = place_of(s);

	return assertion_verify(c, &at, &s->metadata, &s->jws);
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
	const struct assertion_place at = place_of(s);

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
	return assertion_judge(c, &at, &s->jws, v, &only);
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
	if (json_body_texts(c->arena, claims, "aud", &list, &n) == JSON_HERE && n == 1)
		aud = list[0];
	else if (json_body_text(c->arena, claims, "aud", &aud) != JSON_HERE)
		return;
	if (str_eq(aud, token))
		e->aud = token;
}

/* RFC 7523 3 */
static enum step_result check_claims(struct context *c, struct assertion *s)
{
	struct jwt_expect e = {.now = store_now(c->store),
		.iss = s->proof->given->client_id,
		.sub = s->proof->given->client_id,
		.need_exp = true,
		.need_jti = true,
		.lifetime_max = LIMIT_ASSERTION_LIFETIME};
	struct json_body claims;
	const struct assertion_place at = place_of(s);
	enum step_result result =
		assertion_judge(c, &at, &s->jws, jws_claims(c->arena, &s->jws, &claims), NULL);

	if (result != STEP_NEXT)
		return result;
	choose_audience(c, s, &claims, &e);
	return assertion_check_claims(c, &at, &claims, &e, &s->claims);
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
