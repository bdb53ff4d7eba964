/* A form, and the redirect URIs in it: each matches itself. */
#include "base/form.h"
#include "base/limits.h"
#include "core/redirect_uri.h"
#include "fuzz.h"

static void target(struct arena *a, struct str text)
{
	struct redirect_uri one;
	struct params p;

	if (form_parse(a, text, LIMIT_PARAMS, &p) != FORM_OK)
		return;
	MUST(p.n <= LIMIT_PARAMS);
	for (size_t i = 0; i < p.n; i++) {
		MUST(params_count(&p, str_c(a, p.v[i].name)) > 0);
		if (redirect_uri_parse(p.v[i].value, &one) != REDIRECT_URI_OK)
			continue;
		MUST(str_has_text(one.scheme) && one.port >= 0 && one.port <= 65535);
		MUST(redirect_uri_matches(&one, REDIRECT_EXACT, &one));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
