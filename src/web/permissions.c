#include "web/permissions.h"

static const enum message group_titles[SCOPE_GROUPS] = {
	[SCOPE_GROUP_OPENID] = MSG_SCOPE_GROUP_OPENID,
	[SCOPE_GROUP_PERSONAL] = MSG_SCOPE_GROUP_PERSONAL,
	[SCOPE_GROUP_REPOSITORIES] = MSG_SCOPE_GROUP_REPOSITORIES,
	[SCOPE_GROUP_ORGANIZATIONS] = MSG_SCOPE_GROUP_ORGANIZATIONS,
	[SCOPE_GROUP_KEYS] = MSG_SCOPE_GROUP_KEYS,
	[SCOPE_GROUP_HOOKS] = MSG_SCOPE_GROUP_HOOKS,
	[SCOPE_GROUP_PACKAGES] = MSG_SCOPE_GROUP_PACKAGES,
	[SCOPE_GROUP_PROJECTS] = MSG_SCOPE_GROUP_PROJECTS,
	[SCOPE_GROUP_OTHER] = MSG_SCOPE_GROUP_OTHER,
};

static struct str text_of(struct arena *a, enum lang lang, size_t scope, const char *part)
{
	enum message m;
	struct str key = str_printf(a, "scope.%s.%s", scope_key(scope), part);

	return message(lang, message_find(key.p, &m) ? m : MSG_NONE);
}

static struct page_permissions_row row_of(struct arena *a, enum lang lang, size_t scope)
{
	struct scope_text own = scope_text_of(scope, (size_t)lang);
	bool built_in = scope_key(scope) != NULL;

	return (struct page_permissions_row){
		.title = built_in ? text_of(a, lang, scope, "title") : own.title,
		.gloss = built_in ? text_of(a, lang, scope, "gloss") : own.gloss,
		.scope = scope_name(scope)};
}

/* The rows of one group, at most scope_count() of them. */
static size_t fill_group(struct arena *a, enum lang lang, struct scope_set scopes,
	struct scope_set except, enum scope_group group, struct page_permissions_row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < scope_count(); i++)
		if (scope_group_of(i) == group && scope_has(scopes, i) && !scope_has(except, i))
			rows[n++] = row_of(a, lang, i);
	return n;
}

struct permissions permissions_of(
	struct arena *a, enum lang lang, struct scope_set scopes, struct scope_set except)
{
	struct page_permissions_group *groups =
		ARENA_ARRAY(a, struct page_permissions_group, SCOPE_GROUPS);
	struct permissions out = {groups, 0, 0};

	for (int g = 0; g < SCOPE_GROUPS; g++) {
		struct page_permissions_row *rows =
			ARENA_ARRAY(a, struct page_permissions_row, scope_count());
		size_t n = fill_group(a, lang, scopes, except, (enum scope_group)g, rows);

		if (n == 0)
			continue;
		groups[out.n++] = (struct page_permissions_group){group_titles[g], rows, n};
		out.rows += n;
	}
	return out;
}

size_t permissions_count(struct str scopes)
{
	struct scope_set set;
	size_t unknown, n = 0;
	bool offline;

	if (scope_parse(scopes, &set, &unknown, &offline) != SCOPE_OK)
		return 0;
	for (size_t i = 0; i < scope_count(); i++)
		n += scope_has(set, i);
	return n;
}

struct permissions permissions_of_text(struct arena *a, enum lang lang, struct str scopes)
{
	struct scope_set set = {{0}};
	const struct scope_set none = {{0}};

	/* what is stored was read once already; a scope that the catalogue lost is not shown */
	if (!scope_read(scopes, &set))
		return (struct permissions){NULL, 0, 0};
	return permissions_of(a, lang, set, none);
}
