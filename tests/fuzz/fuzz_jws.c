/* A signed token, verified with keys of each kind, and what it says. */
#include "core/jws.h"
#include "core/jwt_claims.h"
#include "fuzz.h"
#include "fuzz_keys.h"

static void target(struct arena *a, struct str text)
{
	static const char *const typs[] = {"JWT", "at+jwt", NULL};
	const struct jws_want want = {.algs = JOSE_ASYMMETRIC | JOSE_BIT(JOSE_HS256), .typs = typs};
	const struct jwt_expect expect = {
		.now = 1700000000, .need_exp = true, .need_jti = true, .lifetime_max = 3600};
	struct jwks keys;
	struct jws j;
	struct json_body claims;
	struct jwt_claims read;
	struct jwt_verdict v = {.fault = CLAIM_GOOD};

	MUST(jwks_read(a, STR(FUZZ_JWKS), JWK_PUBLIC, &keys, NULL) == JWK_GOOD && keys.n == 3);
	if (jws_read(a, text, &want, &j) != JWS_GOOD)
		return;
	MUST(want.algs & JOSE_BIT(j.alg));
	MUST(j.payload.n <= text.n && j.signature.n <= text.n);
	if (jws_check(&j, &keys) == JWS_GOOD)
		MUST(j.key && (j.key->algs & JOSE_BIT(j.alg)));
	if (jws_claims(a, &j, &claims) == JWS_GOOD)
		MUST(jwt_claims_check(a, &claims, &expect, &read, &v) == (v.fault == CLAIM_GOOD));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
