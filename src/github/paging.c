#include "github/paging.h"

#include "base/limits.h"

/* Far beyond any list, and far from overflowing when multiplied. */
enum { PAGE_LAST = 1000000000 };

static int64_t number(const struct http_request *req, const char *name, int64_t otherwise)
{
	int64_t n;

	return str_to_i64(params_get(&req->query, name), &n) && n > 0 ? n : otherwise;
}

struct paging github_paging_read(const struct http_request *req)
{
	struct paging p = {
		.page = number(req, "page", 1), .per_page = number(req, "per_page", PAGE_DEFAULT)};

	if (p.per_page > PAGE_MOST)
		p.per_page = PAGE_MOST;
	if (p.page > PAGE_LAST)
		p.page = PAGE_LAST;
	return p;
}

void github_paging_range(const struct paging *p, size_t total, size_t *from, size_t *to)
{
	size_t begin = (size_t)(p->page - 1) * (size_t)p->per_page;
	size_t end = begin + (size_t)p->per_page;

	*from = begin < total ? begin : total;
	*to = end < total ? end : total;
}

/* To this very place, with another value of the parameter `name`. */
static void add_link_with(struct buf *b, struct context *c, const struct http_request *req,
	const char *name, struct str value, const char *rel)
{
	if (b->n)
		buf_add_c(b, ", ");
	buf_addf(b, "<%.*s%.*s?", STR_ARG(c->settings->base_url), STR_ARG(req->path));
	for (size_t i = 0; i < req->query.n; i++) {
		const struct param *q = &req->query.v[i];

		if (str_eq_c(q->name, name))
			continue;
		buf_add_form(b, q->name);
		buf_add_char(b, '=');
		buf_add_form(b, q->value);
		buf_add_char(b, '&');
	}
	buf_addf(b, "%s=%.*s>; rel=\"%s\"", name, STR_ARG(value), rel);
}

static void add_link(struct buf *b, struct context *c, const struct http_request *req, int64_t page,
	const char *rel)
{
	add_link_with(b, c, req, "page", str_printf(req->arena, "%lld", (long long)page), rel);
}

void github_paging_link(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct paging *p, size_t total)
{
	int64_t last = ((int64_t)total + p->per_page - 1) / p->per_page;
	struct buf b;

	buf_init(&b, req->arena, REWRITTEN_TARGET);
	if (p->page > 1)
		add_link(&b, c, req, p->page - 1 <= last || last == 0 ? p->page - 1 : last, "prev");
	if (p->page < last) {
		add_link(&b, c, req, p->page + 1, "next");
		add_link(&b, c, req, last, "last");
	}
	if (p->page > 1)
		add_link(&b, c, req, 1, "first");
	if (b.n)
		http_header_str(req, rep, "Link", buf_str(&b));
}

void github_paging_go_on(struct context *c, struct http_request *req, struct http_reply *rep,
	const char *name, struct str value)
{
	struct buf b;

	buf_init(&b, req->arena, REWRITTEN_TARGET);
	add_link_with(&b, c, req, name, value, "next");
	http_header_str(req, rep, "Link", buf_str(&b));
}
