/* A GraphQL document. What is read stays within the bounds, and its places are in the text. */
#include "fuzz.h"
#include "github/graphql_parse.h"

static int nodes;

static void check_place(struct str text, struct gql_place place)
{
	MUST(place.line >= 1 && place.column >= 1);
	MUST(place.line <= (int64_t)text.n + 1 && place.column <= (int64_t)text.n + 1);
}

static void check_selections(struct str text, const struct gql_selection *s, int depth)
{
	MUST(depth <= GQL_DEPTH);
	for (; s; s = s->next) {
		MUST(++nodes <= GQL_NODES);
		check_place(text, s->place);
		MUST(s->kind != GQL_FIELD || (str_has_text(s->key) && str_has_text(s->name)));
		MUST(s->kind != GQL_SPREAD || (str_has_text(s->name) && !s->children));
		for (const struct gql_argument *arg = s->arguments; arg; arg = arg->next)
			MUST(++nodes <= GQL_NODES && str_has_text(arg->name));
		check_selections(text, s->children, depth + 1);
	}
}

static void target(struct arena *a, struct str text)
{
	struct gql_document document = {0};
	struct gql_fault fault = {0};

	nodes = 0;
	if (!gql_parse(a, text, &document, &fault)) {
		MUST(str_has_text(fault.message));
		check_place(text, fault.place);
		return;
	}
	MUST(document.operations);
	for (const struct gql_operation *o = document.operations; o; o = o->next)
		check_selections(text, o->selections, 1);
	for (const struct gql_fragment *f = document.fragments; f; f = f->next) {
		MUST(str_has_text(f->name) && str_has_text(f->on));
		check_selections(text, f->selections, 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
