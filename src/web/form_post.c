/* The page that takes an answer to the app: OAuth 2.0 Form Post Response Mode 2 and 4. */
#include "web/page.h"

static bool is_name(struct str host)
{
	for (size_t i = 0; i < host.n; i++) {
		char ch = host.p[i];

		if (!(ch >= 'a' && ch <= 'z') && !(ch >= 'A' && ch <= 'Z') &&
			!(ch >= '0' && ch <= '9') && ch != '-' && ch != '.')
			return false;
	}
	return true;
}

/* The origin as a source of Content-Security-Policy, whose grammar knows names and IPv4 addresses;
 * of another (IPv6) only the scheme can be said. */
static struct str source_of(struct arena *a, struct str uri)
{
	struct redirect_uri u;

	if (redirect_uri_parse(uri, &u) != REDIRECT_URI_OK)
		return STR("'none'");
	return is_name(u.host) ? web_origin_of(a, uri) : str_printf(a, "%.*s:", STR_ARG(u.scheme));
}

void web_post_answer(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a)
{
	struct page_form_post_field fields[ANSWER_PARAMS];
	struct page_form_post page = {
		.layout = web_layout(c, req, rep),
		.target = a->form.to,
		.app_name = a->app.name,
		.origin = web_origin_of(c->arena, a->form.to),
		.fields = fields,
		.fields_n = a->form.n,
	};

	for (size_t i = 0; i < a->form.n; i++)
		fields[i] = (struct page_form_post_field){a->form.v[i].name, a->form.v[i].value};
	/* The same address again would be another answer; and the policy lets no form of a menu go.
	 */
	page.layout.switch_href = STR("");
	page.layout.passing = true;
	c->visit->form_to = source_of(c->arena, a->form.to);
	WEB_SHOW(c, rep, 200, form_post, &page);
}
