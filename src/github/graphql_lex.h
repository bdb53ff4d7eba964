/* The tokens of a GraphQL document: its specification's section 2.1. */
#ifndef LLAVERO_GITHUB_GRAPHQL_LEX_H
#define LLAVERO_GITHUB_GRAPHQL_LEX_H

#include "github/graphql_parse.h"

enum gql_token_kind {
	GQL_T_END,
	GQL_T_MARK, /* one of ! $ & ( ) : = @ [ ] { | } and "..." as '.' */
	GQL_T_NAME,
	GQL_T_INT,
	GQL_T_FLOAT,
	GQL_T_STRING, /* text without quotes and escapes */
	GQL_T_BAD,    /* text says what is wrong */
};

struct gql_token {
	enum gql_token_kind kind;
	char mark;
	struct str text;
	struct gql_place place;
};

struct gql_lexer {
	struct arena *arena;
	const char *p, *end, *line_start;
	int64_t line;
};

void gql_lexer_init(struct gql_lexer *l, struct arena *a, struct str text);
struct gql_token gql_next(struct gql_lexer *l);

#endif
