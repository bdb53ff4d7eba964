/* A JSON object from outside, asked member by member; for bodies that hold lists. */
#ifndef LLAVERO_BASE_JSON_BODY_H
#define LLAVERO_BASE_JSON_BODY_H

#include "base/json_object.h"

struct json_body {
	void *root; /* the library's; lives as long as the arena */
};

enum json_member {
	JSON_ABSENT, /* or null */
	JSON_HERE,
	JSON_WRONG, /* of another type */
};

/* Parses `text`; an empty one is an object without members. JSON_READ, JSON_SYNTAX or
 * JSON_NOT_OBJECT. */
enum json_status json_body_read(struct arena *a, struct str text, struct json_body *out);
/* Is the member there at all, null included? */
bool json_body_has(const struct json_body *b, const char *name);
/* A member that is text; STR_NONE unless JSON_HERE. */
enum json_member json_body_text(
	struct arena *a, const struct json_body *b, const char *name, struct str *out);
/* A member that is a list of texts. JSON_WRONG also for a list with anything else in it. */
enum json_member json_body_texts(
	struct arena *a, const struct json_body *b, const char *name, struct str **out, size_t *n);

/* A member that is a whole number, or true or false; `*out` is unchanged unless JSON_HERE. */
enum json_member json_body_number(const struct json_body *b, const char *name, int64_t *out);
enum json_member json_body_flag(const struct json_body *b, const char *name, bool *out);

#endif
