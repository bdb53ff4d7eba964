#include "base/buf.h"
#include "docs/front.h"
#include "docs/markdown.h"

/* "\r\n" becomes "\n": lines are then counted in one way everywhere. */
static struct str unify_line_ends(struct arena *a, struct str s)
{
	char *copy = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n')
			copy[n++] = s.p[i];
	return (struct str){copy, n};
}

static bool check_source(struct arena *a, const struct docs_input *in, struct docs_error *error)
{
	if (in->source.n > DOCS_MAX_SOURCE)
		return docs_fail(
			a, error, in->file, 1, "the file is over %d bytes", DOCS_MAX_SOURCE);
	if (str_is_utf8(in->source))
		return true;
	struct str rest = in->source, line;

	for (unsigned number = 1; str_next(&rest, '\n', &line); number++)
		if (!str_is_utf8(line))
			return docs_fail(a, error, in->file, number, "the line is not UTF-8 text");
	return docs_fail(a, error, in->file, 1, "the file is not UTF-8 text");
}

/* A part of the page: its Liquid replaced, then its Markdown rendered. */
static bool render_part(struct arena *a, const struct liquid_input *part,
	const struct docs_page *model, struct markdown_result *out, struct docs_error *error)
{
	struct liquid_text text;

	return liquid_expand(a, part, &text, error) &&
	       markdown_render(a, &text, part->file, model, out, error);
}

static void join_links(struct arena *a, const struct markdown_result *intro,
	const struct markdown_result *body, struct docs_page *out)
{
	size_t n = intro->n_links + body->n_links;
	struct docs_link *links = ARENA_ARRAY(a, struct docs_link, n);

	for (size_t i = 0; i < n; i++)
		links[i] = i < intro->n_links ? intro->links[i] : body->links[i - intro->n_links];
	out->links = links;
	out->n_links = n;
}

static bool render_front(struct arena *a, const struct liquid_input *base,
	const struct front *front, struct markdown_result *intro, struct docs_page *out,
	struct docs_error *error)
{
	struct liquid_input part = *base;
	struct liquid_text title;

	part.text = front->title;
	part.line = front->title_line;
	if (!liquid_expand(a, &part, &title, error))
		return false;
	if (title.n_marks)
		return docs_fail(a, error, part.file, part.line, "a title cannot hold a callout");
	out->title = title.text;
	part.text = front->intro;
	part.line = front->intro_line;
	if (!str_is_set(front->intro))
		return true;
	if (!render_part(a, &part, NULL, intro, error))
		return false;
	if (intro->n_headings)
		return docs_fail(a, error, part.file, part.line, "an intro cannot hold headings");
	out->intro_html = intro->html;
	return true;
}

bool docs_render(struct arena *a, const struct docs_data *data, const struct docs_input *in,
	struct docs_page *out, struct docs_error *error)
{
	struct markdown_result intro = {0}, body;
	struct front front;

	*out = (struct docs_page){.lang = in->lang, .intro_html = STR("")};
	if (!check_source(a, in, error) ||
		!front_read(a, unify_line_ends(a, in->source), in->file, &front, error))
		return false;
	struct liquid_input part = {.data = data,
		.lang = in->lang,
		.file = in->file,
		.text = front.body,
		.line = front.body_line};

	if (!render_front(a, &part, &front, &intro, out, error) ||
		!render_part(a, &part, in->model, &body, error))
		return false;
	out->body_html = body.html;
	out->headings = body.headings;
	out->n_headings = body.n_headings;
	join_links(a, &intro, &body, out);
	out->redirect_from = front.redirect_from;
	out->redirect_line = front.redirect_line;
	out->topics = front.topics;
	out->versions = front.versions;
	return true;
}
