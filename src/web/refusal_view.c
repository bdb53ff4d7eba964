#include "web/refusal_view.h"

#include "docs/site.h"

#define US_PER_S 1000000

static bool is_inside_character(struct str s, size_t at)
{
	return at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80;
}

struct differing refusal_differing(struct str text, struct str other, size_t same)
{
	size_t most = (text.n < other.n ? text.n : other.n) - same, end = 0;

	while (end < most && text.p[text.n - 1 - end] == other.p[other.n - 1 - end])
		end++;
	while (end > 0 && is_inside_character(text, text.n - end))
		end--;
	return (struct differing){str_slice(text, 0, same), str_slice(text, same, text.n - end),
		str_slice(text, text.n - end, text.n)};
}

static int64_t characters(struct str s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += !is_inside_character(s, i);
	return n;
}

static void fill_comparison(const struct explanation *e, struct page_refusal *page)
{
	if (!e->compares)
		return;
	struct differing expected =
		refusal_differing(e->detail.expected, e->detail.received, e->same);
	struct differing received =
		refusal_differing(e->detail.received, e->detail.expected, e->same);

	page->compares = true;
	page->expected = e->detail.expected;
	page->expected_before = expected.before;
	page->expected_mark = expected.mark;
	page->expected_after = expected.after;
	page->received = e->detail.received;
	page->received_before = received.before;
	page->received_mark = received.mark;
	page->received_after = received.after;
	page->differs = !str_eq(e->detail.expected, e->detail.received);
	page->differs_at = characters(expected.before) + 1;
}

/* A request that is named as evidence has a page too. */
static struct str href_of(struct context *c, const struct refusal_view *view,
	enum evidence_name name, struct str value)
{
	if (name != EVIDENCE_other_request || !view->of || !requests_is_id(value))
		return STR("");
	return requests_href(c->arena, view->of, value);
}

static const struct page_refusal_told *rows_of(
	struct context *c, const struct refusal_view *view, const struct told_list *list)
{
	struct page_refusal_told *rows =
		ARENA_ARRAY(c->arena, struct page_refusal_told, list->n + 1);

	for (size_t i = 0; i < list->n; i++)
		rows[i] = (struct page_refusal_told){.label = list->v[i].label,
			.value = list->v[i].value,
			.href = href_of(c, view, list->v[i].name, list->v[i].value)};
	return rows;
}

static const struct page_refusal_check *checks_of(struct context *c, const struct explanation *e)
{
	struct page_refusal_check *rows =
		ARENA_ARRAY(c->arena, struct page_refusal_check, e->passed_n + 1);

	for (size_t i = 0; i < e->passed_n; i++)
		rows[i].words = e->passed[i];
	return rows;
}

/* Its own section, or that of the error it came out as. */
static struct str docs_of(struct context *c, const struct explanation *e)
{
	struct str path = str_slice(e->docs, 0, str_find(e->docs, '#'));

	if (e->cause == CAUSE_NONE)
		return STR("");
	if (docs_find(path, str_from(lang_tag(c->visit->lang))))
		return e->docs;
	return web_docs_of(c, cause_wire(e->cause));
}

static void fill_request(struct context *c, const struct log_entry *entry,
	const struct explanation *e, struct page_refusal *page)
{
	page->at = told_time(c->arena, entry->at_us / US_PER_S);
	page->age = web_age(c, entry->at_us / US_PER_S);
	page->endpoint = e->endpoint;
	page->address = entry->address;
	page->client = entry->user_agent;
	page->id = entry->request_id;
	page->unproven = entry->app_id && !entry->proven;
	page->cause = e->cause ? str_from(cause_name(e->cause)) : STR("");
	page->error = e->error;
}

struct html refusal_view(
	struct context *c, const struct log_entry *entry, const struct refusal_view *view)
{
	struct explanation e;
	struct buf b = web_buf(c);

	explain_entry(c->arena, c->visit->lang, entry, &e);
	struct page_refusal page = {
		.number = view->number,
		.brief = view->brief,
		.href = view->href,
		.title = view->title.n ? view->title
			 : e.title.n   ? e.title
				       : message(c->visit->lang, MSG_REQUESTS_WENT_WELL),
		.good = !str_is_set(entry->cause),
		.notice = e.notice,
		.seen = e.seen,
		.means = e.means,
		.fix = e.fix,
		.checks = checks_of(c, &e),
		.checks_n = e.passed_n,
		.evidence = rows_of(c, view, &e.evidence),
		.evidence_n = e.evidence.n,
		.facts = rows_of(c, view, &e.facts),
		.facts_n = e.facts.n,
		.diagram = view->diagram,
		.alone = view->alone,
		.flow_href = view->flow_href,
		.docs_href = view->brief && !view->leads_to_docs ? STR("") : docs_of(c, &e),
		.report = explanation_text(c->arena, c->visit->lang, &e, c->settings->base_url),
	};

	fill_comparison(&e, &page);
	fill_request(c, entry, &e, &page);
	page_refusal(&b, c->visit->lang, &page);
	return (struct html){buf_str(&b)};
}
