/* An explanation as plain text. */
#include "base/limits.h"
#include "explain/explanation.h"

enum { COLUMNS = 72, TEXT_MAX = 16384 };

/* Adds `text` in lines of at most COLUMNS bytes, broken at spaces. */
static void add_wrapped(struct buf *b, struct str text)
{
	struct str word;
	size_t column = 0;

	while (str_next(&text, ' ', &word)) {
		if (column && column + 1 + word.n > COLUMNS) {
			buf_add_char(b, '\n');
			column = 0;
		}
		if (column) {
			buf_add_char(b, ' ');
			column++;
		}
		buf_add(b, word);
		column += word.n;
	}
	buf_add_char(b, '\n');
}

static void add_paragraph(struct buf *b, struct str text)
{
	if (!text.n)
		return;
	buf_add_char(b, '\n');
	add_wrapped(b, text);
}

static void add_row(struct buf *b, struct str label, struct str value)
{
	buf_addf(b, "  %.*s: ", STR_ARG(label));
	buf_add(b, value);
	buf_add_char(b, '\n');
}

/* A caret under the first difference, where both lines begin alike. */
static void add_comparison(struct buf *b, enum lang lang, const struct explanation *e)
{
	struct str expected = message(lang, MSG_EXPLAIN_EXPECTED),
		   received = message(lang, MSG_EXPLAIN_RECEIVED);
	size_t width = expected.n > received.n ? expected.n : received.n;

	buf_add_char(b, '\n');
	buf_addf(b, "  %.*s:%*s ", STR_ARG(expected), (int)(width - expected.n), "");
	buf_add(b, e->detail.expected);
	buf_addf(b, "\n  %.*s:%*s ", STR_ARG(received), (int)(width - received.n), "");
	buf_add(b, e->detail.received);
	buf_add_char(b, '\n');
	size_t column = 0;

	for (size_t i = 0; i < e->same; i++)
		column += ((unsigned char)e->detail.received.p[i] & 0xC0) != 0x80;
	buf_addf(b, "   %*s^ %.*s\n", (int)(width + 1 + column), "",
		STR_ARG(message(lang, MSG_EXPLAIN_DIFFERENCE)));
}

static void add_list(struct buf *b, struct str heading, const struct told_list *list)
{
	if (!list->n)
		return;
	buf_add_char(b, '\n');
	buf_add(b, heading);
	buf_add_char(b, '\n');
	for (size_t i = 0; i < list->n; i++)
		add_row(b, list->v[i].label, list->v[i].value);
}

static void add_head(struct arena *a, struct buf *b, enum lang lang, const struct explanation *e)
{
	const struct log_entry *entry = e->entry;

	add_row(b, message(lang, MSG_EXPLAIN_REQUEST), entry->request_id);
	add_row(b, message(lang, MSG_EXPLAIN_TIME), told_time(a, entry->at_us / 1000000));
	add_row(b, message(lang, MSG_EXPLAIN_ENDPOINT), e->endpoint);
	if (e->error.n)
		add_row(b, message(lang, MSG_EXPLAIN_ERROR), e->error);
	if (str_is_set(entry->cause))
		add_row(b, message(lang, MSG_EXPLAIN_CAUSE), entry->cause);
	add_row(b, message(lang, MSG_EXPLAIN_ADDRESS), entry->address);
	if (entry->user_agent.n)
		add_row(b, message(lang, MSG_EXPLAIN_CLIENT), entry->user_agent);
}

struct str explanation_text(
	struct arena *a, enum lang lang, const struct explanation *e, struct str base_url)
{
	struct buf b;

	buf_init(&b, a, TEXT_MAX);
	buf_add(&b, e->title.n ? e->title : message(lang, MSG_EXPLAIN_WENT_WELL));
	buf_add_c(&b, "\n\n");
	add_head(a, &b, lang, e);
	add_paragraph(&b, e->seen);
	if (e->compares)
		add_comparison(&b, lang, e);
	add_paragraph(&b, e->means);
	add_paragraph(&b, e->fix);
	if (e->passed_n) {
		buf_add_char(&b, '\n');
		buf_add(&b, message(lang, MSG_EXPLAIN_RIGHT));
		buf_add_char(&b, '\n');
		for (size_t i = 0; i < e->passed_n; i++)
			buf_addf(&b, "  + %.*s\n", STR_ARG(e->passed[i]));
	}
	add_list(&b, message(lang, MSG_EXPLAIN_EVIDENCE), &e->evidence);
	add_list(&b, message(lang, MSG_EXPLAIN_FACTS), &e->facts);
	if (e->docs.n)
		buf_addf(&b, "\n%.*s%.*s\n", STR_ARG(base_url), STR_ARG(e->docs));
	return buf_str(&b);
}
