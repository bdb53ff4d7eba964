#include "conformance/requirements.h"

#include <string.h>

#include "conformance/conditions.h"
#include "gen/row_tests.h"

#define SPEC(id, name, title)
#define HOLDS(row, spec, level, section, text)                                                     \
	{row, SPEC_##spec, LEVEL_##level, section, text, NULL, NULL},
#define WHEN(row, spec, level, section, condition, text)                                           \
	{row, SPEC_##spec, LEVEL_##level, section, text, condition_##condition, NULL},
#define NOT_OFFERED(row, spec, level, section, why, text)                                          \
	{row, SPEC_##spec, LEVEL_##level, section, text, NULL, why},
#define UNTESTED(row, why)
static const struct requirement rows[] = {
#include "conformance/requirements.def"
};
#undef SPEC
#undef HOLDS
#undef WHEN
#undef NOT_OFFERED
#undef UNTESTED

#define SPEC(id, name, title) [SPEC_##id] = {name, title},
#define HOLDS(row, spec, level, section, text)
#define WHEN(row, spec, level, section, condition, text)
#define NOT_OFFERED(row, spec, level, section, why, text)
#define UNTESTED(row, why)
static const struct {
	const char *name, *title;
} specs[] = {
#include "conformance/requirements.def"
};
#undef SPEC
#undef UNTESTED

#define SPEC(id, name, title)
#define UNTESTED(row, why) {row, why},
static const struct {
	const char *row, *why;
} reasons[] = {
#include "conformance/requirements.def"
	{NULL, NULL},
};

size_t requirements_all(const struct requirement **all)
{
	*all = rows;
	return sizeof rows / sizeof rows[0];
}

struct verdict requirement_judge(const struct requirement *r, const struct deployment *d)
{
	if (r->not_offered)
		return (struct verdict){REQUIREMENT_NOT_OFFERED, NULL, r->not_offered};
	return r->judge ? r->judge(d) : (struct verdict){REQUIREMENT_HOLDS, NULL, NULL};
}

size_t requirement_tests(const struct requirement *r, const char **tests, size_t most)
{
	size_t n = 0;

	for (const struct row_tests *t = row_tests; t->row; t++) {
		if (strcmp(t->row, r->id) != 0)
			continue;
		if (n < most)
			tests[n] = t->test;
		n++;
	}
	return n;
}

const char *requirement_untested(const struct requirement *r)
{
	for (size_t i = 0; reasons[i].row; i++)
		if (strcmp(reasons[i].row, r->id) == 0)
			return reasons[i].why;
	return NULL;
}

const char *spec_name(enum spec s)
{
	return specs[s].name;
}

const char *spec_title(enum spec s)
{
	return specs[s].title;
}

bool spec_find(struct str word, enum spec *out)
{
	for (int s = 0; s < SPECS; s++) {
		struct str name = str_from(specs[s].name);
		bool is_rfc = str_starts(name, STR("RFC "));

		if (!str_eq_nocase(word, name) &&
			!(is_rfc && str_eq(word, str_slice(name, 4, name.n))))
			continue;
		*out = (enum spec)s;
		return true;
	}
	return false;
}

const char *level_word(enum level l)
{
	static const char *const words[LEVELS] = {
		"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "OPTIONAL"};

	return words[l];
}

bool level_binds(enum level l)
{
	return l == LEVEL_MUST || l == LEVEL_MUST_NOT;
}

const char *holding_word(enum holding h)
{
	static const char *const words[HOLDINGS] = {"holds", "relaxed", "not offered"};

	return words[h];
}
