#include "flow/userinfo.h"

#include "flow/id_token.h"
#include "flow/person_claims.h"
#include "flow/signing.h"
#include "flow/subject.h"

enum { CLAIMS_MAX = 16384 };

static enum step_result refuse(struct userinfo *u, enum cause cause)
{
	check_token_refuse(&u->checked, cause);
	u->refusal = u->checked.refusal;
	return STEP_REFUSE;
}

/* RFC 6750 3.1: invalid_token */
static enum step_result check_access_token(struct context *c, struct userinfo *u)
{
	enum step_result result = check_presented_token(c, &u->token, &u->checked);

	u->refusal = u->checked.refusal;
	return result == STEP_DONE ? STEP_NEXT : result;
}

/* A token that an app has for itself says nothing of a person. */
static enum step_result need_person(struct context *c, struct userinfo *u)
{
	(void)c;
	return u->checked.token.account.id == ACCOUNT_OF_APPS ? refuse(u, CAUSE_TOKEN_OF_NO_USER)
							      : STEP_NEXT;
}

/* 5.3: the token was got by an authentication request. */
static enum step_result need_openid(struct context *c, struct userinfo *u)
{
	(void)c;
	if (scope_read(u->checked.token.scopes, &u->checked.scopes) &&
		scope_allows(u->checked.scopes, "openid"))
		return STEP_NEXT;
	refuse(u, CAUSE_TOKEN_SCOPE);
	u->refusal.expected = STR("openid");
	u->refusal.received = u->checked.token.scopes;
	return STEP_REFUSE;
}

static enum step_result find_app(struct context *c, struct userinfo *u)
{
	return context_failed(c, app_by_id(c->store, c->arena, u->checked.token.app_id, &u->app))
		       ? STEP_FAIL
		       : STEP_NEXT;
}

/* 5.4 and 5.5: by scopes, and one by one. */
static unsigned claims_of(struct context *c, const struct userinfo *u)
{
	struct claims_request asked;
	unsigned claims = openid_claims_of_scope(scope_allows(u->checked.scopes, "profile"),
		scope_allows(u->checked.scopes, "email"));

	if (claims_request_read(c->arena, u->checked.bound.claims, &asked))
		claims |= asked.userinfo;
	return claims;
}

static enum step_result tell_claims(struct context *c, struct userinfo *u)
{
	const struct account *account = &u->checked.token.account;
	const struct client_metadata *m = app_metadata_of(c->arena, &u->app);
	struct str sub, alg = m->userinfo_signed_response_alg;
	struct buf b;

	if (!subject_for(c, u->app.id, m, account->id, &sub))
		return STEP_FAIL;
	buf_init(&b, c->arena, CLAIMS_MAX);
	buf_add_c(&b, "{\"sub\":");
	buf_add_json(&b, sub);
	if (!person_claims_add(c, &b, account, claims_of(c, u)))
		return STEP_FAIL;
	u->is_jwt = str_is_set(alg);
	if (u->is_jwt) {
		claim_text(&b, "iss", c->settings->base_url);
		claim_text(&b, "aud", u->app.client_id);
	}
	buf_add_char(&b, '}');
	u->claims = buf_str(&b);
	return !u->is_jwt || sign_jwt(c, client_signing_alg(c, alg), "JWT", buf_str(&b), &u->claims)
		       ? STEP_NEXT
		       : STEP_FAIL;
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct userinfo *);
} steps[] = {
	/* clang-format off */
	STEP(check_access_token), /* RFC 6750 3.1 */
	STEP(need_person),
	STEP(need_openid),        /* OpenID Connect Core 5.3 */
	STEP(find_app),
	STEP(tell_claims),        /* OpenID Connect Core 5.3.2 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result userinfo(struct context *c, struct userinfo *u)
{
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, u);

		if (result != STEP_NEXT)
			return result;
	}
	return STEP_DONE;
}

const char *userinfo_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
