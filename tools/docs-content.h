/* content/ as the documentation compiler holds it. */
#ifndef LLAVERO_TOOLS_DOCS_CONTENT_H
#define LLAVERO_TOOLS_DOCS_CONTENT_H

#include "docs/site.h"

enum { LANGS = 2, MAX_FILES = 4096 };
extern const char *const langs[LANGS]; /* the first is the one that gives pages their anchors */

/* A variable or a reusable. */
struct text_row {
	struct str lang, name, text, file;
	unsigned line;
};

struct text_rows {
	struct text_row *v;
	size_t n;
};

/* A page in one language. `file` is as errors name it. */
struct page_row {
	struct str path, lang, source, file;
	struct docs_page page;
	bool rendered;
};

struct redirect_row {
	struct str from, to;
	const struct page_row *page; /* that lists it */
};

struct content {
	struct arena *arena;
	const char *root;
	struct text_rows variables, reusables;
	struct page_row *pages;
	size_t n_pages;
	struct redirect_row *redirects;
	size_t n_redirects;
	unsigned errors;
};

/* Prints "file:line: message" and counts it. */
void report(struct content *c, struct str file, unsigned line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Reads every file below c->root; c->arena and c->root are set. Reports what cannot be read. */
void content_read(struct content *c);
/* The page of a path in a language, or NULL. */
struct page_row *content_find(const struct content *c, struct str path, const char *lang);
/* The canonical path of a page's path or a redirect, '/' at the end or not; STR_NONE if neither. */
struct str content_resolve(const struct content *c, struct str path);

/* Reports dead links and anchors, redirects that collide, what one language lacks. */
void check_translations(struct content *c);
void check_redirects(struct content *c);
void check_links(struct content *c);
/* Reports each page and anchor of core/errors.def that a language lacks: those of the errors, and
 * each cause's section on CAUSES_PAGE. */
void check_error_pages(struct content *c);
void check_cause_sections(struct content *c);

/* Writes docs_content.h and docs_content.c; false, with a message, when that fails. */
bool content_emit(struct content *c, const char *directory);

#endif
