/* Running a GraphQL query (specification of October 2021, section 6) over the few things that
 * llavero knows: who asks, users, organisations, the rate limit. */
#ifndef LLAVERO_GITHUB_GRAPHQL_EXEC_H
#define LLAVERO_GITHUB_GRAPHQL_EXEC_H

#include <jansson.h>

#include "github/graphql_parse.h"
#include "github/org.h"

enum {
	GQL_FIELDS = 2000, /* fields looked at in one query, fragments unfolded */
	GQL_MERGED = 4,    /* uses of one field that are merged */
	GQL_PATH = 8,
	GQL_KEYS = 32, /* keys of one object; twice that at the root */
};

struct gql_exec {
	struct context *c;
	const struct checked_token *checked;
	const struct gql_document *document;
	const struct gql_operation *operation;
	const json_t *variables; /* an object, or NULL */
	struct buf errors;       /* JSON objects separated by commas */
	bool invalid;            /* the query is not one: no data is given */
	int budget;
	struct str path[GQL_PATH]; /* JSON texts */
	size_t path_n;
};

enum gql_type { GQL_T_QUERY, GQL_T_USER, GQL_T_ORG, GQL_T_ORGS, GQL_T_RATE, GQL_TYPES };

/* What a selection is made on. */
struct gql_object {
	enum gql_type type;
	const struct account *user;
	const struct org *org;
	const struct org_membership *orgs;
	size_t orgs_n, orgs_total;
	const struct rate_state *rate;
};

/* One key of a reply: all selections that ask for it. */
struct gql_use {
	struct str key;
	const struct gql_selection *all[GQL_MERGED];
	size_t n;
};

/* Runs the operation; the reply's "data" is written into `out`. */
void gql_run(struct gql_exec *ex, struct buf *out);
/* Notes an error. `type` may be NULL. `invalid`: the query itself is wrong. */
void gql_error(struct gql_exec *ex, const char *type, const struct gql_place *place,
	struct str message, bool invalid);
/* Writes the selections of `use` on `object` as a JSON object. */
void gql_write_object(struct gql_exec *ex, const struct gql_object *object,
	const struct gql_use *use, struct buf *out);
/* An argument's value, variables filled in; kind GQL_NULL when it is absent or null. */
struct gql_value gql_argument_of(
	struct gql_exec *ex, const struct gql_selection *field, const char *name);

/* graphql_schema.c: a field of a type. */
struct gql_field {
	enum gql_type type;
	const char *name;
	const char *returns;   /* its type's name, for errors */
	bool is_object;        /* must have selections */
	const char *arguments; /* names, separated by spaces; or NULL */
	void (*write)(
		struct gql_exec *, const struct gql_object *, const struct gql_use *, struct buf *);
};
const struct gql_field *gql_field_find(enum gql_type type, struct str name);
const char *gql_type_name(enum gql_type type);
/* May a fragment on `condition` be used on the type? `*known` is false for a type that is not. */
bool gql_type_fits(enum gql_type type, struct str condition, bool *known);

#endif
