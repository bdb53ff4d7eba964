/* Two scope parameters, a line each, in either form. A set is written and read as itself, and the
 * algebra of sets holds. */
#include "core/scope.h"
#include "fuzz.h"

static bool same(struct scope_set a, struct scope_set b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

static void check_set(struct arena *a, struct scope_set s)
{
	struct scope_set again;
	struct str text = scope_format(a, s, " ");

	MUST(scope_stray_byte(text) == text.n);
	MUST(scope_read(text, &again) && same(s, again));
	MUST(same(s, scope_normalize(scope_expand(s))));
	MUST(scope_covers(s, s) && same(scope_union(s, s), s));
	MUST(scope_is_empty(s) == !str_has_text(text));
}

static void check_pair(struct scope_set one, struct scope_set other)
{
	struct scope_set both = scope_union(one, other), shared = scope_intersection(one, other);

	MUST(scope_covers(both, one) && scope_covers(both, other));
	MUST(scope_covers(one, shared) && scope_covers(other, shared));
	if (scope_covers(one, other))
		MUST(same(both, one) && same(shared, other));
}

static void target(struct arena *a, struct str text)
{
	struct str line[2];
	struct scope_set sets[2];
	size_t unknown;
	bool offline;

	line[0] = fuzz_line(&text);
	line[1] = fuzz_line(&text);
	for (int form = SCOPE_FORM_LOOSE; form <= SCOPE_FORM_SPACED; form++) {
		for (int i = 0; i < 2; i++) {
			if (scope_parse_form(line[i], (enum scope_form)form, &sets[i], &unknown,
				    &offline) != SCOPE_OK)
				return;
			check_set(a, sets[i]);
			struct str names = scope_unknown(a, line[i], (enum scope_form)form);

			MUST(str_has_text(names) == (unknown > 0));
		}
		check_pair(sets[0], sets[1]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
