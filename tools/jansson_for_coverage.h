/* Included before everything in the build that counts branches. jansson's macros ask of every value
 * whether it is NULL, also where the line has just asked; as functions they decide that for
 * themselves, and what is counted in src/ are its own decisions. They mean the same. */
#ifndef LLAVERO_JANSSON_FOR_COVERAGE_H
#define LLAVERO_JANSSON_FOR_COVERAGE_H

#include <jansson.h>
#include <stdbool.h>

static inline bool json_has_type(const json_t *json, json_type type)
{
	return json && json_typeof(json) == type;
}

static inline bool json_has_truth(const json_t *json)
{
	return json_has_type(json, JSON_TRUE) || json_has_type(json, JSON_FALSE);
}

#undef json_is_object
#define json_is_object(json) json_has_type((json), JSON_OBJECT)
#undef json_is_array
#define json_is_array(json) json_has_type((json), JSON_ARRAY)
#undef json_is_string
#define json_is_string(json) json_has_type((json), JSON_STRING)
#undef json_is_integer
#define json_is_integer(json) json_has_type((json), JSON_INTEGER)
#undef json_is_true
#define json_is_true(json) json_has_type((json), JSON_TRUE)
#undef json_is_boolean
#define json_is_boolean(json) json_has_truth(json)
#undef json_is_null
#define json_is_null(json) json_has_type((json), JSON_NULL)

#undef json_object_foreach
#define json_object_foreach(object, key, value)                                                    \
	for (key = json_object_iter_key(json_object_iter(object));                                 \
		key && ((value = json_object_iter_value(json_object_key_to_iter(key))), true);     \
		key = json_object_iter_key(                                                        \
			json_object_iter_next(object, json_object_key_to_iter(key))))

#endif
