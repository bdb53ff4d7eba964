/* What holds of the HTML that documentation is rendered to, and the texts that its tags name. */
#ifndef LLAVERO_TESTS_DOCS_HTML_H
#define LLAVERO_TESTS_DOCS_HTML_H

#include <strings.h>

#include "docs/docs.h"
#include "fuzz.h"

/* Each of the texts has tags of its own; "a.loop" never ends. */
static struct str fuzz_text(const void *context, struct str lang, struct str name)
{
	static const char *const texts[][2] = {
		{"a.name", "llavero"},
		{"a.html", "<b onclick=x>&amp; [a](javascript:b)"},
		{"a.list", "- one\n- {% data variables.a.name %}\n"},
		{"a.note",
			"{% note %}\n\nHear, {{ site.data.variables.a.name }}\n\n{% endnote %}\n"},
		{"a.loop", "{% data reusables.a.loop %}"},
	};

	(void)context;
	(void)lang;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (str_eq_c(name, texts[i][0]))
			return str_from(texts[i][1]);
	return STR_NONE;
}

static const struct docs_data fuzz_docs_data = {fuzz_text, fuzz_text, NULL};

static void check_link(struct str url)
{
	static const char *const refused[] = {"javascript:", "vbscript:", "file:", "data:text"};

	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		MUST(url.n < strlen(refused[i]) ||
			strncasecmp(url.p, refused[i], strlen(refused[i])) != 0);
}

/* The value that begins at `p`, up to its quote. */
static struct str value_at(struct str html, size_t from)
{
	struct str rest = str_slice(html, from, html.n);

	return str_slice(rest, 0, str_find(rest, '"'));
}

static void check_html(struct str html)
{
	static const char *const elements[] = {"<script", "<iframe", "<object", "<style", "<b "};

	MUST(str_is_utf8(html));
	for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++)
		MUST(!memmem(html.p, html.n, elements[i], strlen(elements[i])));
	for (size_t i = 0; i + 6 < html.n; i++)
		if (memcmp(html.p + i, " href=\"", 7) == 0)
			check_link(value_at(html, i + 7));
		else if (memcmp(html.p + i, " src=\"", 6) == 0)
			check_link(value_at(html, i + 6));
}

/* Each id stands once. */
static void check_headings(const struct docs_heading *v, size_t n)
{
	MUST(n <= DOCS_MAX_HEADINGS);
	for (size_t i = 0; i < n; i++) {
		MUST(v[i].level >= 2 && v[i].level <= 7 && v[i].line >= 1);
		for (size_t j = 0; j < i; j++)
			MUST(!str_eq(v[i].id, v[j].id));
	}
}

#endif
