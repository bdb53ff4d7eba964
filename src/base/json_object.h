/* Reading one JSON object from outside into parameters, bounded and strict. */
#ifndef LLAVERO_BASE_JSON_OBJECT_H
#define LLAVERO_BASE_JSON_OBJECT_H

#include "base/form.h"

enum json_status {
	JSON_READ,
	JSON_SYNTAX,     /* not JSON, a doubled key, or too deep */
	JSON_NOT_OBJECT, /* JSON, but not an object */
	JSON_BAD_MEMBER, /* a member that is neither text, number, truth value nor null */
	JSON_TOO_MANY,   /* more than `max` members */
};

/* The members of the object as parameters: numbers as decimal text, true and false as these
 * words; members that are null are left out. */
enum json_status json_read_object(struct arena *a, struct str text, size_t max, struct params *out);

/* The bare parse that the readers share: `*root` is the library's value, which the arena releases.
 * JSON_READ or JSON_SYNTAX. */
enum json_status json_parse(struct arena *a, struct str text, void **root);

#endif
