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

enum { BUILT_IN = ROW_end - 1, IMPLIED_MAX = 5, NAME_MAX_LEN = 64 };
_Static_assert((size_t)BUILT_IN <= SCOPE_MAX, "a scope_set has one bit for each row");

struct row {
	struct str name;
	const char *key;
	enum scope_group group;
	uint8_t implied[IMPLIED_MAX]; /* ROW_ numbers, filled up with ROW_none */
	struct scope_text texts[SCOPE_LANGS];
};

#define SCOPE(key, name, ...) ROW(key, name, __VA_ARGS__, none, none, none, none, none, end)
#define ROW(key, name, group, a, b, c, d, e, ...)                                                  \
	{{name, sizeof(name) - 1}, #key, SCOPE_GROUP_##group,                                      \
		{ROW_##a, ROW_##b, ROW_##c, ROW_##d, ROW_##e}, {{{NULL, 0}, {NULL, 0}}}},
/* Process-wide by nature: what a scope means is the same for everybody. Added to only before
 * threads start. */
static struct row rows[SCOPE_MAX] = {
#include "core/scopes.def"
};
#undef ROW
#undef SCOPE
static size_t rows_n = BUILT_IN;

size_t scope_count(void)
{
	return rows_n;
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
	return row < rows_n && (s.bits[row / 64] >> row % 64 & 1);
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

/* The row called `name`, which has text, or rows_n. */
static size_t find(struct str name)
{
	size_t low = 0, high = BUILT_IN;

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
	for (size_t i = BUILT_IN; i < rows_n; i++)
		if (str_eq(name, rows[i].name))
			return i;
	return rows_n;
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

	for (size_t row = 0; row < rows_n; row++)
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

struct scope_set scope_intersection(struct scope_set a, struct scope_set b)
{
	struct scope_set ea = scope_expand(a), eb = scope_expand(b);

	for (size_t i = 0; i < sizeof ea.bits / sizeof ea.bits[0]; i++)
		ea.bits[i] &= eb.bits[i];
	return scope_normalize(ea);
}

struct scope_set scope_without_openid(struct scope_set s)
{
	for (size_t row = 0; row < rows_n; row++)
		if (rows[row].group == SCOPE_GROUP_OPENID)
			s.bits[row / 64] &= ~((uint64_t)1 << row % 64);
	return s;
}

bool scope_is_openid(struct str name)
{
	size_t row = find(name);

	return row < rows_n && rows[row].group == SCOPE_GROUP_OPENID;
}

bool scope_covers(struct scope_set outer, struct scope_set inner)
{
	return scope_is_empty(without(inner, scope_expand(outer)));
}

bool scope_allows(struct scope_set s, const char *name)
{
	return scope_has(scope_expand(s), find(str_from(name)));
}

/* The row that a request of this form means, or rows_n. */
static size_t find_in(struct str name, enum scope_form form)
{
	size_t row = find(name);

	return row < rows_n && form == SCOPE_FORM_LOOSE && rows[row].group == SCOPE_GROUP_OPENID
		       ? rows_n
		       : row;
}

/* The next name off the front of `*rest`, which may be empty where separators meet. */
static bool next_name(struct str *rest, enum scope_form form, struct str *name)
{
	size_t space = str_find(*rest, ' ');
	bool comma = form == SCOPE_FORM_LOOSE && str_find(*rest, ',') < space;

	return str_next(rest, comma ? ',' : ' ', name);
}

/* scope-token = 1*( %x21 / %x23-5B / %x5D-7E ), joined by spaces. */
size_t scope_stray_byte(struct str text)
{
	size_t i = 0;

	while (i < text.n && text.p[i] >= ' ' && text.p[i] <= '~' && text.p[i] != '"' &&
		text.p[i] != '\\')
		i++;
	return i;
}

enum scope_status scope_parse(
	struct str text, struct scope_set *out, size_t *unknown, bool *offline_access)
{
	return scope_parse_form(text, SCOPE_FORM_LOOSE, out, unknown, offline_access);
}

enum scope_status scope_parse_form(struct str text, enum scope_form form, struct scope_set *out,
	size_t *unknown, bool *offline_access)
{
	struct str rest = text, name;
	size_t names = 0;

	*out = (struct scope_set){{0}};
	*unknown = 0;
	*offline_access = false;
	if (text.n > LIMIT_SCOPE_TEXT)
		return SCOPE_TOO_LONG;
	while (next_name(&rest, form, &name)) {
		if (name.n == 0)
			continue;
		if (++names > LIMIT_SCOPES)
			return SCOPE_TOO_LONG;
		size_t row = find_in(name, form);

		if (row < rows_n)
			add_row(out, row);
		else if (str_eq_c(name, "offline_access"))
			*offline_access = true;
		else
			++*unknown;
	}
	*out = scope_normalize(*out);
	return SCOPE_OK;
}

bool scope_read(struct str text, struct scope_set *out)
{
	size_t unknown;
	bool offline;

	return scope_parse_form(text, SCOPE_FORM_SPACED, out, &unknown, &offline) == SCOPE_OK;
}

struct str scope_unknown(struct arena *a, struct str text, enum scope_form form)
{
	struct str rest = text, name;
	struct buf b;

	buf_init(&b, a, LIMIT_SCOPE_TEXT + 1);
	while (next_name(&rest, form, &name)) {
		if (name.n == 0 || find_in(name, form) < rows_n || str_eq_c(name, "offline_access"))
			continue;
		if (b.n)
			buf_add_char(&b, ' ');
		buf_add(&b, name);
	}
	return buf_str(&b);
}

struct str scope_format(struct arena *a, struct scope_set s, const char *separator)
{
	size_t by_name[SCOPE_MAX], n = 0;
	struct buf b;

	/* The built-in rows are in order already. */
	for (size_t row = 0; row < rows_n; row++) {
		if (!scope_has(s, row))
			continue;
		size_t at = n++;

		for (; at > 0 && compare(rows[row].name, rows[by_name[at - 1]].name) < 0; at--)
			by_name[at] = by_name[at - 1];
		by_name[at] = row;
	}
	buf_init(&b, a, LIMIT_SCOPE_TEXT); /* a test formats the whole catalogue */
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_add_c(&b, separator);
		buf_add(&b, rows[by_name[i]].name);
	}
	return buf_str(&b);
}

struct scope_text scope_text_of(size_t i, size_t lang)
{
	return rows[i].texts[lang < SCOPE_LANGS ? lang : 0];
}

static bool is_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789:_-.", name.p[i]))
			return false;
	return name.n >= 1 && name.n <= NAME_MAX_LEN;
}

enum scope_add_fault scope_add(struct str name, enum scope_group group, struct str implied,
	const struct scope_text texts[SCOPE_LANGS])
{
	struct row row = {.name = name, .group = group};
	struct str rest = implied, one;
	size_t n = 0;

	if (!is_name(name))
		return SCOPE_BAD_NAME;
	if (find(name) < rows_n || str_eq_c(name, "offline_access"))
		return SCOPE_NAME_TAKEN;
	if (rows_n == SCOPE_MAX)
		return SCOPE_TOO_MANY;
	while (next_name(&rest, SCOPE_FORM_LOOSE, &one)) {
		if (one.n == 0)
			continue;
		if (find(one) == rows_n)
			return SCOPE_UNKNOWN_IMPLIED;
		if (n == IMPLIED_MAX)
			return SCOPE_TOO_MANY;
		row.implied[n++] = (uint8_t)(find(one) + 1);
	}
	for (size_t i = 0; i < SCOPE_LANGS; i++)
		row.texts[i] = texts[i];
	rows[rows_n++] = row;
	return SCOPE_ADDED;
}

void scope_reset(void)
{
	rows_n = BUILT_IN;
}
