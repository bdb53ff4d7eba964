/* A DPoP proof. A good one names its key, its request and its time. */
#include "core/dpop.h"
#include "fuzz.h"

static void target(struct arena *a, struct str text)
{
	const struct dpop_want want = {.method = STR("POST"),
		.url = STR("https://as.example/oauth2/token"),
		.other_url = STR_NONE,
		.access_token = STR_NONE,
		.algs = JOSE_ASYMMETRIC};
	struct dpop d;

	switch (dpop_read(a, text, &want, &d)) {
	case DPOP_GOOD:
		MUST(dpop_is_thumbprint(str_from(d.jkt)));
		MUST(str_has_text(d.jti) && d.iat >= 0);
		break;
	case DPOP_CLAIM:
		MUST(d.claim && d.word);
		break;
	case DPOP_MALFORMED:
	case DPOP_KEY:
		MUST(d.word);
		break;
	case DPOP_ALG:
	case DPOP_SIGNATURE:
	case DPOP_METHOD:
	case DPOP_URL:
	case DPOP_TOKEN:
	case DPOP_FAILED:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
