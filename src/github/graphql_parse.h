/* Reading a GraphQL document (GraphQL specification of October 2021, section 2): operations,
 * fragments, directives, values. Bounded in depth and in size; nothing is executed here. */
#ifndef LLAVERO_GITHUB_GRAPHQL_PARSE_H
#define LLAVERO_GITHUB_GRAPHQL_PARSE_H

#include "base/arena.h"
#include "base/str.h"

enum {
	GQL_DEPTH = 16,  /* nesting of selections and of values */
	GQL_NODES = 500, /* selections, arguments, directives and values in a document */
};

struct gql_place {
	int64_t line, column; /* from 1 */
};

enum gql_kind {
	GQL_NULL,
	GQL_TRUE,
	GQL_FALSE,
	GQL_INT,
	GQL_FLOAT,
	GQL_STRING,
	GQL_ENUM,
	GQL_VARIABLE, /* text: its name without '$' */
	GQL_COMPOUND, /* a list or an object: read, but nothing here takes one */
};

struct gql_value {
	enum gql_kind kind;
	struct str text; /* numbers as written; strings without quotes and escapes */
};

struct gql_argument {
	struct str name;
	struct gql_value value;
	struct gql_argument *next;
};

struct gql_directive {
	struct str name;
	struct gql_argument *arguments;
	struct gql_place place;
	struct gql_directive *next;
};

enum gql_selection_kind { GQL_FIELD, GQL_SPREAD, GQL_INLINE };

struct gql_selection {
	enum gql_selection_kind kind;
	struct str key;  /* of a field in the reply: its alias, else its name */
	struct str name; /* of the field, the fragment, or the type condition (may be absent) */
	struct gql_argument *arguments;
	struct gql_directive *directives;
	struct gql_selection *children; /* NULL: none were asked for */
	struct gql_place place;
	struct gql_selection *next;
};

struct gql_fragment {
	struct str name, on;
	struct gql_selection *selections;
	struct gql_fragment *next;
};

struct gql_variable {
	struct str name, type; /* type without '!' and brackets */
	bool required, is_list, has_default;
	struct gql_value otherwise;
	struct gql_variable *next;
};

enum gql_operation_kind { GQL_QUERY, GQL_MUTATION, GQL_SUBSCRIPTION };

struct gql_operation {
	enum gql_operation_kind kind;
	struct str name; /* may be absent */
	struct gql_variable *variables;
	struct gql_selection *selections;
	struct gql_place place;
	struct gql_operation *next;
};

struct gql_document {
	struct gql_operation *operations;
	struct gql_fragment *fragments;
};

struct gql_fault {
	struct gql_place place;
	struct str message;
};

/* Reads `text`; false with the first fault. Everything lives in the arena or in `text`. */
bool gql_parse(struct arena *a, struct str text, struct gql_document *out, struct gql_fault *fault);

#endif
