/* Distinguished names (RFC 4514). The first line is held against a certificate; the others, a type
 * and a value each, make the subject of one, whose text is then its name. */
#include <openssl/x509.h>

#include "core/certificate.h"
#include "fuzz.h"

static X509 *with_subject(const struct str *parts, size_t n)
{
	X509 *x = X509_new();
	X509_NAME *name = x ? X509_get_subject_name(x) : NULL;

	MUST(name);
	for (size_t i = 0; i < n; i++) {
		static const char *const types[] = {"CN", "O", "OU", "C", "DC", "serialNumber"};
		size_t which = (unsigned char)parts[i].p[0] % 6U;
		struct str value = str_slice(parts[i], 1, parts[i].n);

		X509_NAME_add_entry_by_txt(name, types[which], MBSTRING_UTF8,
			(const unsigned char *)value.p, (int)value.n, -1, 0);
	}
	return x;
}

static void target(struct arena *a, struct str text)
{
	enum { PARTS = 8 };
	struct str wanted = fuzz_line(&text), parts[PARTS], part;
	size_t n = 0;

	while (n < PARTS && str_next(&text, '\n', &part))
		if (part.n > 1)
			parts[n++] = part;
	struct certificate c = {.lib = with_subject(parts, n)};
	struct str subject = certificate_subject(a, &c);
	bool same = certificate_has_subject(&c, wanted);

	/* The text is cut at 1024 bytes; a value of ours has at most 64, or is refused. */
	if (X509_NAME_entry_count(X509_get_subject_name(c.lib)) > 0 && subject.n < 1024)
		MUST(certificate_has_subject(&c, subject));
	else
		MUST(!same || n > 0);
	if (same)
		MUST(!str_has_char(wanted, '\0'));
	X509_free(c.lib);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
