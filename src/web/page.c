#include "web/page.h"

#include "base/limits.h"
#include "core/redirect_uri.h"
#include "docs/site.h"
#include "web/form_token.h"
#include "web/return_to.h"

/* This page in the other language: the same address with another `lang`, or with another prefix
 * where the path begins with a language. A form's reply has no address to come back to. */
static struct str switch_href(struct context *c, const struct http_request *req)
{
	enum lang other = c->visit->lang == LANG_EN ? LANG_ES : LANG_EN;
	struct str path = req->path;
	char separator = '?';
	struct buf b;

	/* A path such as "//evil.example" would be a link to elsewhere. */
	if ((req->method != HTTP_GET && req->method != HTTP_HEAD) || !return_to_is_local(path))
		return STR("");
	buf_init(&b, c->arena, REWRITTEN_TARGET);
	if (str_starts(path, STR("/en/")) || str_starts(path, STR("/es/"))) {
		buf_addf(&b, "/%s%.*s", lang_tag(other), STR_ARG(str_slice(path, 3, path.n)));
	} else {
		buf_add(&b, path);
		buf_addf(&b, "?lang=%s", lang_tag(other));
		separator = '&';
	}
	for (size_t i = 0; i < req->query.n; i++) {
		const struct param *p = &req->query.v[i];

		if (str_eq_c(p->name, "lang"))
			continue;
		buf_add_char(&b, separator);
		separator = '&';
		buf_add_form(&b, p->name);
		buf_add_char(&b, '=');
		buf_add_form(&b, p->value);
	}
	return buf_str(&b);
}

static struct str notice_text(struct context *c, const struct notice *n)
{
	const struct message_arg app = {"app", n->app};

	return message_format(c->arena, c->visit->lang, n->message, &app, 1);
}

struct page_layout web_layout(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct account *viewer = web_account(c);
	struct page_layout layout = {.switch_href = switch_href(c, req),
		.demo = c->settings->demo,
		.support = c->settings->support_contact};
	struct notice n = notice_take(c, req, rep);

	if (viewer) {
		layout.viewer = viewer->login;
		layout.admin = viewer->site_admin;
		layout.authenticity_token = form_token(c, req, rep, NULL);
	}
	if (n.message != MSG_NONE) {
		layout.notice = notice_text(c, &n);
		layout.notice_bad = n.bad;
	}
	return layout;
}

void web_notice(struct context *c, struct page_layout *layout, enum message m, bool bad)
{
	layout->notice = message(c->visit->lang, m);
	layout->notice_bad = bad;
}

struct buf web_buf(struct context *c)
{
	struct buf b;

	buf_init(&b, c->arena, LIMIT_REPLY);
	return b;
}

/* Assurance 6749-35, 9700-15, A067, A084, A085, A175. */
void web_headers(struct context *c, struct http_reply *rep)
{
	http_header(rep, "X-Frame-Options", "DENY");
	http_header(rep, "X-Content-Type-Options", "nosniff");
	http_header(rep, "Referrer-Policy", "no-referrer");
	http_header(rep, "Cache-Control", "no-store");
	http_header(rep, "Vary", "Accept-Language, Cookie");
	if (c->settings->https)
		http_header(rep, "Strict-Transport-Security", "max-age=31536000");
}

#define POLICY                                                                                     \
	"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"           \
	" base-uri 'none'; frame-ancestors 'none'"

void web_send(struct context *c, struct http_reply *rep, int status, const struct buf *page)
{
	if (page->overflow) {
		c->failed = true;
		return;
	}
	/* Browsers apply form-action to the redirects after a form too, so a form that ends at an
	 * app has to do without. */
	const char *policy = POLICY "; form-action 'self'";

	if (c->visit->form_leaves)
		policy = POLICY;
	else if (c->visit->connects)
		policy = POLICY "; form-action 'self'; connect-src 'self'";
	else if (str_is_set(c->visit->form_to))
		policy = str_c(c->arena, str_printf(c->arena, POLICY "; form-action %.*s",
						 STR_ARG(c->visit->form_to)));
	http_header(rep, "Content-Security-Policy", policy);
	http_header(rep, "Content-Language", lang_tag(c->visit->lang));
	http_reply(rep, status, "text/html; charset=utf-8", buf_str(page));
}

void web_go_with(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str path, const struct notice *n)
{
	if (n->message != MSG_NONE)
		notice_leave(c, req, rep, n);
	http_redirect(req, rep, 303, path);
}

void web_go(struct context *c, struct http_request *req, struct http_reply *rep, struct str path,
	enum message m)
{
	const struct notice n = {m, false, STR_NONE};

	web_go_with(c, req, rep, path, &n);
}

struct str web_owner_of(struct context *c, const struct app *app)
{
	return app->owner_id == ACCOUNT_OF_APPS ? message(c->visit->lang, MSG_APP_OWNER_NOBODY)
						: app->owner_login;
}

struct str web_initial(struct arena *a, struct str name)
{
	size_t n = 1;

	/* the rest of a UTF-8 character */
	while (n < name.n && ((unsigned char)name.p[n] & 0xC0) == 0x80)
		n++;
	struct str first = str_dup(a, str_slice(name, 0, n));

	if (first.n == 1 && first.p[0] >= 'a' && first.p[0] <= 'z')
		return str_printf(a, "%c", first.p[0] - 'a' + 'A');
	return first;
}

/* `query` with its '?', or "". */
static struct str docs_of(struct context *c, enum wire_error wire, struct str query)
{
	const struct wire_row *row = wire_row(wire);
	struct str path = str_from(row->page), canonical = docs_redirect(path);

	if (!str_has_text(path))
		return STR("");
	return str_printf(c->arena, "%.*s%.*s#%s",
		STR_ARG(str_is_set(canonical) ? canonical : path), STR_ARG(query), row->anchor);
}

struct str web_docs_of(struct context *c, enum wire_error wire)
{
	return docs_of(c, wire, STR(""));
}

struct str web_docs_of_request(struct context *c, enum wire_error wire, struct str request_id)
{
	struct buf query;

	buf_init(&query, c->arena, 1024);
	buf_add_c(&query, "?request=");
	buf_add_form(&query, request_id);
	return docs_of(c, wire, buf_str(&query));
}

struct str web_origin_of(struct arena *a, struct str uri)
{
	struct redirect_uri u;

	if (redirect_uri_parse(uri, &u) != REDIRECT_URI_OK)
		return STR("");
	if (!u.is_http)
		return str_printf(a, "%.*s:", STR_ARG(u.scheme));
	if (!u.has_port)
		return str_printf(a, "%.*s://%.*s", STR_ARG(u.scheme), STR_ARG(u.host));
	return str_printf(a, "%.*s://%.*s:%d", STR_ARG(u.scheme), STR_ARG(u.host), u.port);
}

int64_t web_age(const struct context *c, int64_t since)
{
	return store_now(c->store) - since;
}
