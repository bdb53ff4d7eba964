/* A JSON body, as each of those who read one takes it. */
#include "base/json_body.h"
#include "core/openid_claims.h"
#include "core/request_object.h"
#include "fuzz.h"

static const char *const names[] = {"scopes", "note", "claims", "resource", "id_token", "a", ""};

static void ask(struct arena *a, const struct json_body *body, const char *name)
{
	struct str one = STR_NONE, *several = NULL;
	int64_t number;
	bool flag;
	size_t n = 0;
	int kinds = 0;

	kinds += json_body_text(a, body, name, &one) == JSON_HERE;
	kinds += json_body_texts(a, body, name, &several, &n) == JSON_HERE;
	kinds += json_body_number(body, name, &number) == JSON_HERE;
	kinds += json_body_flag(body, name, &flag) == JSON_HERE;
	MUST(kinds <= 1);
	MUST(!kinds || json_body_has(body, name));
	MUST(str_is_utf8(one));
	for (size_t i = 0; i < n; i++)
		MUST(str_is_set(several[i]) && str_is_utf8(several[i]));
}

static void check_parameters(const struct params *p)
{
	MUST(p->n <= LIMIT_PARAMS);
	for (size_t i = 0; i < p->n; i++)
		MUST(str_is_set(p->v[i].name) && str_is_set(p->v[i].value));
}

static void target(struct arena *a, struct str text)
{
	struct json_body body;
	struct params p;
	struct claims_request claims;

	if (json_read_object(a, text, LIMIT_PARAMS, &p) == JSON_READ)
		check_parameters(&p);
	if (claims_request_read(a, text, &claims))
		MUST(claims.acrs_n <= OPENID_ACRS);
	if (json_body_read(a, text, &body) != JSON_READ)
		return;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		ask(a, &body, names[i]);
	if (request_object_params(a, &body, &p))
		check_parameters(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
