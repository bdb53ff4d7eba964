#include "docs/front.h"

#include <stdarg.h>
#include <yaml.h>

/* The YAML being read: where it is, for messages, and what libyaml made of it. */
struct yaml {
	struct arena *arena;
	struct str file;
	unsigned first_line; /* of the YAML in its file */
	struct docs_error *error;
	yaml_document_t document;
};

bool docs_fail(struct arena *a, struct docs_error *error, struct str file, unsigned line,
	const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	*error = (struct docs_error){file, line, str_dup(a, str_from(text))};
	return false;
}

static void release_parser(void *parser)
{
	yaml_parser_delete(parser);
}

static void release_document(void *document)
{
	yaml_document_delete(document);
}

static unsigned line_of(const struct yaml *y, const yaml_node_t *node)
{
	return y->first_line + (unsigned)node->start_mark.line;
}

static bool yaml_load(struct yaml *y, struct str text)
{
	yaml_parser_t *parser = ARENA_NEW(y->arena, yaml_parser_t);

	if (text.n > DOCS_MAX_FRONT)
		return docs_fail(y->arena, y->error, y->file, y->first_line,
			"the front matter is over %d bytes", DOCS_MAX_FRONT);
	/* Registered first: both releases are harmless on zeroed memory. */
	arena_defer(y->arena, release_document, &y->document);
	arena_defer(y->arena, release_parser, parser);
	if (!yaml_parser_initialize(parser))
		return docs_fail(y->arena, y->error, y->file, y->first_line, "out of memory");
	yaml_parser_set_input_string(parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	if (yaml_parser_load(parser, &y->document))
		return true;
	return docs_fail(y->arena, y->error, y->file,
		y->first_line + (unsigned)parser->problem_mark.line, "malformed YAML: %s",
		parser->problem ? parser->problem : "out of memory");
}

static struct yaml *yaml_new(
	struct arena *a, struct str file, unsigned first_line, struct docs_error *error)
{
	struct yaml *y = ARENA_NEW(a, struct yaml);

	y->arena = a;
	y->file = file;
	y->first_line = first_line;
	y->error = error;
	return y;
}

static yaml_node_t *node_at(struct yaml *y, int index)
{
	return yaml_document_get_node(&y->document, index);
}

static struct str scalar(const struct yaml *y, const yaml_node_t *node)
{
	struct str text = {(const char *)node->data.scalar.value, node->data.scalar.length};

	return str_dup(y->arena, text);
}

static bool want_text(struct yaml *y, struct str key, const yaml_node_t *value, struct str *out)
{
	if (value->type != YAML_SCALAR_NODE)
		return docs_fail(y->arena, y->error, y->file, line_of(y, value),
			"%.*s must be a text", STR_ARG(key));
	*out = scalar(y, value);
	return true;
}

/* A list of texts; a single text counts as a list of one. */
static bool want_list(
	struct yaml *y, struct str key, const yaml_node_t *value, struct docs_strs *out)
{
	if (value->type == YAML_SCALAR_NODE) {
		struct str *one = ARENA_NEW(y->arena, struct str);

		*one = scalar(y, value);
		*out = (struct docs_strs){one, one->n ? 1 : 0};
		return true;
	}
	if (value->type != YAML_SEQUENCE_NODE)
		return docs_fail(y->arena, y->error, y->file, line_of(y, value),
			"%.*s must be a list", STR_ARG(key));
	size_t n = (size_t)(value->data.sequence.items.top - value->data.sequence.items.start);
	struct str *v = ARENA_ARRAY(y->arena, struct str, n);

	for (size_t i = 0; i < n; i++)
		if (!want_text(y, key, node_at(y, value->data.sequence.items.start[i]), &v[i]))
			return false;
	*out = (struct docs_strs){v, n};
	return true;
}

/* A map of texts. */
static bool want_map(
	struct yaml *y, struct str key, const yaml_node_t *value, struct docs_pairs *out)
{
	if (value->type != YAML_MAPPING_NODE)
		return docs_fail(y->arena, y->error, y->file, line_of(y, value),
			"%.*s must be a map of names and texts", STR_ARG(key));
	const yaml_node_pair_t *pairs = value->data.mapping.pairs.start;
	size_t n = (size_t)(value->data.mapping.pairs.top - pairs);
	struct docs_pair *v = ARENA_ARRAY(y->arena, struct docs_pair, n);

	for (size_t i = 0; i < n; i++) {
		const yaml_node_t *name = node_at(y, pairs[i].key);

		if (!want_text(y, key, name, &v[i].name) ||
			!want_text(y, key, node_at(y, pairs[i].value), &v[i].value))
			return false;
		v[i].line = line_of(y, name);
	}
	*out = (struct docs_pairs){v, n};
	return true;
}

/* `versions` may also be a single text such as '*'. */
static bool want_versions(
	struct yaml *y, struct str key, const yaml_node_t *value, struct docs_pairs *out)
{
	if (value->type != YAML_SCALAR_NODE)
		return want_map(y, key, value, out);
	struct docs_pair *one = ARENA_NEW(y->arena, struct docs_pair);

	*one = (struct docs_pair){STR("*"), scalar(y, value), line_of(y, value)};
	*out = (struct docs_pairs){one, 1};
	return true;
}

/* Unknown keys are passed over: files written for other readers keep working. */
static bool take_key(struct yaml *y, struct front *f, const yaml_node_pair_t *pair)
{
	const yaml_node_t *key_node = node_at(y, pair->key), *value = node_at(y, pair->value);

	if (key_node->type != YAML_SCALAR_NODE)
		return true;
	struct str key = scalar(y, key_node);

	if (str_eq_c(key, "title")) {
		f->title_line = line_of(y, key_node);
		return want_text(y, key, value, &f->title);
	}
	if (str_eq_c(key, "intro")) {
		f->intro_line = line_of(y, key_node);
		return want_text(y, key, value, &f->intro);
	}
	if (str_eq_c(key, "redirect_from")) {
		f->redirect_line = line_of(y, key_node);
		return want_list(y, key, value, &f->redirect_from);
	}
	if (str_eq_c(key, "topics"))
		return want_list(y, key, value, &f->topics);
	if (str_eq_c(key, "versions"))
		return want_versions(y, key, value, &f->versions);
	return true;
}

static bool take_all(struct yaml *y, struct front *f)
{
	const yaml_node_t *root = yaml_document_get_root_node(&y->document);

	if (!root || root->type != YAML_MAPPING_NODE)
		return docs_fail(y->arena, y->error, y->file, y->first_line,
			"the front matter must be a map of keys");
	for (const yaml_node_pair_t *p = root->data.mapping.pairs.start;
		p < root->data.mapping.pairs.top; p++)
		if (!take_key(y, f, p))
			return false;
	if (!str_has_text(f->title))
		return docs_fail(y->arena, y->error, y->file, y->first_line,
			"the front matter has no title");
	for (size_t i = 0; i < f->redirect_from.n; i++)
		if (!str_starts(f->redirect_from.v[i], STR("/")))
			return docs_fail(y->arena, y->error, y->file, f->redirect_line,
				"redirect_from: '%.*s' does not start with '/'",
				STR_ARG(f->redirect_from.v[i]));
	return true;
}

/* Takes one line off `rest`, without its end. */
static struct str take_line(struct str *rest)
{
	size_t end = str_find(*rest, '\n');
	struct str line = str_slice(*rest, 0, end);

	*rest = str_slice(*rest, end + 1, rest->n);
	return line;
}

bool front_read(struct arena *a, struct str source, struct str file, struct front *out,
	struct docs_error *error)
{
	struct str rest = source;
	unsigned lines = 1;

	*out = (struct front){0};
	if (!str_eq_c(str_trim(take_line(&rest)), "---"))
		return docs_fail(a, error, file, 1, "no front matter: the first line must be ---");
	struct str yaml = str_slice(rest, 0, 0);

	for (;;) {
		if (rest.n == 0)
			return docs_fail(a, error, file, 1, "the front matter has no closing ---");
		struct str line = take_line(&rest);

		lines++;
		if (str_eq_c(str_trim(line), "---"))
			break;
		yaml.n = (size_t)(line.p + line.n - yaml.p);
	}
	out->body = rest;
	out->body_line = lines + 1;
	struct yaml *y = yaml_new(a, file, 2, error);

	return yaml_load(y, yaml) && take_all(y, out);
}

bool docs_read_pairs(struct arena *a, struct str text, struct str file, struct docs_pairs *out,
	struct docs_error *error)
{
	struct yaml *y = yaml_new(a, file, 1, error);

	*out = (struct docs_pairs){NULL, 0};
	if (!str_is_utf8(text))
		return docs_fail(a, error, file, 1, "the file is not UTF-8 text");
	if (!yaml_load(y, text))
		return false;
	const yaml_node_t *root = yaml_document_get_root_node(&y->document);

	return !root || want_map(y, STR("the file"), root, out);
}
