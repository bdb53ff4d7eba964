/* Documentation pages: from a file with front matter, Liquid tags and Markdown to HTML.
 *
 * The build compiles content/ with this reader (tools/docs-compile.c); `llavero docs render` reads
 * any file of the same form with it. Input is hostile: sizes, nesting and the number of tags are
 * bounded, and Markdown is rendered in cmark's safe mode (raw HTML and script URLs left out).
 *
 * The Liquid understood here, in the body, the title and the intro:
 *   {% data variables.a.b %}  {% data reusables.a.b %}     also {{ site.data.variables.a.b }}
 *   {% note %} {% tip %} {% warning %} {% danger %} ... {% endnote %} ...
 *   {% ifversion EXPR %} {% elsif EXPR %} {% else %} {% endif %}
 *   {% raw %} ... {% endraw %}   {% comment %} ... {% endcomment %}   {% # a remark %}
 * Anything else between those marks is an error.
 *
 * EXPR joins names with `and`, `or` and `not`. True for this server: `llavero`, and, because it
 * keeps to GitHub Enterprise Server's layout, `ghes` and `enterprise-server`, as the newest
 * release (so `ghes > 3.1` holds and `ghes < 3.1` does not). False: fpt, ghec, ghae,
 * free-pro-team, enterprise-cloud, github-ae. Any other name is an error. */
#ifndef LLAVERO_DOCS_DOCS_H
#define LLAVERO_DOCS_DOCS_H

#include <stdio.h>

#include "base/arena.h"
#include "base/str.h"

enum {
	DOCS_MAX_SOURCE = 256 << 10,   /* bytes of one file */
	DOCS_MAX_FRONT = 32 << 10,     /* bytes of its front matter, or of a file of variables */
	DOCS_MAX_EXPANDED = 512 << 10, /* bytes after the Liquid tags are replaced */
	DOCS_MAX_HTML = 4 << 20,       /* bytes of HTML */
	DOCS_MAX_DEPTH = 8,            /* data inside data */
	DOCS_MAX_TAGS = 4096,          /* tags in one page, those of its data included */
	DOCS_MAX_BLOCKS = 16,          /* open blocks at one time */
	DOCS_MAX_HEADINGS = 500,       /* headings of one page */
	DOCS_ARENA = 64 << 20, /* room in which a page of any allowed size can be rendered */
};

/* Where a page is wrong, and how, in English. `line` counts from 1. */
struct docs_error {
	struct str file;
	unsigned line;
	struct str message;
};

/* Looks texts up by their dotted name ("product.product_name") and language ("en", "es"); each
 * returns STR_NONE for an unknown name. */
struct docs_data {
	struct str (*variable)(const void *context, struct str lang, struct str name);
	struct str (*reusable)(const void *context, struct str lang, struct str name);
	const void *context;
};

struct docs_strs {
	const struct str *v;
	size_t n;
};

/* A name and its text, at `line` of the file it was read from. */
struct docs_pair {
	struct str name, value;
	unsigned line;
};

struct docs_pairs {
	const struct docs_pair *v;
	size_t n;
};

/* `level` is as shown: the shallowest heading of a page is 2, below the title. `anchors` are the
 * other ids of the same place. `line` is that of the source. */
struct docs_heading {
	unsigned level, line;
	struct str id, text;
	struct docs_strs anchors;
};

/* A link or an image as written, at `line` of the source. */
struct docs_link {
	struct str url;
	unsigned line;
};

struct docs_page {
	struct str lang;
	struct str title; /* plain text */
	struct str intro_html, body_html;
	struct docs_strs redirect_from; /* as written */
	struct docs_strs topics;
	struct docs_pairs versions;
	unsigned redirect_line; /* where redirect_from is written; 0 without it */
	const struct docs_heading *headings;
	size_t n_headings;
	const struct docs_link *links; /* of the intro and the body */
	size_t n_links;
};

/* One page to render. `file` names it in errors. `model`, or NULL, is the same page in the
 * language its anchors come from: the n-th heading takes the n-th id of the model and keeps its
 * own slug as a second anchor, and the headings' levels must agree.
 *
 * A heading's id is its slug, or the first of the suffixes in "## Title {#id}{#other-id}"; the
 * other suffixes are anchors, and so is the fragment of an "error_uri" that an example in its
 * section shows. */
struct docs_input {
	struct str source, file, lang;
	const struct docs_page *model;
};

/* Fills `*out`, or `*error` and returns false. Everything lives in the arena; when a page needs
 * more than the arena has, the arena's escape is taken. */
bool docs_render(struct arena *a, const struct docs_data *data, const struct docs_input *in,
	struct docs_page *out, struct docs_error *error);

/* Reads a YAML file that maps names to texts, as the files of variables are. */
bool docs_read_pairs(struct arena *a, struct str text, struct str file, struct docs_pairs *out,
	struct docs_error *error);

/* GitHub's slug of a heading: lower case, punctuation dropped, spaces turned into hyphens. */
struct str docs_slug(struct arena *a, struct str text);

/* "es" or "en": a directory of that name in `path`, else the language the text seems to be in. */
struct str docs_guess_lang(struct str path, struct str text);

/* `llavero docs render FILE`: writes a whole HTML document to `out` and returns 0, or writes the
 * error to `err` and returns 1. `lang` NULL means docs_guess_lang. */
int docs_render_command(const char *file, const char *lang, FILE *out, FILE *err);

#endif
