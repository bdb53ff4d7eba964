/* A header of a proxy with a client certificate; its second line is a name to look for. */
#include "core/certificate.h"
#include "fuzz.h"

static void target(struct arena *a, struct str text)
{
	struct str header = fuzz_line(&text), der;
	struct certificate c;
	struct jwk key;

	if (!certificate_from_header(a, header, &der) || !certificate_read(a, der, &c))
		return;
	certificate_has_subject(&c, text);
	for (int kind = NAME_DNS; kind <= NAME_EMAIL; kind++)
		certificate_has_name(&c, (enum alternative_name)kind, text);
	certificate_has_subject(&c, certificate_subject(a, &c));
	certificate_fault(&c, NULL, 1700000000);
	certificate_key(a, &c, &key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
