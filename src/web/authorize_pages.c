/* What a person sees of an authorization request: consent, account picker, unverified address.
 * RFC 6749 3.1 and 10.2; GitHub reference 2.4, 2.5 and 10. */
#include "base/limits.h"
#include "flow/sign_in_again.h"
#include "web/authorize_paths.h"
#include "web/details.h"
#include "web/form_token.h"
#include "web/logo.h"
#include "web/page.h"
#include "web/permissions.h"
#include "web/sign_in.h"

struct carried {
	const struct page_consent_field *fields;
	size_t n;
	struct str query; /* the same as "name=value&..." */
};

/* The request's parameters that our pages carry on; what we do not know goes no further. */
static struct carried carry(struct arena *a, const struct params *params)
{
	struct page_consent_field *fields = ARENA_ARRAY(a, struct page_consent_field, params->n);
	struct carried out = {fields, 0, STR("")};
	struct buf query;

	buf_init(&query, a, REWRITTEN_BODY);
	for (size_t i = 0; i < params->n; i++) {
		const struct param *p = &params->v[i];

		if (!is_authorize_parameter(p->name))
			continue;
		fields[out.n++] = (struct page_consent_field){p->name, p->value};
		if (query.n)
			buf_add_char(&query, '&');
		buf_add_form(&query, p->name);
		buf_add_char(&query, '=');
		buf_add_form(&query, p->value);
	}
	out.query = buf_str(&query);
	return out;
}

/* Both forms end at the app: their tokens cover the request, their pages let the form leave. */
static struct page_layout layout_for(struct context *c, struct http_request *req,
	struct http_reply *rep, struct str path, const struct params *params)
{
	struct page_layout layout = web_layout(c, req, rep);
	const struct form_request request = {path, params};

	layout.authenticity_token = form_token(c, req, rep, &request);
	c->visit->form_leaves = true;
	return layout;
}

/* MCP-10 */
static struct str document_host(const struct authorize *a)
{
	struct redirect_uri url;

	return a->app.origin == APP_BY_DOCUMENT &&
			       redirect_uri_parse(a->app.client_id, &url) == REDIRECT_URI_OK
		       ? url.host
		       : STR("");
}

static bool is_this_machine(const struct authorize *a)
{
	struct redirect_uri to;

	return redirect_uri_parse(a->redirect_uri, &to) == REDIRECT_URI_OK && to.is_loopback;
}

static void show_consent(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a, const struct params *params)
{
	const struct scope_set none = {{0}};
	const struct authorize_paths paths = authorize_paths_of(a->request->edge);
	struct carried carried = carry(c->arena, params);
	/* What an earlier scope includes is not new, whatever it is called. */
	struct permissions asked =
		permissions_of(c->arena, c->visit->lang, a->scopes, scope_expand(a->granted));
	struct permissions held = permissions_of(c->arena, c->visit->lang, a->granted, none);
	struct shown_details details = web_details(c, a->bound.details);
	const struct page_consent page = {
		.layout = layout_for(c, req, rep, paths.authorize, params),
		.action = paths.authorize,
		.app_name = a->app.name,
		.app_initial = web_initial(c->arena, a->app.name),
		.app_logo = web_logo_of(c->arena, &a->app),
		.app_description = a->app.description,
		.owner = web_owner_of(c, &a->app),
		.homepage = a->app.homepage,
		.app_age = web_age(c, a->app.created_at),
		.unverified = a->app.unverified,
		.document_host = document_host(a),
		.this_machine = is_this_machine(a),
		.ours = str_eq(a->app.client_id, c->settings->demo_app.client_id),
		.login = a->account->login,
		.offline = a->asks.openid && a->offline,
		.reauthorize = a->reauthorize,
		.switch_account_href = str_printf(c->arena, "%.*s?%.*s",
			STR_ARG(paths.select_account), STR_ARG(carried.query)),
		.details = details.v,
		.details_n = details.n,
		.asked = asked.groups,
		.asked_n = asked.n,
		.held = held.groups,
		.held_n = held.n,
		.redirect_origin = web_origin_of(c->arena, a->redirect_uri),
		.hidden = carried.fields,
		.hidden_n = carried.n,
	};

	WEB_SHOW(c, rep, 200, consent, &page);
}

/* Prompts that signing in as somebody else answers; the others are left. */
static struct str prompts_left(struct arena *a, struct str prompts)
{
	struct str one;
	struct buf b;

	buf_init(&b, a, LIMIT_BODY);
	while (str_has_text(prompts) && str_next(&prompts, ' ', &one)) {
		if (str_eq_c(one, "select_account") || str_eq_c(one, "login"))
			continue;
		buf_add_c(&b, b.n ? " " : "");
		buf_add(&b, one);
	}
	return buf_str(&b);
}

/* The request without the wish for the picker: whoever signs in has picked. What was pushed goes on
 * wishing for it; there the mark says that somebody has signed in since. */
static struct str path_after_sign_in(
	struct arena *a, struct authorize_paths paths, const struct params *params, struct str mark)
{
	struct params rest = {ARENA_ARRAY(a, struct param, params->n + 1), 0};

	for (size_t i = 0; i < params->n; i++) {
		struct param p = params->v[i];

		if (str_eq_c(p.name, "prompt"))
			p.value = prompts_left(a, p.value);
		if (!str_eq_c(p.name, "login") && !str_eq_c(p.name, SIGN_IN_MARK) &&
			str_has_text(p.value))
			rest.v[rest.n++] = p;
	}
	if (str_is_set(mark))
		rest.v[rest.n++] = (struct param){STR(SIGN_IN_MARK), mark};
	return str_printf(a, "%.*s?%.*s", STR_ARG(paths.authorize), STR_ARG(carry(a, &rest).query));
}

static void show_account_picker(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a, const struct params *params)
{
	const struct authorize_paths paths = authorize_paths_of(a->request->edge);
	struct carried carried = carry(c->arena, params);
	struct buf other;

	buf_init(&other, c->arena, REWRITTEN_BODY);
	buf_add_c(&other, "/login?switch=1&return_to=");
	buf_add_form(&other,
		path_after_sign_in(c->arena, paths, params, a->fixed ? a->sign_in_mark : STR_NONE));
	const struct page_select_account page = {
		.layout = layout_for(c, req, rep, paths.select_account, params),
		.action = paths.select_account,
		.app_name = a->app.name,
		.login = a->account->login,
		.name = a->account->name,
		.hidden = carried.fields,
		.hidden_n = carried.n,
		.other_href = buf_str(&other),
	};

	WEB_SHOW(c, rep, 200, select_account, &page);
}

void web_show_verify_email(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct params *sent = req->method == HTTP_POST ? web_form(c) : &req->query;
	struct app app = {.name = STR("")};
	struct email *emails;
	size_t n;
	enum db_status status =
		app_by_client_id(c->store, c->arena, params_get(sent, "client_id"), &app);

	if (context_failed(c, status) ||
		context_failed(c, email_list(c->store, c->arena, web_account(c)->id, &emails, &n)))
		return;
	const struct page_unverified_email page = {
		.layout = web_layout(c, req, rep),
		.app_name = app.name,
		.email = n ? emails[0].address : STR(""),
		.request_id = req->id,
	};

	WEB_SHOW(c, rep, 403, unverified_email, &page);
}

/* To come back to the same request, with a mark that says since when one was to sign in, and with
 * the language that was pushed, which our pages look for in the URL. */
static struct str path_with_mark(
	struct context *c, const struct authorize *a, const struct params *params)
{
	struct params all = {ARENA_ARRAY(c->arena, struct param, params->n + 2), 0};

	for (size_t i = 0; i < params->n; i++)
		if (!str_eq_c(params->v[i].name, SIGN_IN_MARK) &&
			!(a->fixed && str_eq_c(params->v[i].name, "ui_locales")))
			all.v[all.n++] = params->v[i];
	all.v[all.n++] = (struct param){STR(SIGN_IN_MARK), a->sign_in_mark};
	if (a->fixed && str_is_set(a->request->ui_locales))
		all.v[all.n++] = (struct param){STR("ui_locales"), a->request->ui_locales};
	return str_printf(c->arena, "%.*s?%.*s",
		STR_ARG(authorize_paths_of(a->request->edge).authorize),
		STR_ARG(carry(c->arena, &all).query));
}

static void ask_sign_in(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a, const struct params *params)
{
	struct str login = a->request->login_hint;
	struct buf b;

	if (a->request->edge != DIALECT_STANDARD) {
		web_ask_sign_in(c, req, rep, a->app.client_id);
		return;
	}
	buf_init(&b, c->arena, REWRITTEN_BODY);
	buf_add_c(&b, "/login");
	web_add_parameter(&b, "client_id", a->app.client_id);
	if (a->ask == ASK_SIGN_IN_AGAIN)
		web_add_parameter(&b, "switch", STR("1"));
	if (!str_has_text(login) && a->account)
		login = a->account->login;
	if (str_has_text(login))
		web_add_parameter(&b, "login", login);
	web_add_parameter(&b, "return_to", path_with_mark(c, a, params));
	http_redirect(req, rep, req->method == HTTP_POST ? 303 : 302, buf_str(&b));
}

void web_ask(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a, const struct params *params)
{
	switch (a->ask) {
	case ASK_SIGN_IN:
	case ASK_SIGN_IN_AGAIN:
		ask_sign_in(c, req, rep, a, params);
		break;
	case ASK_PICK_ACCOUNT:
		show_account_picker(c, req, rep, a, params);
		break;
	case ASK_VERIFY_EMAIL:
		web_show_verify_email(c, req, rep);
		break;
	case ASK_CONSENT:
		show_consent(c, req, rep, a, params);
		break;
	}
}

const struct params *web_picker_params(struct http_request *req)
{
	struct params *p = ARENA_NEW(req->arena, struct params);

	p->v = ARENA_ARRAY(req->arena, struct param, req->query.n + 1);
	for (size_t i = 0; i < req->query.n; i++)
		if (!str_eq_c(req->query.v[i].name, "prompt"))
			p->v[p->n++] = req->query.v[i];
	p->v[p->n++] = (struct param){STR("prompt"), STR("select_account")};
	return p;
}
