#include "flow/redeem_code.h"

#include <string.h>

#include "core/pkce.h"
#include "flow/authenticate_client.h"
#include "flow/check_grant_type.h"
#include "flow/id_token.h"
#include "flow/look_closer.h"
#include "flow/note_end.h"
#include "flow/read_details.h"
#include "flow/refresh.h"

static enum step_result refuse(struct redeem *r, enum cause cause)
{
	r->refusal.cause = cause;
	r->refusal.closer = look_at_code;
	r->refusal.closer_of = r;
	return STEP_REFUSE;
}

static enum step_result refuse_verifier(struct redeem *r, enum cause cause)
{
	refuse(r, cause);
	r->refusal.closer = look_at_verifier;
	return STEP_REFUSE;
}

/* RFC 6749 3.2.1: the client first. Whoever fails here has not touched the code. */
static enum step_result authenticate(struct context *c, struct redeem *r)
{
	return authenticate_client(c, &r->request->credentials, &r->client, &r->refusal);
}

static enum step_result check_app(struct context *c, struct redeem *r)
{
	return check_served(c, service_of_client(&r->client), r->request->edge, &r->refusal);
}

/* RFC 6749 5.2: unauthorized_client */
static enum step_result check_registered(struct context *c, struct redeem *r)
{
	return check_client_grant(c, r->request->edge, &r->client, GRANT_TYPE_CODE, &r->refusal);
}

/* GitHub reference 3.1: optional here, since there is one grant that takes a code. */
static enum step_result check_grant_type(struct context *c, struct redeem *r)
{
	struct str type = r->request->grant_type;

	(void)c;
	if (!str_has_text(type) || str_eq_c(type, "authorization_code"))
		return STEP_NEXT;
	r->refusal.expected = STR("authorization_code");
	r->refusal.received = type;
	return refuse(r, CAUSE_TOKEN_GRANT_TYPE);
}

/* RFC 9449 5: before the code is looked at, so that asking for a nonce costs nobody a code. */
static enum step_result check_proof_of_key(struct context *c, struct redeem *r)
{
	return check_sender(
		c, &r->request->credentials, &r->client, r->request->edge, &r->sender, &r->refusal);
}

/* RFC 6749 4.1.3: "code" is required; it names a row and proves itself by its hash. */
static enum step_result find_code(struct context *c, struct redeem *r)
{
	uint8_t hash[SHA256_LEN];
	uint64_t id;

	if (!str_has_text(r->request->code))
		return refuse(r, CAUSE_CODE_MISSING);
	if (!code_locate(&c->store->locator, r->request->code, &id))
		return refuse(r, CAUSE_CODE_MALFORMED);
	enum db_status status = code_read_row(c->store, c->arena, id, &r->code);

	if (context_failed(c, status))
		return STEP_FAIL;
	sha256(r->request->code, hash);
	if (status == DB_NONE || !ct_equal(hash, r->code.hash, sizeof hash))
		return refuse(r, CAUSE_CODE_UNKNOWN);
	c->failed = !bound_read(c->arena, r->code.bound, &r->bound);
	return c->failed ? STEP_FAIL : STEP_NEXT;
}

/* "ensure that the authorization code was issued to the authenticated confidential client" */
static enum step_result check_code_client(struct context *c, struct redeem *r)
{
	(void)c;
	if (r->code.app_id != r->client.app_id)
		return refuse(r, CAUSE_CODE_OF_ANOTHER_APP);
	r->refusal.flow_id = r->code.token_id;
	return STEP_NEXT;
}

/* "if the redirect_uri parameter was included ... ensure that their values are identical". What is
 * sent is compared. It may be left out in the GitHub dialect, and where a challenge binds the code
 * to whoever asked for it (OAuth 2.1 4.1.3; assurance 21-04). */
static enum step_result check_redirect_uri(struct context *c, struct redeem *r)
{
	struct str sent = r->request->redirect_uri;

	(void)c;
	if (str_eq(sent, r->code.redirect_uri))
		return STEP_NEXT;
	if (!str_has_text(sent))
		return r->bound.redirect && !str_has_text(r->code.challenge)
			       ? refuse(r, CAUSE_CODE_REDIRECT_MISSING)
			       : STEP_NEXT;
	r->refusal.expected = r->code.redirect_uri;
	r->refusal.received = sent;
	return refuse(r, CAUSE_CODE_REDIRECT_DIFFERS);
}

/* RFC 9449 10: dpop_jkt of the authorization request. */
static enum step_result check_code_key(struct context *c, struct redeem *r)
{
	enum step_result result =
		check_same_sender(&r->bound, &r->sender, CAUSE_CODE_OF_ANOTHER_KEY, &r->refusal);

	(void)c;
	return result == STEP_REFUSE ? refuse(r, r->refusal.cause) : result;
}

/* RFC 7636 4.6 */
static enum step_result check_verifier(struct context *c, struct redeem *r)
{
	(void)c;
	if (!str_has_text(r->code.challenge) &&
		rules_for(service_of_client(&r->client), r->request->edge).pkce)
		return refuse(r, CAUSE_CODE_WITHOUT_CHALLENGE);
	switch (pkce_check_verifier(r->code.challenge, r->request->code_verifier)) {
	case PKCE_OK:
		return STEP_NEXT;
	case PKCE_VERIFIER_MISSING:
		return refuse_verifier(r, CAUSE_VERIFIER_MISSING);
	case PKCE_VERIFIER_UNEXPECTED:
		return refuse_verifier(r, CAUSE_VERIFIER_UNEXPECTED);
	case PKCE_VERIFIER_MALFORMED:
		return refuse_verifier(r, CAUSE_VERIFIER_MALFORMED);
	case PKCE_VERIFIER_WRONG:
	case PKCE_METHOD_MISSING:
	case PKCE_METHOD_UNSUPPORTED:
	case PKCE_CHALLENGE_MISSING:
	case PKCE_CHALLENGE_MALFORMED:
		break;
	}
	return refuse_verifier(r, CAUSE_VERIFIER_WRONG);
}

/* RFC 6749 4.1.2: a second use is denied and SHOULD revoke what the first gave. Everything about
 * this request was right, so whoever holds it could have been the first (assurance 21-06). */
static enum step_result revoke_on_replay(struct context *c, struct redeem *r)
{
	if (!r->code.consumed_at)
		return STEP_NEXT;
	/* The family, if there is one, has the id of its first token; it may have gone on since. */
	enum db_status family = family_kill(c->store, r->code.token_id, "code replayed");

	if (context_failed(c, family))
		return STEP_FAIL;
	enum db_status token = token_revoke(c->store, r->code.token_id, "code replayed");

	if (context_failed(c, token))
		return STEP_FAIL;
	if ((family == DB_OK || token == DB_OK) &&
		!note_end(c, r->code.account_id, r->client.app_id, "oauth_access.replayed"))
		return STEP_FAIL;
	return refuse(r, CAUSE_CODE_REDEEMED);
}

static enum step_result check_expiry(struct context *c, struct redeem *r)
{
	if (r->code.fenced)
		return refuse(r, CAUSE_CODE_FENCED);
	return store_now(c->store) < r->code.expires_at ? STEP_NEXT : refuse(r, CAUSE_CODE_EXPIRED);
}

/* What was allowed may have been taken back since, by the user, the owner or the operator; and who
 * has signed out is not signed in to an app after that, which nobody would tell of it (Back-Channel
 * Logout 2.2). */
static enum step_result check_grant(struct context *c, struct redeem *r)
{
	if (r->code.account_suspended_at)
		return refuse(r, CAUSE_CODE_USER_SUSPENDED);
	if (r->code.grant_revoked_at || r->code.grant_epoch != r->client.epoch)
		return refuse(r, CAUSE_CODE_GRANT_REVOKED);
	if (!r->code.account_verified)
		return refuse(r, CAUSE_CODE_EMAIL_UNVERIFIED);
	if (family_session_end_of(c, &r->bound))
		return refuse(r, CAUSE_CODE_SESSION_ENDED);
	return c->failed ? STEP_FAIL : STEP_NEXT;
}

/* The first step with an effect. The row count decides who was first. */
static enum step_result consume_code(struct context *c, struct redeem *r)
{
	enum db_status status = code_consume(c->store, r->code.id, c->request_id, c->remote);

	if (context_failed(c, status))
		return STEP_FAIL;
	return status == DB_OK ? STEP_NEXT : refuse(r, CAUSE_CODE_REDEEMED);
}

static enum step_result check_resources(struct context *c, struct redeem *r)
{
	r->for_token = r->bound;
	return narrow_resources(c, &r->request->resources, &r->for_token, &r->refusal);
}

static enum step_result check_details(struct context *c, struct redeem *r)
{
	return narrow_details(c, r->request->details, &r->for_token, &r->refusal);
}

/* RFC 6749 4.1.4 */
static enum step_result issue(struct context *c, struct redeem *r)
{
	const struct terms_request terms = {.service = service_of_client(&r->client),
		.edge = r->request->edge,
		.begun_standard = r->bound.standard,
		.token_expiration = r->client.token_expiration,
		.offline = r->code.offline,
		.no_refresh = !client_may_refresh(c, r->request->edge, &r->client)};
	const struct issue_request request = {.app_id = r->code.app_id,
		.account_id = r->code.account_id,
		.grant_id = r->code.grant_id,
		.scopes = r->code.scopes,
		.token_id = r->code.token_id,
		.evict_token_id = r->code.evict_token_id,
		.bound = bind_to_sender(c, r->code.bound, &r->bound, &r->sender),
		.token_bound = r->request->resources.n || str_is_set(r->request->details)
				       ? bind_to_sender(c, bound_write(c->arena, &r->for_token),
						 &r->for_token, &r->sender)
				       : STR_NONE,
		.dpop = str_is_set(r->sender.jkt),
		.client_id = r->request->credentials.client_id,
		.public_client = r->client.auth_method == AUTH_NONE,
		.terms = token_terms(c, &terms)};

	const struct id_token_request id_token = {.edge = r->request->edge,
		.client = &r->client,
		.account_id = r->code.account_id,
		.bound = &r->bound};

	if (issue_token(c, &request, &r->issued) != STEP_NEXT)
		return STEP_FAIL;
	r->issued.details = r->for_token.details;
	return add_id_token(c, &id_token, &r->issued);
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct redeem *);
} steps[] = {
	/* clang-format off */
	STEP(authenticate),        /* RFC 6749 3.2.1 */
	STEP(check_app),           /* the app may be suspended */
	STEP(check_grant_type),    /* RFC 6749 4.1.3 */
	STEP(check_registered),    /* RFC 6749 5.2 */
	STEP(check_proof_of_key),  /* RFC 9449 5, RFC 8705 3 */
	STEP(find_code),           /* RFC 6749 4.1.3 */
	STEP(check_code_client),   /* RFC 6749 4.1.3 */
	STEP(check_redirect_uri),  /* RFC 6749 4.1.3 */
	STEP(check_code_key),      /* RFC 9449 10 */
	STEP(check_verifier),      /* RFC 7636 4.6 */
	STEP(revoke_on_replay),    /* RFC 6749 4.1.2; OAuth 2.1 4.1.3 */
	STEP(check_expiry),        /* RFC 6749 4.1.2 */
	STEP(check_grant),         /* still allowed? */
	STEP(check_resources),     /* RFC 8707 2.2 */
	STEP(check_details),       /* RFC 9396 6 */
	STEP(consume_code),        /* first effect */
	STEP(issue),               /* RFC 6749 4.1.4 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result redeem_code(
	struct context *c, const struct redeem_request *request, struct redeem *out)
{
	memset(out, 0, sizeof *out);
	out->request = request;
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, out);

		if (result != STEP_NEXT) {
			refusal_at(&out->refusal, "redeem_code", i);
			return result;
		}
	}
	return STEP_DONE;
}

const char *redeem_code_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
