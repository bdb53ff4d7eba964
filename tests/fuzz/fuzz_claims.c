/* The claims of a token, held against what a strict place expects and what a mild one does. */
#include "core/jwt_claims.h"
#include "fuzz.h"

static void check(struct arena *a, const struct json_body *body, const struct jwt_expect *e)
{
	struct jwt_claims claims;
	struct jwt_verdict v = {.fault = CLAIM_GOOD};
	bool good = jwt_claims_check(a, body, e, &claims, &v);

	MUST(good == (v.fault == CLAIM_GOOD));
	if (!good)
		MUST(*claim_fault_word(v.fault));
	else if (e->need_exp)
		MUST(claims.exp >= e->now - JWT_AHEAD_S);
}

static void target(struct arena *a, struct str text)
{
	const struct jwt_expect mild = {.now = 1700000000},
				strict = {.now = 1700000000,
					.iss = STR("client"),
					.sub = STR("client"),
					.aud = STR("https://as.example"),
					.aud_may_be_list = true,
					.need_exp = true,
					.need_iat = true,
					.need_nbf = true,
					.need_jti = true,
					.lifetime_max = 3600};
	struct json_body body;

	if (json_body_read(a, text, &body) != JSON_READ)
		return;
	check(a, &body, &mild);
	check(a, &body, &strict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
