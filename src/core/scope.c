#include "core/scope.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

/* Row numbers counted from 1, so that "none" is 0. */
#define SCOPE(key, ...) ROW_##key,
enum {
	ROW_none,
#include "core/scopes.def"
	ROW_end,
};
#undef SCOPE

enum { ROWS = ROW_end - 1, IMPLIED_MAX = 5 };
_Static_assert((size_t)ROWS <= SCOPE_MAX, "a scope_set has one bit for each row");

struct row {
	struct str name;
	const char *key;
	enum scope_group group;
	uint8_t implied[IMPLIED_MAX]; /* ROW_ numbers, filled up with ROW_none */
};

#define SCOPE(key, name, ...) ROW(key, name, __VA_ARGS__, none, none, none, none, none, end)
#define ROW(key, name, group, a, b, c, d, e, ...)                                                  \
	{{name, sizeof(name) - 1}, #key, SCOPE_GROUP_##group,                                      \
		{ROW_##a, ROW_##b, ROW_##c, ROW_##d, ROW_##e}},
static const struct row rows[ROWS] = {
#include "core/scopes.def"
};
#undef ROW
#undef SCOPE

size_t scope_count(void)
{
	return ROWS;
}

struct str scope_name(size_t i)
{
	return rows[i].name;
}

enum scope_group scope_group_of(size_t i)
{
	return rows[i].group;
}

const char *scope_key(size_t i)
{
	return rows[i].key;
}

static void add_row(struct scope_set *s, size_t row)
{
	s->bits[row / 64] |= (uint64_t)1 << row % 64;
}

bool scope_has(struct scope_set s, size_t row)
{
	return row < ROWS && (s.bits[row / 64] >> row % 64 & 1);
}

bool scope_is_empty(struct scope_set s)
{
	uint64_t any = 0;

	for (size_t i = 0; i < SCOPE_MAX / 64; i++)
		any |= s.bits[i];
	return any == 0;
}

/* Order of two names by their bytes, as strcmp tells it. */
static int compare(struct str a, struct str b)
{
	int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* The row called `name`, which has text, or ROWS. */
static size_t find(struct str name)
{
	size_t low = 0, high = ROWS;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare(name, rows[middle].name);

		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return ROWS;
}

/* Adds what `row` includes to `s`, and what that includes. The catalogue is a few levels deep and
 * a test proves that it has no cycle. */
static void add_implied(struct scope_set *s, size_t row)
{
	for (size_t i = 0; i < IMPLIED_MAX && rows[row].implied[i] != ROW_none; i++) {
		size_t implied = rows[row].implied[i] - 1U;

		add_row(s, implied);
		add_implied(s, implied);
	}
}

/* All that members of `s` imply; a member itself only where another one implies it. */
static struct scope_set implied_by(struct scope_set s)
{
	struct scope_set implied = {{0}};

	for (size_t row = 0; row < ROWS; row++)
		if (scope_has(s, row))
			add_implied(&implied, row);
	return implied;
}

static struct scope_set join(struct scope_set a, struct scope_set b)
{
	for (size_t i = 0; i < SCOPE_MAX / 64; i++)
		a.bits[i] |= b.bits[i];
	return a;
}

static struct scope_set without(struct scope_set a, struct scope_set b)
{
	for (size_t i = 0; i < SCOPE_MAX / 64; i++)
		a.bits[i] &= ~b.bits[i];
	return a;
}

struct scope_set scope_normalize(struct scope_set s)
{
	return without(s, implied_by(s));
}

struct scope_set scope_expand(struct scope_set s)
{
	return join(s, implied_by(s));
}

struct scope_set scope_union(struct scope_set a, struct scope_set b)
{
	return scope_normalize(join(a, b));
}

bool scope_covers(struct scope_set outer, struct scope_set inner)
{
	return scope_is_empty(without(inner, scope_expand(outer)));
}

bool scope_allows(struct scope_set s, const char *name)
{
	return scope_has(scope_expand(s), find(str_from(name)));
}

/* The next name off the front of `*rest`, which may be empty where separators meet. */
static bool next_name(struct str *rest, struct str *name)
{
	size_t space = str_find(*rest, ' ');

	return str_next(rest, space < str_find(*rest, ',') ? ' ' : ',', name);
}

enum scope_status scope_parse(
	struct str text, struct scope_set *out, size_t *unknown, bool *offline_access)
{
	struct str rest = text, name;
	size_t names = 0;

	*out = (struct scope_set){{0}};
	*unknown = 0;
	*offline_access = false;
	if (text.n > LIMIT_SCOPE_TEXT)
		return SCOPE_TOO_LONG;
	while (next_name(&rest, &name)) {
		if (name.n == 0)
			continue;
		if (++names > LIMIT_SCOPES)
			return SCOPE_TOO_LONG;
		size_t row = find(name);

		if (row < ROWS)
			add_row(out, row);
		else if (str_eq_c(name, "offline_access"))
			*offline_access = true;
		else
			++*unknown;
	}
	*out = scope_normalize(*out);
	return SCOPE_OK;
}

struct str scope_format(struct arena *a, struct scope_set s, const char *separator)
{
	struct buf b;

	buf_init(&b, a, LIMIT_SCOPE_TEXT); /* a test formats the whole catalogue */
	for (size_t row = 0; row < ROWS; row++) {
		if (!scope_has(s, row))
			continue;
		if (b.n > 0)
			buf_add_c(&b, separator);
		buf_add(&b, rows[row].name);
	}
	return buf_str(&b);
}
