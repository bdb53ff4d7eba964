/* Writes what was read as C tables. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "docs-content.h"

/* {"text", length} */
static void put_str(FILE *f, struct str s)
{
	size_t column = 0;

	fputs("{\"", f);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\\' || c == '"')
			fprintf(f, "\\%c", c);
		else if (c >= 0x20 && c < 0x7F && c != '?')
			fputc(c, f);
		else
			fprintf(f, "\\%03o", c);
		if (++column >= 80 || c == '\n') {
			fputs("\"\n\"", f);
			column = 0;
		}
	}
	fprintf(f, "\", %zu}", s.n);
}

/* By bytes, a prefix first, as src/docs/site.c searches. */
static int compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int compare_pages(const void *left, const void *right)
{
	const struct page_row *a = left, *b = right;
	int order = compare(a->path, b->path);

	return order ? order : compare(a->lang, b->lang);
}

static int compare_redirects(const void *left, const void *right)
{
	const struct redirect_row *a = left, *b = right;

	return compare(a->from, b->from);
}

static int compare_texts(const void *left, const void *right)
{
	const struct text_row *a = left, *b = right;
	int order = compare(a->lang, b->lang);

	return order ? order : compare(a->name, b->name);
}

/* Links to pages get the language and the canonical path: who reads Spanish stays in Spanish, and
 * nobody is sent over a redirect. cmark writes every link as href="..." and nothing else so. */
static struct str localize_links(const struct content *c, const struct page_row *p, struct str html)
{
	static const char mark[] = "href=\"/";
	struct buf b;

	buf_init(&b, c->arena, DOCS_MAX_HTML * 2);
	for (;;) {
		const char *at = html.n ? memmem(html.p, html.n, mark, sizeof mark - 1) : NULL;

		if (!at)
			break;
		size_t from = (size_t)(at - html.p) + sizeof mark - 2, to = from;

		while (to < html.n && !strchr("\"#?", html.p[to]))
			to++;
		struct str path = str_slice(html, from, to), target = content_resolve(c, path);

		buf_add(&b, str_slice(html, 0, from));
		if (str_is_set(target))
			buf_addf(&b, "/%.*s%.*s", STR_ARG(p->lang), STR_ARG(target));
		else
			buf_add(&b, path);
		html = str_slice(html, to, html.n);
	}
	buf_add(&b, html);
	return buf_str(&b);
}

static void put_headings(FILE *f, const struct page_row *p, size_t number)
{
	for (size_t i = 0; i < p->page.n_headings; i++) {
		const struct docs_strs *anchors = &p->page.headings[i].anchors;

		if (anchors->n == 0)
			continue;
		fprintf(f, "static const struct str anchors_%zu_%zu[] = {", number, i);
		for (size_t k = 0; k < anchors->n; k++) {
			put_str(f, anchors->v[k]);
			fputs(", ", f);
		}
		fputs("};\n", f);
	}
	if (p->page.n_headings == 0)
		return;
	fprintf(f, "static const struct docs_heading headings_%zu[] = {\n", number);
	for (size_t i = 0; i < p->page.n_headings; i++) {
		const struct docs_heading *h = &p->page.headings[i];

		fprintf(f, "{%u, %u, ", h->level, h->line);
		put_str(f, h->id);
		fputs(", ", f);
		put_str(f, h->text);
		if (h->anchors.n)
			fprintf(f, ", {anchors_%zu_%zu, %zu}},\n", number, i, h->anchors.n);
		else
			fputs(", {NULL, 0}},\n", f);
	}
	fputs("};\n", f);
}

static void put_pages(FILE *f, struct content *c)
{
	for (size_t i = 0; i < c->n_pages; i++)
		put_headings(f, &c->pages[i], i);
	fputs("const struct docs_site_page docs_site_pages[] = {\n", f);
	for (size_t i = 0; i < c->n_pages; i++) {
		const struct page_row *p = &c->pages[i];
		const struct str fields[] = {p->path, p->lang, p->page.title,
			localize_links(c, p, p->page.intro_html),
			localize_links(c, p, p->page.body_html)};

		fputc('{', f);
		for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++) {
			put_str(f, fields[k]);
			fputs(",\n", f);
		}
		if (p->page.n_headings)
			fprintf(f, "headings_%zu, %zu},\n", i, p->page.n_headings);
		else
			fputs("NULL, 0},\n", f);
	}
	fprintf(f, "};\nconst size_t docs_site_n_pages = %zu;\n\n", c->n_pages);
}

/* An array must have a row; the count leaves the filler out. */
static void put_redirects(FILE *f, const struct content *c)
{
	fputs("const struct docs_site_redirect docs_site_redirects[] = {\n", f);
	for (size_t i = 0; i < c->n_redirects; i++) {
		fputc('{', f);
		put_str(f, c->redirects[i].from);
		fputs(", ", f);
		put_str(f, c->redirects[i].to);
		fputs("},\n", f);
	}
	fprintf(f, "{{\"\", 0}, {\"\", 0}},\n};\nconst size_t docs_site_n_redirects = %zu;\n\n",
		c->n_redirects);
}

static void put_texts(FILE *f, const struct text_rows *rows, const char *name)
{
	fprintf(f, "const struct docs_site_text docs_site_%s[] = {\n", name);
	for (size_t i = 0; i < rows->n; i++) {
		fputc('{', f);
		put_str(f, rows->v[i].lang);
		fputs(", ", f);
		put_str(f, rows->v[i].name);
		fputs(",\n", f);
		put_str(f, rows->v[i].text);
		fputs("},\n", f);
	}
	fprintf(f, "{{\"\", 0}, {\"\", 0}, {\"\", 0}},\n};\nconst size_t docs_site_n_%s = %zu;\n\n",
		name, rows->n);
}

static void put_header(FILE *f, struct content *c)
{
	(void)c;
	fputs("/* Made by tools/docs-compile from content/. */\n"
	      "#ifndef LLAVERO_GEN_DOCS_CONTENT_H\n#define LLAVERO_GEN_DOCS_CONTENT_H\n\n"
	      "#include \"docs/site.h\"\n\n#endif\n",
		f);
}

static void put_source(FILE *f, struct content *c)
{
	qsort(c->pages, c->n_pages, sizeof c->pages[0], compare_pages);
	if (c->n_redirects)
		qsort(c->redirects, c->n_redirects, sizeof c->redirects[0], compare_redirects);
	qsort(c->variables.v, c->variables.n, sizeof c->variables.v[0], compare_texts);
	qsort(c->reusables.v, c->reusables.n, sizeof c->reusables.v[0], compare_texts);
	fputs("/* Made by tools/docs-compile from content/. */\n#include \"gen/docs_content.h\"\n\n"
	      "/* Pages are longer than the 4095 bytes that C promises for a literal. */\n"
	      "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n",
		f);
	put_pages(f, c);
	put_redirects(f, c);
	put_texts(f, &c->variables, "variables");
	put_texts(f, &c->reusables, "reusables");
}

/* Written beside and renamed: an interrupted build leaves no half file. */
static bool put_file(struct content *c, const char *directory, const char *name,
	void (*put)(FILE *f, struct content *c))
{
	const char *path = str_printf(c->arena, "%s/%s", directory, name).p;
	const char *beside = str_printf(c->arena, "%s.new", path).p;
	FILE *f = fopen(beside, "w");
	bool good = f != NULL;

	if (f) {
		put(f, c);
		good = !ferror(f);
		good = fclose(f) == 0 && good && rename(beside, path) == 0;
	}
	if (!good)
		fprintf(stderr, "%s: cannot be written: %s\n", path, strerror(errno));
	return good;
}

bool content_emit(struct content *c, const char *directory)
{
	return put_file(c, directory, "docs_content.h", put_header) &&
	       put_file(c, directory, "docs_content.c", put_source);
}
