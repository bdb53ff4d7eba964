/* Authorization details: the first line is the definition of the type "payment" (the empty line:
 * one of ours), the rest what a request asks for. What is taken is written in a form that reads as
 * itself, asks for no more than itself, and can be shown. */
#include "core/detail_type.h"
#include "fuzz.h"

static const char payment[] = "{\"title\":{\"en\":\"Payment\",\"es\":\"Pago\"},\"fields\":{"
			      "\"to\":{\"type\":\"string\",\"required\":true},"
			      "\"currency\":{\"type\":\"string\",\"values\":[\"EUR\",\"USD\"]},"
			      "\"cents\":{\"type\":\"integer\"},\"urgent\":{\"type\":\"boolean\"},"
			      "\"lines\":{\"type\":\"object\",\"list\":true,\"fields\":{\"text\":{"
			      "\"type\":\"string\"}}}}}";

static void target(struct arena *a, struct str text)
{
	const struct detail_words words = {"en", STR("yes"), STR("no")};
	struct str definition = fuzz_line(&text), out, again;
	const struct detail_type type = {
		STR("payment"), definition.n ? definition : str_from(payment)};
	const struct detail_types types = {&type, 1};
	struct details_verdict v = {.fault = DETAILS_GOOD};
	struct detail_view *views;
	size_t n;

	if (detail_definition_fault(a, type.definition))
		return;
	if (!details_read(a, text, &types, &out, &v)) {
		MUST(v.fault > DETAILS_GOOD && v.fault < DETAILS_FAULTS);
		return;
	}
	MUST(details_read(a, out, &types, &again, &v));
	MUST(str_eq(out, again));
	MUST(details_cover(a, out, out));
	MUST(details_view(a, out, &types, &words, &views, &n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
