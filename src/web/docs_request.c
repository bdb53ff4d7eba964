#include "web/docs_request.h"

#include "base/limits.h"
#include "web/refusal_view.h"
#include "web/return_to.h"

/* Of the answer on its page. */
#define ANCHOR "your-request"

/* Does a wire error, or every cause, have its section on this page? */
static bool explains_errors(struct str path)
{
	if (str_eq_c(path, CAUSES_PAGE))
		return true;
	for (int w = 0; w < WIRE_ERRORS; w++) {
		struct str page = str_from(wire_row((enum wire_error)w)->page);
		struct str canonical = docs_redirect(page);

		if (str_eq(path, str_is_set(canonical) ? canonical : page))
			return true;
	}
	return false;
}

static size_t find_after(struct str text, size_t from, struct str what)
{
	for (size_t i = from; i + what.n <= text.n; i++)
		if (str_starts(str_slice(text, i, text.n), what))
			return i + what.n;
	return 0;
}

size_t docs_request_place(struct arena *a, struct str html, struct str id)
{
	size_t heading = find_after(html, 0, str_printf(a, " id=\"%.*s\">", STR_ARG(id)));
	size_t end = heading ? find_after(html, heading, STR("</h")) : 0;

	/* "</h2>" */
	return end ? end + 2 : 0;
}

/* The section of this page that is about the entry: that of its cause, or that of its error. */
static size_t place_of(
	struct context *c, const struct docs_site_page *docs, const struct log_entry *entry)
{
	struct explanation e;

	explain_entry(c->arena, c->visit->lang, entry, &e);
	if (e.cause == CAUSE_NONE)
		return 0;
	if (str_eq_c(docs->path, CAUSES_PAGE))
		return docs_request_place(c->arena, docs->body_html,
			str_slice(e.docs, str_find(e.docs, '#') + 1, e.docs.n));
	return docs_request_place(
		c->arena, docs->body_html, str_from(wire_row(cause_wire(e.cause))->anchor));
}

static void show_answer(struct context *c, const struct docs_site_page *docs,
	const struct log_entry *entry, struct page_docs_page *page)
{
	const struct refusal_view view = {
		.number = 1, .brief = true, .href = requests_href_for(c, entry)};
	size_t at = place_of(c, docs, entry);

	page->body.s = str_slice(docs->body_html, 0, at);
	page->rest.s = str_slice(docs->body_html, at, docs->body_html.n);
	page->answer = refusal_view(c, entry, &view);
}

/* To this page and its answer, by way of the sign-in page. */
static struct str sign_in_href(struct context *c, const struct http_request *req, struct str wanted)
{
	struct buf to, b;

	buf_init(&to, c->arena, REWRITTEN_TARGET);
	buf_add(&to, req->path);
	buf_add_c(&to, "?request=");
	buf_add_form(&to, wanted);
	buf_add_c(&to, "#" ANCHOR);
	buf_init(&b, c->arena, REWRITTEN_TARGET);
	buf_add_c(&b, "/login?return_to=");
	buf_add_percent(&b, buf_str(&to));
	return buf_str(&b);
}

bool docs_request_fill(struct context *c, const struct http_request *req,
	const struct docs_site_page *docs, struct page_docs_page *page)
{
	struct str wanted = str_trim(params_get(&req->query, "request"));
	struct log_entry *entries;
	size_t n;

	if (!explains_errors(docs->path))
		return true;
	page->asks = true;
	page->form_href = str_printf(c->arena, "%.*s#" ANCHOR, STR_ARG(req->path));
	if (!wanted.n)
		return true;
	/* What is too long to be one is shown no further than that it can be recognised. */
	page->request = str_slice(wanted, 0, HTTP_REQUEST_ID_LEN);
	if (!str_is_utf8(page->request))
		page->request = STR("?");
	if (!web_account(c)) {
		page->sign_in_href = sign_in_href(c, req, page->request);
		return true;
	}
	enum db_status status = requests_find(c, wanted, &entries, &n);

	if (context_failed(c, status))
		return false;
	if (status == DB_OK)
		show_answer(c, docs, &entries[0], page);
	else
		page->not_found = true;
	return !c->failed;
}
