/* A file with an operator's scopes. What it adds can be asked for, and shown in every language. */
#include "core/scope.h"
#include "fuzz.h"
#include "server/scopes_file.h"

static void check_row(struct arena *a, size_t row)
{
	struct scope_set set, again;
	size_t unknown;
	bool offline;

	MUST(scope_parse(scope_name(row), &set, &unknown, &offline) == SCOPE_OK);
	MUST(unknown == 0 && scope_has(set, row));
	MUST(scope_read(scope_format(a, set, " "), &again) && scope_covers(again, set));
	for (size_t lang = 0; lang < SCOPE_LANGS; lang++)
		MUST(str_has_text(scope_text_of(row, lang).title) &&
			str_has_text(scope_text_of(row, lang).gloss));
}

static void target(struct arena *a, struct str text)
{
	char path[64], problem[256] = "";
	size_t built_in = scope_count();
	struct arena texts;
	int fd = fuzz_file(text, path);

	arena_init(&texts, 1 << 20);
	bool good = scopes_file_load(path, &texts, problem);

	MUST(good == !*problem);
	MUST(scope_count() <= SCOPE_MAX);
	for (size_t row = built_in; row < scope_count(); row++)
		check_row(a, row);
	scope_reset();
	MUST(scope_count() == built_in);
	arena_release(&texts);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
