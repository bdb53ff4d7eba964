/* Types of authorization details: RFC 9396 2. The operator declares which fields an object of a
 * type may have; here a request's objects are held to that, and made readable for the person who is
 * to agree. */
#ifndef LLAVERO_CORE_DETAIL_TYPE_H
#define LLAVERO_CORE_DETAIL_TYPE_H

#include "base/arena.h"
#include "base/str.h"

struct detail_type {
	struct str name; /* what "type" says */
	/* JSON: {"title": {"en": "Payment", "es": "Pago"}, "fields": {NAME: FIELD, ...}}, where a
	 * FIELD is {"type": "string" | "integer" | "boolean" | "object"} and may have "title" as
	 * above, "required": true, "list": true (an array of such), "values": [...] (the only
	 * texts), and for an object "fields". */
	struct str definition;
};

struct detail_types {
	const struct detail_type *v;
	size_t n;
};

/* What keeps the text from being a definition: a sentence in English; NULL when it is one. */
const char *detail_definition_fault(struct arena *a, struct str definition);
/* May a type be called that? Printable ASCII without spaces, quotes and backslashes. */
bool detail_type_name_is_good(struct str name);

enum details_fault {
	DETAILS_GOOD,
	/* about the whole */
	DETAILS_NOT_JSON, /* or a doubled name, or too deep */
	DETAILS_NO_ARRAY,
	DETAILS_TOO_LONG,
	DETAILS_TOO_MANY,
	DETAILS_NO_OBJECT,
	DETAILS_NO_TYPE,
	/* about one object */
	DETAILS_TYPE,
	DETAILS_FIELD_UNKNOWN,
	DETAILS_FIELD_MISSING,
	DETAILS_FIELD_TYPE,
	DETAILS_FIELD_VALUE,
	DETAILS_FIELD_TEXT, /* a control character, or one that turns the direction of writing */
	DETAILS_FAULTS
};

/* The fault's word, as in word.fault.<word> of the locales. */
const char *details_fault_word(enum details_fault fault);

struct details_verdict {
	enum details_fault fault;
	struct str at;   /* which member: "1.amount.currency", objects counted from 1 */
	struct str type; /* with DETAILS_TYPE: what was sent */
};

/* Reads authorization_details as sent (RFC 9396 2 and 5) and writes it as `*out`, names in order
 * and without white space. False: `verdict` says why. */
bool details_read(struct arena *a, struct str text, const struct detail_types *types,
	struct str *out, struct details_verdict *verdict);
/* Is each object of `asked` one of `given`? Both as details_read wrote them, or STR_NONE: none. */
bool details_cover(struct arena *a, struct str given, struct str asked);

/* One value, with the names that lead to it. */
struct detail_line {
	struct str name, value;
};

/* An object as a person reads it: every value it has, in its order. */
struct detail_view {
	struct str title, type;
	struct detail_line *lines;
	size_t lines_n;
};

/* How a language says things; `tag` is "en" or "es". */
struct detail_words {
	const char *tag;
	struct str yes, no;
};

/* `details` as details_read wrote it. A type that is no longer known is shown by its names. False
 * when it is no such text. */
bool details_view(struct arena *a, struct str details, const struct detail_types *types,
	const struct detail_words *words, struct detail_view **out, size_t *n);

#endif
