#include "docs/liquid.h"

#include <string.h>

#include "base/buf.h"
#include "docs/front.h"
#include "docs/scan.h"
#include "docs/version.h"

/* What a whole page shares: its output, and the counters that bound the work. */
struct expansion {
	struct arena *arena;
	const struct docs_data *data;
	struct str lang;
	struct docs_error *error;
	struct buf out, lines, marks; /* `lines` holds unsigned, `marks` struct liquid_mark */
	size_t floor;                 /* {%- takes nothing away before this place in `out` */
	unsigned tags;
};

/* An open {% note %} or {% ifversion %}. */
struct block {
	const char *kind;
	unsigned line;
	bool is_condition;
	bool outer_live; /* text around the block is written */
	bool taken;      /* one branch was written, or is being */
	bool has_else;
};

/* One text on its way through: the page, or a variable or reusable that it names. */
struct source {
	struct expansion *x;
	struct str text, file;
	size_t at;
	unsigned line;      /* of text.p[at] */
	unsigned page_line; /* where the page named this text; 0 for the page itself */
	unsigned depth;
	struct str indent; /* put in front of each further line */
	bool live;         /* false within a branch that does not apply */
	struct block blocks[DOCS_MAX_BLOCKS];
	size_t open;
};

#define FAIL(s, at, ...) docs_fail((s)->x->arena, (s)->x->error, (s)->file, (at), __VA_ARGS__)

static void add_line(struct expansion *x, unsigned line)
{
	buf_add(&x->lines, (struct str){(const char *)&line, sizeof line});
}

/* Writes `text`, which stands at `line` of the source. */
static void emit(struct source *s, struct str text, unsigned line)
{
	while (s->live) {
		size_t end = str_find(text, '\n');

		buf_add(&s->x->out, str_slice(text, 0, end));
		if (end >= text.n)
			return;
		buf_add_char(&s->x->out, '\n');
		line++;
		add_line(s->x, s->page_line ? s->page_line : line);
		text = str_slice(text, end + 1, text.n);
		if (text.n && text.p[0] != '\n')
			buf_add(&s->x->out, s->indent);
	}
}

/* Passes over the text up to `to`, writing it if asked. */
static void advance(struct source *s, size_t to, bool write)
{
	struct str text = str_slice(s->text, s->at, to);

	if (write)
		emit(s, text, s->line);
	for (size_t i = 0; i < text.n; i++)
		s->line += text.p[i] == '\n';
	s->at = to;
}

/* {%- takes the white space before it away, with the line numbers of the line ends. */
static void trim_output(struct expansion *x)
{
	while (x->out.n > x->floor && scan_is_space(x->out.p[x->out.n - 1]))
		if (x->out.p[--x->out.n] == '\n' && x->lines.n > sizeof(unsigned))
			x->lines.n -= sizeof(unsigned);
}

static bool expand(struct source *s);

/* The file a name is kept in, for messages: a variable's is without its last part. */
static struct str data_file(struct source *s, struct str name, bool is_variable)
{
	struct arena *a = s->x->arena;
	size_t n = name.n;

	while (is_variable && n > 0 && name.p[n - 1] != '.')
		n--;
	char *path = str_c(a, str_slice(name, 0, is_variable && n > 0 ? n - 1 : name.n));

	for (char *p = path; *p; p++)
		if (*p == '.')
			*p = '/';
	return str_printf(a, "data/%.*s/%s/%s.%s", STR_ARG(s->x->lang),
		is_variable ? "variables" : "reusables", path, is_variable ? "yml" : "md");
}

/* {% data variables.a.b %}: `name` is what follows "data". */
static bool tag_data(struct source *s, const struct tag *tag, struct str name)
{
	struct expansion *x = s->x;
	bool is_variable = str_starts(name, STR("variables."));
	struct str key = str_slice(name, sizeof "variables." - 1, name.n);

	if (!s->live)
		return true;
	if ((!is_variable && !str_starts(name, STR("reusables."))) || !scan_is_data_name(key))
		return FAIL(s, tag->line, "'%.*s' is not variables.NAME or reusables.NAME",
			STR_ARG(str_slice(name, 0, 80)));
	struct str text = is_variable ? x->data->variable(x->data->context, x->lang, key)
				      : x->data->reusable(x->data->context, x->lang, key);

	if (!str_is_set(text))
		return FAIL(s, tag->line, "unknown %s '%.*s'",
			is_variable ? "variable" : "reusable", STR_ARG(key));
	if (s->depth >= DOCS_MAX_DEPTH)
		return FAIL(s, tag->line, "'%.*s' is nested over %d deep: does it name itself?",
			STR_ARG(key), DOCS_MAX_DEPTH);
	struct source *inner = ARENA_NEW(x->arena, struct source);

	*inner = (struct source){.x = x,
		.text = scan_strip(text),
		.line = 1,
		.live = true,
		.file = data_file(s, key, is_variable),
		.depth = s->depth + 1,
		.page_line = s->page_line ? s->page_line : tag->line,
		.indent = scan_indent(s->text, tag->start)};
	return expand(inner);
}

static bool push(struct source *s, struct block b)
{
	if (s->open == DOCS_MAX_BLOCKS)
		return FAIL(s, b.line, "over %d blocks are open", DOCS_MAX_BLOCKS);
	s->blocks[s->open++] = b;
	return true;
}

static struct block *top(struct source *s)
{
	return s->open ? &s->blocks[s->open - 1] : NULL;
}

static const char *callout_kind(struct str name)
{
	static const char *const kinds[] = {"note", "tip", "warning", "danger"};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_eq_c(name, kinds[i]))
			return kinds[i];
	return NULL;
}

static void emit_mark(struct source *s, const struct tag *tag, const char *kind, bool is_end)
{
	struct expansion *x = s->x;
	struct str indent = scan_indent(s->text, tag->start);
	unsigned line = s->page_line ? s->page_line : tag->line;
	struct liquid_mark mark = {kind, is_end, line};
	size_t number = x->marks.n / sizeof mark;

	if (!s->live)
		return;
	buf_add(&x->marks, (struct str){(const char *)&mark, sizeof mark});
	buf_addf(&x->out, "\n\n%.*s" CALLOUT_MARK "%zu\n\n%.*s", STR_ARG(indent), number,
		STR_ARG(indent));
	for (int i = 0; i < 4; i++)
		add_line(x, line);
	x->floor = x->out.n;
}

static bool tag_callout_end(struct source *s, const struct tag *tag, const char *kind)
{
	const struct block *b = top(s);

	if (!b || b->kind != kind)
		return FAIL(s, tag->line, "'{%% end%s %%}' closes nothing", kind);
	emit_mark(s, tag, kind, true);
	s->open--;
	return true;
}

/* Does a branch with this condition apply? */
static bool branch(struct source *s, const struct tag *tag, bool *holds)
{
	struct str bad;

	if (version_holds(tag->rest, holds, &bad))
		return true;
	if (bad.n == 0)
		return FAIL(s, tag->line, "'%.*s' ends too early", STR_ARG(tag->name));
	return FAIL(s, tag->line, "'%.*s' is not understood in a version expression",
		STR_ARG(str_slice(bad, 0, 80)));
}

static bool tag_ifversion(struct source *s, const struct tag *tag)
{
	bool holds;

	if (!branch(s, tag, &holds))
		return false;
	if (!push(s, (struct block){"ifversion", tag->line, true, s->live, holds, false}))
		return false;
	s->live = s->live && holds;
	return true;
}

/* {% elsif %}, {% else %} and {% endif %}. */
static bool tag_branch(struct source *s, const struct tag *tag)
{
	struct block *b = top(s);
	bool holds = true, is_else = str_eq_c(tag->name, "else");

	if (!b || !b->is_condition || (b->has_else && !str_eq_c(tag->name, "endif")))
		return FAIL(s, tag->line, "'{%% %.*s %%}' without '{%% ifversion %%}'",
			STR_ARG(tag->name));
	if (str_eq_c(tag->name, "endif")) {
		s->live = b->outer_live;
		s->open--;
		return true;
	}
	if (!is_else && !branch(s, tag, &holds))
		return false;
	s->live = b->outer_live && !b->taken && holds;
	b->taken = b->taken || holds;
	b->has_else = is_else;
	return true;
}

/* {% raw %} and {% comment %}: everything up to the closing tag. Only raw text is written. */
static bool tag_verbatim(struct source *s, const struct tag *tag)
{
	bool is_raw = str_eq_c(tag->name, "raw");

	for (size_t i = scan_pair(s->text, tag->end, '{', '%'); i < s->text.n;
		i = scan_pair(s->text, i + 2, '{', '%')) {
		size_t end = scan_match(s->text, i, is_raw ? "endraw" : "endcomment");

		if (end == 0)
			continue;
		advance(s, i, is_raw);
		advance(s, end, false);
		return true;
	}
	return FAIL(s, tag->line, "'{%% %.*s %%}' is never closed", STR_ARG(tag->name));
}

static bool tag_output(struct source *s, const struct tag *tag)
{
	if (str_starts(tag->rest, STR("site.data.")))
		return tag_data(s, tag, str_slice(tag->rest, sizeof "site.data." - 1, tag->rest.n));
	return FAIL(
		s, tag->line, "unknown output '{{ %.*s }}'", STR_ARG(str_slice(tag->rest, 0, 80)));
}

static bool run_tag(struct source *s, const struct tag *tag)
{
	struct str name = tag->name;
	const char *kind = callout_kind(name);

	if (str_eq_c(name, "{{"))
		return tag_output(s, tag);
	if (str_eq_c(name, "data"))
		return tag_data(s, tag, tag->rest);
	if (str_starts(name, STR("#")))
		return true;
	if (str_eq_c(name, "raw") || str_eq_c(name, "comment"))
		return tag_verbatim(s, tag);
	if (str_eq_c(name, "ifversion"))
		return tag_ifversion(s, tag);
	if (str_eq_c(name, "else") || str_eq_c(name, "elsif") || str_eq_c(name, "endif"))
		return tag_branch(s, tag);
	if (kind) {
		emit_mark(s, tag, kind, false);
		return push(s, (struct block){kind, tag->line, false, s->live, false, false});
	}
	if (str_starts(name, STR("end")))
		kind = callout_kind(str_slice(name, sizeof "end" - 1, name.n));
	if (kind)
		return tag_callout_end(s, tag, kind);
	return FAIL(s, tag->line, "unknown tag '%.*s'", STR_ARG(str_slice(name, 0, 80)));
}

static bool take_tag(struct source *s)
{
	struct tag tag;

	if (++s->x->tags > DOCS_MAX_TAGS)
		return FAIL(s, s->line, "the page has over %d tags", DOCS_MAX_TAGS);
	if (!scan_tag(s->text, s->at, &tag))
		return FAIL(s, s->line, "'%.*s' has no end",
			STR_ARG(str_slice(s->text, s->at, s->at + 2)));
	tag.line = s->line;
	advance(s, tag.end, false);
	if (tag.trim_left && s->live)
		trim_output(s->x);
	if (!run_tag(s, &tag))
		return false;
	if (!tag.trim_right)
		return true;
	size_t to = s->at;

	while (to < s->text.n && scan_is_space(s->text.p[to]))
		to++;
	advance(s, to, false);
	return true;
}

static bool expand(struct source *s)
{
	if (s->text.n && memmem(s->text.p, s->text.n, CALLOUT_MARK, sizeof CALLOUT_MARK - 1))
		return FAIL(s, s->line, "the character U+FDD0 may not be used");
	while (s->at < s->text.n) {
		advance(s, scan_open(s->text, s->at), true);
		if (s->at < s->text.n && !take_tag(s))
			return false;
		if (s->x->out.overflow)
			return FAIL(s, s->line,
				"the page is over %d bytes once its tags are replaced",
				DOCS_MAX_EXPANDED);
	}
	const struct block *open = top(s);

	return !open || FAIL(s, open->line, "'{%% %s %%}' is never closed", open->kind);
}

bool liquid_expand(struct arena *a, const struct liquid_input *in, struct liquid_text *out,
	struct docs_error *error)
{
	struct expansion *x = ARENA_NEW(a, struct expansion);
	struct source *s = ARENA_NEW(a, struct source);

	*x = (struct expansion){.arena = a, .data = in->data, .lang = in->lang, .error = error};
	buf_init(&x->out, a, DOCS_MAX_EXPANDED);
	buf_init(&x->lines, a, (DOCS_MAX_EXPANDED + 8) * sizeof(unsigned));
	buf_init(&x->marks, a, DOCS_MAX_TAGS * sizeof(struct liquid_mark));
	*s = (struct source){
		.x = x, .text = in->text, .file = in->file, .line = in->line, .live = true};
	add_line(x, in->line);
	if (!expand(s))
		return false;
	*out = (struct liquid_text){.text = buf_str(&x->out),
		.lines = (const unsigned *)(const void *)x->lines.p,
		.n_lines = x->lines.n / sizeof(unsigned),
		.marks = (const struct liquid_mark *)(const void *)x->marks.p,
		.n_marks = x->marks.n / sizeof(struct liquid_mark)};
	return true;
}
