/* The documentation that the build compiled into the program. Paths start with '/', name no
 * language, and are canonical without a '/' at the end. */
#ifndef LLAVERO_DOCS_SITE_H
#define LLAVERO_DOCS_SITE_H

#include "docs/docs.h"

struct docs_site_page {
	struct str path, lang;
	struct str title;                 /* plain text */
	struct str intro_html, body_html; /* ready to be put in a page; links carry the language */
	const struct docs_heading *headings;
	size_t n_headings;
};

struct docs_site_redirect {
	struct str from, to; /* `from` without a '/' at the end */
};

struct docs_site_text {
	struct str lang, name, text;
};

/* What build/gen/docs_content.c defines, each sorted: pages by path and language, redirects by
 * `from`, texts by language and name. */
extern const struct docs_site_page docs_site_pages[];
extern const size_t docs_site_n_pages;
extern const struct docs_site_redirect docs_site_redirects[];
extern const size_t docs_site_n_redirects;
extern const struct docs_site_text docs_site_variables[], docs_site_reusables[];
extern const size_t docs_site_n_variables, docs_site_n_reusables;

/* The page of a canonical path in a language ("en", "es"), or NULL. */
const struct docs_site_page *docs_find(struct str path, struct str lang);

/* Where a path that is not canonical should send the browser: the canonical path of an older path
 * (with or without '/' at the end) or of a canonical one with '/' at the end; else STR_NONE, also
 * for a canonical path. The browser carries a #fragment over by itself. */
struct str docs_redirect(struct str path);

/* The variables and reusables compiled in. */
const struct docs_data *docs_site_data(void);

#endif
