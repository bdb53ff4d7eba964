#include "base/buf.h"
#include "base/fail.h"
#include "docs/site.h"

/* Reads up to one byte over the limit, so that docs_render can say that there is too much. */
static bool read_file(struct arena *a, const char *path, struct str *out)
{
	char *text = arena_alloc(a, DOCS_MAX_SOURCE + 1);
	FILE *f = FAIL_AT("docs.open") ? NULL : fopen(path, "rb");

	if (!f)
		return false;
	size_t n = fread(text, 1, DOCS_MAX_SOURCE + 1, f);
	bool good = !FAIL_AT("docs.read") && !ferror(f);

	fclose(f);
	*out = (struct str){text, n};
	return good;
}

static struct str whole_document(struct arena *a, const struct docs_page *page)
{
	struct buf b;

	buf_init(&b, a, (size_t)2 * DOCS_MAX_HTML);
	buf_addf(&b, "<!DOCTYPE html>\n<html lang=\"%.*s\">\n<head>\n<meta charset=\"utf-8\">\n",
		STR_ARG(page->lang));
	buf_add_c(&b, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<title>");
	buf_add_html(&b, page->title);
	buf_add_c(&b, "</title>\n</head>\n<body>\n<main>\n<h1>");
	buf_add_html(&b, page->title);
	buf_add_c(&b, "</h1>\n");
	if (page->intro_html.n) {
		buf_add_c(&b, "<div class=\"intro\">\n");
		buf_add(&b, page->intro_html);
		buf_add_c(&b, "</div>\n");
	}
	buf_add(&b, page->body_html);
	buf_add_c(&b, "</main>\n</body>\n</html>\n");
	return buf_str(&b);
}

static int render(struct arena *a, const char *file, struct str lang, FILE *out, FILE *err)
{
	struct docs_input in = {.file = str_from(file), .lang = lang};
	struct docs_page page;
	struct docs_error error;

	if (!read_file(a, file, &in.source)) {
		fprintf(err, "%s: cannot be read\n", file);
		return 1;
	}
	if (!str_is_set(lang))
		in.lang = docs_guess_lang(in.file, in.source);
	if (!docs_render(a, docs_site_data(), &in, &page, &error)) {
		fprintf(err, "%.*s:%u: %.*s\n", STR_ARG(error.file), error.line,
			STR_ARG(error.message));
		return 1;
	}
	struct str html = whole_document(a, &page);

	if (fwrite(html.p, 1, html.n, out) == html.n && fflush(out) == 0)
		return 0;
	fprintf(err, "%s: the page cannot be written\n", file);
	return 1;
}

int docs_render_command(const char *file, const char *lang, FILE *out, FILE *err)
{
	struct arena a;
	jmp_buf out_of_memory;
	volatile int status = 1; /* read after a longjmp */

	if (lang && !str_eq_c(STR("en"), lang) && !str_eq_c(STR("es"), lang)) {
		fprintf(err, "%s: the language must be en or es\n", lang);
		return 1;
	}
	arena_init(&a, DOCS_ARENA);
	a.escape = &out_of_memory;
	if (setjmp(out_of_memory) == 0)
		status = render(&a, file, str_from(lang), out, err);
	else
		fprintf(err, "%s: the page needs too much memory\n", file);
	arena_release(&a);
	return status;
}
