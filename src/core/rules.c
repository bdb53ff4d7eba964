#include "core/rules.h"

#include "base/limits.h"

static const struct rules of_edge[] = {
	[DIALECT_GITHUB] = {.exact_redirects = false},
	[DIALECT_STANDARD] = {.exact_redirects = true,
		.names_redirect = true,
		.names_response = true,
		.scope_as_sent = true,
		.tokens_expire = true},
};

static const struct rules of_profile[PROFILES] = {
	[PROFILE_GITHUB] = {.exact_redirects = false},
	[PROFILE_STANDARD] = {.exact_redirects = true,
		.names_redirect = true,
		.pkce = true,
		.tokens_expire = true,
		.token_lifetime_s = LIMIT_PROFILE_TOKEN_LIFETIME},
	[PROFILE_STRICT] = {.exact_redirects = true,
		.names_redirect = true,
		.https_redirects = true,
		.pushed = true,
		.pkce = true,
		.code_lifetime_s = LIMIT_STRICT_CODE_LIFETIME,
		.confidential = true,
		.signed_auth = true,
		.tokens_expire = true,
		.sender_bound = true,
		.token_lifetime_s = LIMIT_PROFILE_TOKEN_LIFETIME},
};

/* Who has no secret has nothing but the verifier to show that a code is theirs. */
static const struct rules of_public_client = {.pkce = true};

static int64_t shorter(int64_t a, int64_t b)
{
	if (a == 0 || b == 0)
		return a + b;
	return a < b ? a : b;
}

static struct rules stricter(struct rules a, struct rules b)
{
	return (struct rules){
		.exact_redirects = a.exact_redirects || b.exact_redirects,
		.names_redirect = a.names_redirect || b.names_redirect,
		.https_redirects = a.https_redirects || b.https_redirects,
		.names_response = a.names_response || b.names_response,
		.scope_as_sent = a.scope_as_sent || b.scope_as_sent,
		.pushed = a.pushed || b.pushed,
		.pkce = a.pkce || b.pkce,
		.code_lifetime_s = shorter(a.code_lifetime_s, b.code_lifetime_s),
		.confidential = a.confidential || b.confidential,
		.signed_auth = a.signed_auth || b.signed_auth,
		.token_lifetime_s = shorter(a.token_lifetime_s, b.token_lifetime_s),
		.tokens_expire = a.tokens_expire || b.tokens_expire,
		.sender_bound = a.sender_bound || b.sender_bound,
	};
}

struct rules rules_of(enum dialect edge, enum profile profile, enum auth_method method)
{
	struct rules rules = stricter(of_edge[edge], of_profile[profile]);

	return method == AUTH_NONE ? stricter(rules, of_public_client) : rules;
}
