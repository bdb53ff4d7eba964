/* An explanation as JSON. */
#include "base/clock.h"
#include "explain/explanation.h"

static void member(struct buf *b, const char *name)
{
	if (b->p[b->n - 1] != '{')
		buf_add_char(b, ',');
	buf_addf(b, "\"%s\":", name);
}

/* An absent text is null. */
static void add_text(struct buf *b, const char *name, struct str text)
{
	member(b, name);
	if (str_is_set(text))
		buf_add_json(b, text);
	else
		buf_add_c(b, "null");
}

static void add_optional(struct buf *b, const char *name, struct str text)
{
	add_text(b, name, text.n ? text : STR_NONE);
}

static void add_facts(struct buf *b, const char *name, const struct facts *f)
{
	member(b, name);
	buf_add_char(b, '{');
	for (size_t i = 0; i < f->n; i++)
		add_text(b, evidence_name(f->v[i].name), f->v[i].value);
	buf_add_char(b, '}');
}

static void add_passed(struct buf *b, const struct explanation *e)
{
	member(b, "passed");
	buf_add_char(b, '[');
	for (size_t i = 0; i < e->passed_n; i++) {
		if (i)
			buf_add_char(b, ',');
		buf_add_json(b, e->passed[i]);
	}
	buf_add_char(b, ']');
}

void explanation_json(struct buf *b, const struct explanation *e, struct str base_url)
{
	const struct log_entry *entry = e->entry;
	char time[24];

	clock_format_iso(entry->at_us / 1000000, time);
	buf_add_char(b, '{');
	add_text(b, "request_id", entry->request_id);
	add_text(b, "time", str_from(time));
	add_text(b, "endpoint", entry->endpoint);
	add_optional(b, "error", e->error);
	add_text(b, "cause", entry->cause);
	add_optional(b, "title", e->title);
	add_optional(b, "seen", e->seen);
	add_optional(b, "means", e->means);
	add_optional(b, "fix", e->fix);
	add_text(b, "expected", e->detail.expected);
	add_text(b, "received", e->detail.received);
	member(b, "differs_at");
	if (e->compares)
		buf_addf(b, "%zu", e->same);
	else
		buf_add_c(b, "null");
	add_facts(b, "evidence", &e->detail.evidence);
	add_facts(b, "request", &e->detail.facts);
	add_passed(b, e);
	add_text(b, "address", entry->address);
	add_text(b, "user_agent", entry->user_agent);
	member(b, "flow_id");
	if (entry->flow_id)
		buf_addf(b, "\"%llu\"", (unsigned long long)entry->flow_id);
	else
		buf_add_c(b, "null");
	member(b, "documentation_url");
	if (e->docs.n) {
		struct buf url;

		buf_init(&url, b->arena, 4096);
		buf_add(&url, base_url);
		buf_add(&url, e->docs);
		buf_add_json(b, buf_str(&url));
	} else {
		buf_add_c(b, "null");
	}
	buf_add_char(b, '}');
}
