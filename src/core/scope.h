/* Scopes: the catalogue with what each implies, and sets of them. RFC 6749 3.3; GitHub dialect
 * section 6. The catalogue is data: scopes.def has the built-in rows, an operator may add others
 * before threads start. */
#ifndef LLAVERO_CORE_SCOPE_H
#define LLAVERO_CORE_SCOPE_H

#include "base/arena.h"
#include "base/str.h"

enum { SCOPE_MAX = 128 }; /* size of the largest catalogue */

/* What a scope lets an app do, in groups as the consent page shows them. */
enum scope_group {
	SCOPE_GROUP_OPENID,
	SCOPE_GROUP_PERSONAL,
	SCOPE_GROUP_REPOSITORIES,
	SCOPE_GROUP_ORGANIZATIONS,
	SCOPE_GROUP_KEYS,
	SCOPE_GROUP_HOOKS,
	SCOPE_GROUP_PACKAGES,
	SCOPE_GROUP_PROJECTS,
	SCOPE_GROUP_OTHER,
	SCOPE_GROUPS,
};

/* A set of catalogue rows, one bit each. */
struct scope_set {
	uint64_t bits[SCOPE_MAX / 64];
};

enum scope_status {
	SCOPE_OK,
	SCOPE_TOO_LONG, /* over LIMIT_SCOPE_TEXT or LIMIT_SCOPES names */
};

/* How a scope parameter is written. */
enum scope_form {
	SCOPE_FORM_LOOSE,  /* the GitHub dialect: names split at spaces and commas, and those of
			    * OpenID Connect are unknown */
	SCOPE_FORM_SPACED, /* RFC 6749 3.3: at spaces only; a comma is a character like another */
};

/* What a page says of a scope that an operator added, in the order of enum lang. */
enum { SCOPE_LANGS = 2 };
struct scope_text {
	struct str title, gloss;
};

/* Number of rows, name, group and identifier (for translation keys: "repo", "read_user") of row
 * `i`: the built-in rows in alphabetical order, then the operator's. */
size_t scope_count(void);
struct str scope_name(size_t i);
enum scope_group scope_group_of(size_t i);
/* NULL for an operator's row. */
const char *scope_key(size_t i);
/* The operator's words; STR_NONE for a built-in row. */
struct scope_text scope_text_of(size_t i, size_t lang);

enum scope_add_fault {
	SCOPE_ADDED,
	SCOPE_BAD_NAME, /* not 1 to 64 of a-z 0-9 : _ - . */
	SCOPE_NAME_TAKEN,
	SCOPE_UNKNOWN_IMPLIED, /* implies a scope that is not there (yet) */
	SCOPE_TOO_MANY,        /* the catalogue is full, or more than five are implied */
};
/* Adds a row. `implied` are names of rows that exist, split at spaces and commas. All texts are
 * borrowed for as long as the process runs. Not for use while other threads run. */
enum scope_add_fault scope_add(struct str name, enum scope_group group, struct str implied,
	const struct scope_text texts[SCOPE_LANGS]);
/* Back to the built-in rows; for tests. */
void scope_reset(void);

/* Reads a scope parameter: names split at spaces and commas, case-sensitive; unknown names are
 * dropped (SCOPE set `*unknown` to how many). `offline_access` is reported apart and never in the
 * set. The result is normalised. */
enum scope_status scope_parse(
	struct str text, struct scope_set *out, size_t *unknown, bool *offline_access);
/* The same of a text of either form. */
enum scope_status scope_parse_form(struct str text, enum scope_form form, struct scope_set *out,
	size_t *unknown, bool *offline_access);
/* Reads what scope_format wrote with " ", those of OpenID Connect included. False: nobody can have
 * written that. */
bool scope_read(struct str text, struct scope_set *out);
/* The names that scope_parse_form drops, joined by spaces; "" when it drops none. */
struct str scope_unknown(struct arena *a, struct str text, enum scope_form form);
/* The offset of the first byte that RFC 6749 3.3 does not allow; text.n when there is none. */
size_t scope_stray_byte(struct str text);
/* Drops every scope that another one in the set implies. */
struct scope_set scope_normalize(struct scope_set s);
/* The set with everything its members imply. */
struct scope_set scope_expand(struct scope_set s);
/* Normalised union. */
struct scope_set scope_union(struct scope_set a, struct scope_set b);
/* What both have or imply, normalised. */
struct scope_set scope_intersection(struct scope_set a, struct scope_set b);
/* Is everything in `inner` in, or implied by, `outer`? */
bool scope_covers(struct scope_set outer, struct scope_set inner);
bool scope_is_empty(struct scope_set s);
/* The set as the GitHub edge knows it: without OpenID Connect's. */
struct scope_set scope_without_openid(struct scope_set s);
/* Is it one of OpenID Connect's? */
bool scope_is_openid(struct str name);
bool scope_has(struct scope_set s, size_t row);
/* Does the set have, or imply, the scope called `name`? False for an unknown name. */
bool scope_allows(struct scope_set s, const char *name);
/* Names in alphabetical order joined by `separator`, in the arena; "" for the empty set. */
struct str scope_format(struct arena *a, struct scope_set s, const char *separator);

#endif
