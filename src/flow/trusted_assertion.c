#include "flow/trusted_assertion.h"

#include "base/limits.h"
#include "flow/check_assertion.h"
#include "flow/look_closer.h"
#include "flow/seen_once.h"

static const enum cause causes[ASSERTION_FAULTS] = {
	[ASSERTION_FORM] = CAUSE_BEARER_MALFORMED,
	[ASSERTION_ALG] = CAUSE_BEARER_ALGORITHM,
	[ASSERTION_KEYS] = CAUSE_BEARER_NO_KEY,
	[ASSERTION_KID] = CAUSE_BEARER_KEY_UNKNOWN,
	[ASSERTION_BAD_SIGNATURE] = CAUSE_BEARER_SIGNATURE,
	[ASSERTION_PARTY] = CAUSE_BEARER_ISSUER,
	[ASSERTION_AUD] = CAUSE_BEARER_AUDIENCE,
	[ASSERTION_CLAIM_FORM] = CAUSE_BEARER_CLAIM,
	[ASSERTION_OVER] = CAUSE_BEARER_EXPIRED,
	[ASSERTION_EARLY] = CAUSE_BEARER_AHEAD,
	[ASSERTION_LONG] = CAUSE_BEARER_LIFETIME,
};

static enum step_result refuse(struct trusted_assertion *t, enum cause cause)
{
	t->refusal->cause = cause;
	return STEP_REFUSE;
}

/* By its type an ID token, a request object or an access token is none of these (A055). */
static struct assertion_place place_of(const struct trusted_assertion *t, unsigned algs)
{
	static const char *const typs[] = {"JWT", "authorization-grant+jwt", NULL};

	return (struct assertion_place){algs, typs, causes, t->refusal};
}

static enum step_result read_text(struct context *c, struct trusted_assertion *t)
{
	const struct assertion_place at = place_of(t, JOSE_ASYMMETRIC);
	enum step_result result = assertion_read(c, &at, t->text, &t->jws);

	return result == STEP_NEXT ? assertion_judge(c, &at, &t->jws,
					     jws_claims(c->arena, &t->jws, &t->payload), NULL)
				   : result;
}

static enum step_result refuse_issuer(
	struct context *c, struct trusted_assertion *t, struct str received)
{
	struct issuer *known;
	struct str text = STR("");
	size_t n;

	if (context_failed(c, issuer_list(c->store, c->arena, STR(""), 20, &known, &n)))
		return STEP_FAIL;
	for (size_t i = 0; i < n; i++)
		if (issuer_serves(c->store, &known[i], t->client->app_id) == DB_OK)
			text = str_joined(c->arena, text, ", ", known[i].issuer);
	t->refusal->expected = text;
	t->refusal->received = received;
	return refuse(t, CAUSE_BEARER_ISSUER);
}

/* RFC 7523 3 (1): "The JWT MUST contain an iss". Who speaks for itself, or in our name, proves
 * nothing (7523-06); tokens of ours are what the token exchange is for. */
static enum step_result find_issuer(struct context *c, struct trusted_assertion *t)
{
	struct str iss = STR_NONE;

	if (json_body_text(c->arena, &t->payload, "iss", &iss) != JSON_HERE || !str_has_text(iss)) {
		refusal_add(t->refusal, EVIDENCE_parameter, STR("iss"));
		refusal_add(t->refusal, EVIDENCE_fault, str_from(claim_fault_word(CLAIM_MISSING)));
		return refuse(t, CAUSE_BEARER_CLAIM);
	}
	if (str_eq(iss, c->settings->base_url) || str_eq(iss, t->client->client_id))
		return refuse(t, CAUSE_BEARER_OWN);
	enum db_status status =
		iss.n <= LIMIT_ISSUER ? issuer_read(c->store, c->arena, iss, &t->issuer) : DB_NONE;

	if (context_failed(c, status))
		return STEP_FAIL;
	return status == DB_OK ? STEP_NEXT : refuse_issuer(c, t, iss);
}

/* Trusted by the operator, but for which apps? */
static enum step_result check_app(struct context *c, struct trusted_assertion *t)
{
	enum db_status status = issuer_serves(c->store, &t->issuer, t->client->app_id);

	if (context_failed(c, status))
		return STEP_FAIL;
	return status == DB_OK ? STEP_NEXT : refuse(t, CAUSE_BEARER_APP);
}

/* RFC 7523 3 (9), RFC 8725 3.1: by an algorithm that the operator named, and a key of the issuer.
 */
static enum step_result verify(struct context *c, struct trusted_assertion *t)
{
	const struct assertion_place at = place_of(t, t->issuer.algs);
	struct client_metadata keys;

	if (!(t->issuer.algs & JOSE_BIT(t->jws.alg)))
		return assertion_judge(c, &at, &t->jws, JWS_ALG, NULL);
	client_metadata_init(&keys);
	keys.jwks = t->issuer.jwks;
	keys.jwks_uri = t->issuer.jwks_uri;
	return assertion_verify(c, &at, &keys, &t->jws);
}

/* RFC 7523 3 (1) to (7); aud as for clients (7523-02): this server alone, as one text. */
static enum step_result check_claims(struct context *c, struct trusted_assertion *t)
{
	const struct assertion_place at = place_of(t, t->issuer.algs);
	const struct jwt_expect e = {.now = store_now(c->store),
		.iss = t->issuer.issuer,
		.sub = STR_NONE,
		.aud = c->settings->base_url,
		.need_exp = true,
		.lifetime_max = LIMIT_ASSERTION_LIFETIME};
	enum step_result result = assertion_check_claims(c, &at, &t->payload, &e, &t->claims);

	if (result != STEP_NEXT || str_has_text(t->claims.sub))
		return result;
	refusal_add(t->refusal, EVIDENCE_parameter, STR("sub"));
	refusal_add(t->refusal, EVIDENCE_fault, str_from(claim_fault_word(CLAIM_MISSING)));
	return refuse(t, CAUSE_BEARER_CLAIM);
}

enum step_result use_trusted_assertion(struct context *c, struct trusted_assertion *t)
{
	const struct once once = {
		"grant", t->issuer.issuer, t->claims.jti, t->claims.exp + JWT_AHEAD_S};

	if (!str_is_set(t->claims.jti))
		return STEP_NEXT;
	switch (take_once(c, &once, t->refusal)) {
	case TAKEN_FIRST:
		return STEP_NEXT;
	case TAKEN_AGAIN:
		return refuse(t, CAUSE_BEARER_REPLAYED);
	case TAKEN_TOO_OFTEN:
		return STEP_REFUSE;
	case TAKEN_FAILED:
		break;
	}
	return STEP_FAIL;
}

/* RFC 7523 3 (2): "sub ... identifying the principal that is the subject of the JWT" */
static enum step_result find_account(struct context *c, struct trusted_assertion *t)
{
	enum db_status status =
		issuer_account(c->store, c->arena, &t->issuer, t->claims.sub, &t->account);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_NONE) {
		t->refusal->expected = str_from(issuer_subject_word(t->issuer.subject));
		t->refusal->received = t->claims.sub;
		return refuse(t, CAUSE_BEARER_SUBJECT);
	}
	if (t->account.suspended_at) {
		look_add_age(c, t->refusal, t->account.suspended_at);
		return refuse(t, CAUSE_BEARER_USER_SUSPENDED);
	}
	/* As wherever else an app comes to know of a person (GitHub reference 8.1). */
	return t->account.primary_verified ? STEP_NEXT : refuse(t, CAUSE_BEARER_EMAIL_UNVERIFIED);
}

enum step_result check_trusted_assertion(struct context *c, struct trusted_assertion *t)
{
	/* The signature before the claims: what is told of them is true then. */
	static enum step_result (*const checks[])(struct context *, struct trusted_assertion *) = {
		read_text, find_issuer, check_app, verify, check_claims, find_account};
	enum step_result result = STEP_NEXT;

	for (size_t i = 0; i < sizeof checks / sizeof checks[0] && result == STEP_NEXT; i++)
		result = checks[i](c, t);
	return result;
}
