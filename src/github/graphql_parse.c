#include "github/graphql_parse.h"

#include "github/graphql_lex.h"

struct parser {
	struct gql_lexer lexer;
	struct gql_token token;
	struct gql_fault *fault;
	int depth, nodes;
	bool failed;
};

static void fail(struct parser *p, struct str message)
{
	if (p->failed)
		return;
	p->failed = true;
	*p->fault = (struct gql_fault){p->token.place, message};
}

static void unexpected(struct parser *p)
{
	struct arena *a = p->lexer.arena;

	if (p->token.kind == GQL_T_BAD)
		fail(p, str_printf(a, "Parse error: %.*s", STR_ARG(p->token.text)));
	else if (p->token.kind == GQL_T_END)
		fail(p, STR("Parse error: unexpected end of document"));
	else
		fail(p, str_printf(a, "Parse error on \"%.*s\" at [%lld, %lld]",
				(int)(p->token.text.n > 40 ? 40 : p->token.text.n), p->token.text.p,
				(long long)p->token.place.line, (long long)p->token.place.column));
}

static void advance(struct parser *p)
{
	p->token = gql_next(&p->lexer);
}

/* A failed parser sees no token that it waits for, so that every loop ends. */
static bool at(const struct parser *p, char mark)
{
	return !p->failed && p->token.kind == GQL_T_MARK && p->token.mark == mark;
}

static bool take(struct parser *p, char mark)
{
	if (!at(p, mark))
		return false;
	advance(p);
	return true;
}

static void expect(struct parser *p, char mark)
{
	if (!p->failed && !take(p, mark))
		unexpected(p);
}

static struct str expect_name(struct parser *p)
{
	struct str name = p->token.text;

	if (p->failed || p->token.kind != GQL_T_NAME) {
		unexpected(p);
		return STR("");
	}
	advance(p);
	return name;
}

static bool at_word(const struct parser *p, const char *word)
{
	return !p->failed && p->token.kind == GQL_T_NAME && str_eq_c(p->token.text, word);
}

/* Counts one more node; memory and time stay bounded by it. */
static void *new_node(struct parser *p, size_t size)
{
	if (++p->nodes > GQL_NODES)
		fail(p, STR("The query is too large"));
	return arena_alloc(p->lexer.arena, size);
}

static bool deeper(struct parser *p)
{
	if (++p->depth > GQL_DEPTH)
		fail(p, STR("The query is nested too deeply"));
	return !p->failed;
}

static struct gql_value parse_value(struct parser *p, bool constant);

/* NOLINTNEXTLINE(misc-no-recursion): bounded by GQL_DEPTH */
static void parse_compound(struct parser *p, bool constant)
{
	char close = at(p, '[') ? ']' : '}';

	advance(p);
	if (!deeper(p))
		return;
	while (!p->failed && !at(p, close)) {
		new_node(p, 1);
		if (close == '}') {
			expect_name(p);
			expect(p, ':');
		}
		parse_value(p, constant);
	}
	expect(p, close);
	p->depth--;
}

static struct gql_value word_value(struct str word)
{
	enum gql_kind kind = str_eq_c(word, "true")    ? GQL_TRUE
			     : str_eq_c(word, "false") ? GQL_FALSE
			     : str_eq_c(word, "null")  ? GQL_NULL
						       : GQL_ENUM;

	return (struct gql_value){kind, word};
}

static struct gql_value parse_value(struct parser *p, bool constant)
{
	struct gql_value v = {GQL_COMPOUND, p->token.text};

	if (p->failed)
		return v;
	if (at(p, '[') || at(p, '{')) {
		parse_compound(p, constant);
		return v;
	}
	if (!constant && take(p, '$')) {
		v.kind = GQL_VARIABLE;
		v.text = expect_name(p);
		return v;
	}
	if (p->token.kind == GQL_T_NAME) {
		v = word_value(p->token.text);
	} else if (p->token.kind == GQL_T_INT) {
		v.kind = GQL_INT;
	} else if (p->token.kind == GQL_T_FLOAT) {
		v.kind = GQL_FLOAT;
	} else if (p->token.kind == GQL_T_STRING) {
		v.kind = GQL_STRING;
	} else {
		unexpected(p);
		return v;
	}
	advance(p);
	return v;
}

static struct gql_argument *parse_arguments(struct parser *p)
{
	struct gql_argument *first = NULL, **last = &first;

	if (!take(p, '('))
		return NULL;
	do {
		struct gql_argument *arg = new_node(p, sizeof *arg);

		arg->name = expect_name(p);
		expect(p, ':');
		arg->value = parse_value(p, false);
		*last = arg;
		last = &arg->next;
	} while (!p->failed && !at(p, ')'));
	expect(p, ')');
	return first;
}

static struct gql_directive *parse_directives(struct parser *p)
{
	struct gql_directive *first = NULL, **last = &first;

	while (at(p, '@')) {
		struct gql_directive *d = new_node(p, sizeof *d);

		d->place = p->token.place;
		advance(p);
		d->name = expect_name(p);
		d->arguments = parse_arguments(p);
		*last = d;
		last = &d->next;
	}
	return first;
}

static struct gql_selection *parse_selections(struct parser *p);

static void parse_field(struct parser *p, struct gql_selection *s)
{
	s->kind = GQL_FIELD;
	s->key = s->name = expect_name(p);
	if (take(p, ':'))
		s->name = expect_name(p);
	s->arguments = parse_arguments(p);
	s->directives = parse_directives(p);
	if (at(p, '{'))
		s->children = parse_selections(p);
}

static void parse_fragment_use(struct parser *p, struct gql_selection *s)
{
	s->kind = GQL_INLINE;
	if (at_word(p, "on")) {
		advance(p);
		s->name = expect_name(p);
	} else if (p->token.kind == GQL_T_NAME) {
		s->kind = GQL_SPREAD;
		s->name = expect_name(p);
	}
	s->directives = parse_directives(p);
	if (s->kind == GQL_INLINE)
		s->children = parse_selections(p);
}

/* NOLINTNEXTLINE(misc-no-recursion): bounded by GQL_DEPTH */
static struct gql_selection *parse_selections(struct parser *p)
{
	struct gql_selection *first = NULL, **last = &first;

	expect(p, '{');
	if (p->failed || !deeper(p))
		return NULL;
	do {
		struct gql_selection *s = new_node(p, sizeof *s);

		s->place = p->token.place;
		if (take(p, '.'))
			parse_fragment_use(p, s);
		else
			parse_field(p, s);
		*last = s;
		last = &s->next;
	} while (!p->failed && !at(p, '}'));
	expect(p, '}');
	p->depth--;
	return first;
}

static void parse_type(struct parser *p, struct gql_variable *v)
{
	v->is_list = take(p, '[');
	v->type = expect_name(p);
	if (v->is_list) {
		take(p, '!');
		expect(p, ']');
	}
	v->required = take(p, '!');
}

static struct gql_variable *parse_variables(struct parser *p)
{
	struct gql_variable *first = NULL, **last = &first;

	if (!take(p, '('))
		return NULL;
	do {
		struct gql_variable *v = new_node(p, sizeof *v);

		expect(p, '$');
		v->name = expect_name(p);
		expect(p, ':');
		parse_type(p, v);
		v->has_default = take(p, '=');
		if (v->has_default)
			v->otherwise = parse_value(p, true);
		parse_directives(p);
		*last = v;
		last = &v->next;
	} while (!p->failed && !at(p, ')'));
	expect(p, ')');
	return first;
}

static struct gql_operation *parse_operation(struct parser *p)
{
	struct gql_operation *o = new_node(p, sizeof *o);

	o->place = p->token.place;
	if (p->token.kind == GQL_T_NAME) {
		o->kind = at_word(p, "mutation")       ? GQL_MUTATION
			  : at_word(p, "subscription") ? GQL_SUBSCRIPTION
						       : GQL_QUERY;
		if (o->kind == GQL_QUERY && !at_word(p, "query"))
			unexpected(p);
		advance(p);
		if (!p->failed && p->token.kind == GQL_T_NAME)
			o->name = expect_name(p);
		o->variables = parse_variables(p);
		parse_directives(p);
	}
	o->selections = parse_selections(p);
	return o;
}

static struct gql_fragment *parse_fragment(struct parser *p)
{
	struct gql_fragment *f = new_node(p, sizeof *f);

	advance(p);
	f->name = expect_name(p);
	if (!at_word(p, "on"))
		unexpected(p);
	else
		advance(p);
	f->on = expect_name(p);
	parse_directives(p);
	f->selections = parse_selections(p);
	return f;
}

bool gql_parse(struct arena *a, struct str text, struct gql_document *out, struct gql_fault *fault)
{
	struct parser p = {.fault = fault};
	struct gql_operation **operation = &out->operations;
	struct gql_fragment **fragment = &out->fragments;

	*out = (struct gql_document){NULL, NULL};
	gql_lexer_init(&p.lexer, a, text);
	advance(&p);
	do {
		if (at_word(&p, "fragment")) {
			*fragment = parse_fragment(&p);
			fragment = &(*fragment)->next;
		} else {
			*operation = parse_operation(&p);
			operation = &(*operation)->next;
		}
	} while (!p.failed && p.token.kind != GQL_T_END);
	if (!p.failed && !out->operations)
		fail(&p, STR("The document has no operation"));
	return !p.failed;
}
