/* Reads content/: pages in LANG/, variables and reusables in data/LANG/. */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "docs-content.h"

const char *const langs[LANGS] = {"en", "es"};

/* One walk: the directory it started in, and what to do with each file. */
struct walk {
	struct content *content;
	const char *lang, *suffix;
	void (*take)(struct walk *w, struct str file, struct str name, struct str text);
};

void report(struct content *c, struct str file, unsigned line, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%.*s:%u: ", STR_ARG(file), line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	c->errors++;
}

static bool read_text(struct arena *a, const char *path, struct str *out)
{
	char *text = arena_alloc(a, DOCS_MAX_SOURCE + 1);
	FILE *f = fopen(path, "rb");

	if (!f)
		return false;
	size_t n = fread(text, 1, DOCS_MAX_SOURCE + 1, f);
	bool good = !ferror(f);

	fclose(f);
	*out = str_dup(a, (struct str){text, n});
	return good;
}

static void take_file(struct walk *w, const char *path, struct str name)
{
	struct str text;

	if (!str_ends(name, str_from(w->suffix)))
		report(w->content, str_from(path), 1, "a file here must end in %s", w->suffix);
	else if (!read_text(w->content->arena, path, &text))
		report(w->content, str_from(path), 1, "cannot be read: %s", strerror(errno));
	else
		w->take(w, str_from(path), str_slice(name, 0, name.n - strlen(w->suffix)), text);
}

/* `below` is the path since the walk's start, "" or "a/b/". Files come in order of their names. */
static void walk_directory(struct walk *w, const char *path, const char *below)
{
	struct arena *a = w->content->arena;
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);

	if (n < 0) {
		report(w->content, str_from(path), 1, "cannot be read: %s", strerror(errno));
		return;
	}
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		struct stat s;

		if (name[0] != '.') {
			const char *full = str_printf(a, "%s/%s", path, name).p;
			const char *inner = str_printf(a, "%s%s", below, name).p;

			if (stat(full, &s) == 0 && S_ISDIR(s.st_mode))
				walk_directory(w, full, str_printf(a, "%s/", inner).p);
			else
				take_file(w, full, str_from(inner));
		}
		free(entries[i]);
	}
	free(entries);
}

/* "a/b" as "a.b". */
static struct str dotted(struct arena *a, struct str name)
{
	char *copy = str_c(a, name);

	for (char *p = copy; *p; p++)
		if (*p == '/')
			*p = '.';
	return (struct str){copy, name.n};
}

static void add_text(struct content *c, struct text_rows *rows, struct text_row row)
{
	if (rows->n == MAX_FILES) {
		report(c, row.file, row.line, "over %d texts of this kind", MAX_FILES);
		return;
	}
	for (size_t i = 0; i < rows->n; i++)
		if (str_eq(rows->v[i].lang, row.lang) && str_eq(rows->v[i].name, row.name))
			report(c, row.file, row.line, "'%.*s' is defined twice", STR_ARG(row.name));
	rows->v[rows->n++] = row;
}

static void take_variables(struct walk *w, struct str file, struct str name, struct str text)
{
	struct content *c = w->content;
	struct docs_pairs pairs;
	struct docs_error error;

	if (!docs_read_pairs(c->arena, text, file, &pairs, &error)) {
		report(c, error.file, error.line, "%.*s", STR_ARG(error.message));
		return;
	}
	name = dotted(c->arena, name);
	for (size_t i = 0; i < pairs.n; i++)
		add_text(c, &c->variables,
			(struct text_row){str_from(w->lang),
				str_printf(c->arena, "%.*s.%.*s", STR_ARG(name),
					STR_ARG(pairs.v[i].name)),
				pairs.v[i].value, file, pairs.v[i].line});
}

static void take_reusable(struct walk *w, struct str file, struct str name, struct str text)
{
	struct content *c = w->content;

	if (!str_is_utf8(text) || text.n > DOCS_MAX_SOURCE)
		report(c, file, 1, "the file is not UTF-8 text, or over %d bytes", DOCS_MAX_SOURCE);
	add_text(c, &c->reusables,
		(struct text_row){str_from(w->lang), dotted(c->arena, name), text, file, 1});
}

static void take_page(struct walk *w, struct str file, struct str name, struct str text)
{
	struct content *c = w->content;

	if (c->n_pages == MAX_FILES) {
		report(c, file, 1, "over %d pages", MAX_FILES);
		return;
	}
	c->pages[c->n_pages++] =
		(struct page_row){.path = str_printf(c->arena, "/%.*s", STR_ARG(name)),
			.lang = str_from(w->lang),
			.source = text,
			.file = file};
}

void content_read(struct content *c)
{
	struct arena *a = c->arena;

	c->variables.v = ARENA_ARRAY(a, struct text_row, MAX_FILES);
	c->reusables.v = ARENA_ARRAY(a, struct text_row, MAX_FILES);
	c->pages = ARENA_ARRAY(a, struct page_row, MAX_FILES);
	for (int i = 0; i < LANGS; i++) {
		struct walk variables = {c, langs[i], ".yml", take_variables};
		struct walk reusables = {c, langs[i], ".md", take_reusable};
		struct walk pages = {c, langs[i], ".md", take_page};
		const char *data = str_printf(a, "%s/data/%s", c->root, langs[i]).p;

		walk_directory(&variables, str_printf(a, "%s/variables", data).p, "");
		walk_directory(&reusables, str_printf(a, "%s/reusables", data).p, "");
		walk_directory(&pages, str_printf(a, "%s/%s", c->root, langs[i]).p, "");
	}
}

struct page_row *content_find(const struct content *c, struct str path, const char *lang)
{
	for (size_t i = 0; i < c->n_pages; i++)
		if (str_eq(c->pages[i].path, path) && str_eq_c(c->pages[i].lang, lang))
			return &c->pages[i];
	return NULL;
}

struct str content_resolve(const struct content *c, struct str path)
{
	if (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	for (size_t i = 0; i < c->n_pages; i++)
		if (str_eq(c->pages[i].path, path))
			return c->pages[i].path;
	for (size_t i = 0; i < c->n_redirects; i++)
		if (str_eq(c->redirects[i].from, path))
			return c->redirects[i].to;
	return STR_NONE;
}
