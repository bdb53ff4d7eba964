#include "server/scopes_file.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "core/scope.h"

static const char *const languages[SCOPE_LANGS] = {"en", "es"};
/* An operator adds none to OpenID Connect's. */
static const char *const group_names[SCOPE_GROUPS] = {
	[SCOPE_GROUP_OPENID] = "",
	[SCOPE_GROUP_PERSONAL] = "personal",
	[SCOPE_GROUP_REPOSITORIES] = "repositories",
	[SCOPE_GROUP_ORGANIZATIONS] = "organizations",
	[SCOPE_GROUP_KEYS] = "keys",
	[SCOPE_GROUP_HOOKS] = "hooks",
	[SCOPE_GROUP_PACKAGES] = "packages",
	[SCOPE_GROUP_PROJECTS] = "projects",
	[SCOPE_GROUP_OTHER] = "other",
};

struct reading {
	struct arena *texts;
	const char *path;
	char *problem;
	bool failed;
	struct str name, implied; /* of the section that is being read; name: or STR_NONE */
	enum scope_group group;
	struct scope_text text[SCOPE_LANGS];
};

static void fail(struct reading *r, const char *what)
{
	if (!r->failed)
		snprintf(r->problem, 256, "%.100s: scope '%.*s': %.90s", r->path, STR_ARG(r->name),
			what);
	r->failed = true;
}

/* What to say of a scope that the catalogue refuses. */
static const char *const faults[] = {
	[SCOPE_ADDED] = NULL,
	[SCOPE_BAD_NAME] = "a name has 1 to 64 of a-z, 0-9, ':', '_', '-' and '.'",
	[SCOPE_NAME_TAKEN] = "there is a scope of this name already",
	[SCOPE_UNKNOWN_IMPLIED] = "it implies a scope that is not defined before it",
	[SCOPE_TOO_MANY] = "there are too many scopes, or it implies more than five",
};

/* The section is complete: into the catalogue with it. */
static void finish(struct reading *r)
{
	if (!str_is_set(r->name) || r->failed)
		return;
	for (size_t i = 0; i < SCOPE_LANGS; i++)
		if (!str_has_text(r->text[i].title) || !str_has_text(r->text[i].gloss))
			fail(r, i == 0 ? "title.en or gloss.en is missing"
				       : "title.es or gloss.es is missing");
	const char *fault =
		r->failed ? NULL : faults[scope_add(r->name, r->group, r->implied, r->text)];

	if (fault)
		fail(r, fault);
	r->name = STR_NONE;
}

static void read_group(struct reading *r, struct str value)
{
	for (int i = 0; i < SCOPE_GROUPS; i++) {
		if (str_has_text(value) && str_eq_c(value, group_names[i])) {
			r->group = (enum scope_group)i;
			return;
		}
	}
	fail(r, "there is no such group");
}

static void read_member(struct reading *r, const char *name, const char *value)
{
	struct str text = str_dup(r->texts, str_from(value));

	for (size_t i = 0; i < SCOPE_LANGS; i++) {
		if (strncmp(name, "title.", 6) == 0 && strcmp(name + 6, languages[i]) == 0) {
			r->text[i].title = text;
			return;
		}
		if (strncmp(name, "gloss.", 6) == 0 && strcmp(name + 6, languages[i]) == 0) {
			r->text[i].gloss = text;
			return;
		}
	}
	if (strcmp(name, "implies") == 0)
		r->implied = text;
	else if (strcmp(name, "group") == 0)
		read_group(r, text);
	else
		fail(r, "it has a member that is not known");
}

static int on_member(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;

	if (!str_eq_c(r->name, section)) {
		finish(r);
		r->name = str_dup(r->texts, str_from(section));
		r->implied = STR_NONE;
		r->group = SCOPE_GROUP_OTHER;
		memset(r->text, 0, sizeof r->text);
	}
	read_member(r, name, value);
	return 1;
}

bool scopes_file_load(const char *path, struct arena *texts, char problem[256])
{
	struct reading r = {.texts = texts, .path = path, .problem = problem, .name = STR_NONE};

	errno = 0;
	int line = ini_parse(path, on_member, &r);

	if (line < 0) {
		snprintf(problem, 256, "%.180s cannot be read: %s", path, strerror(errno));
		return false;
	}
	if (line > 0 && !r.failed) {
		snprintf(problem, 256, "%.180s:%d: this line is not 'name = value'", path, line);
		return false;
	}
	finish(&r);
	return !r.failed;
}
