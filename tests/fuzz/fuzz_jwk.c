/* A key or a set of keys, as clients give them. What can be read can be written, and is the same
 * key then. Private keys are our own. */
#include "core/jwk.h"
#include "fuzz.h"

static void write_again(struct arena *a, const struct jwk *k)
{
	char was[JWK_THUMBPRINT_LEN + 1], is[JWK_THUMBPRINT_LEN + 1];
	struct jwk again;

	MUST(k->algs && k->bytes);
	jwk_thumbprint(a, k, was);
	MUST(jwk_read(a, jwk_public(a, k, JOSE_NO_ALG, k->kid), JWK_PUBLIC, &again) == JWK_GOOD);
	jwk_thumbprint(a, &again, is);
	MUST(strcmp(was, is) == 0);
}

static void target(struct arena *a, struct str text)
{
	struct jwk k;
	struct jwks set;
	size_t at;

	if (jwk_read(a, text, JWK_PUBLIC, &k) == JWK_GOOD)
		write_again(a, &k);
	jwk_read(a, text, JWK_SECRET, &k);
	if (jwks_read(a, text, JWK_PUBLIC, &set, &at) == JWK_GOOD)
		for (size_t i = 0; i < set.n; i++)
			write_again(a, &set.v[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
