/* A client's metadata. What is taken can be written, loaded, and written again the same. */
#include "core/client_metadata.h"
#include "fuzz.h"

static void target(struct arena *a, struct str text)
{
	struct metadata_rules rules = {.document = false};
	struct client_metadata m, loaded;
	struct metadata_verdict v;

	for (int document = 0; document < 2; document++) {
		rules.document = document;
		v = (struct metadata_verdict){.error = METADATA_GOOD};
		if (!client_metadata_read(a, text, &rules, &m, &v)) {
			MUST(v.error != METADATA_GOOD);
			continue;
		}
		struct str kept = client_metadata_write(a, &m, METADATA_KEPT);

		MUST(client_metadata_load(a, kept, &loaded));
		MUST(str_eq(kept, client_metadata_write(a, &loaded, METADATA_KEPT)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
