/* One's own app: how it is served by the standards (RFC 7591, OpenID Connect logout). */
#include "store/metadata.h"
#include "web/own_app.h"

/* What the form shows, and what was wrong with it. */
struct standard_form {
	unsigned dialects;
	enum profile profile;
	enum auth_method method;
	struct str jwks, jwks_uri, post_logout, backchannel;
	enum message error_dialects, error_method, error_jwks, error_jwks_uri, error_post_logout,
		error_backchannel;
};

static const enum message profile_words[] = {
	[PROFILE_GITHUB] = MSG_APP_PROFILE_GITHUB,
	[PROFILE_STANDARD] = MSG_APP_PROFILE_STANDARD,
	[PROFILE_STRICT] = MSG_APP_PROFILE_STRICT,
};

static const enum message method_words[] = {
	[AUTH_SECRET] = MSG_APP_METHOD_SECRET,
	[AUTH_NONE] = MSG_APP_METHOD_NONE,
	[AUTH_PRIVATE_KEY_JWT] = MSG_APP_METHOD_PRIVATE_KEY_JWT,
	[AUTH_CLIENT_SECRET_JWT] = MSG_APP_METHOD_CLIENT_SECRET_JWT,
	[AUTH_TLS] = MSG_APP_METHOD_TLS,
	[AUTH_SELF_SIGNED_TLS] = MSG_APP_METHOD_SELF_SIGNED_TLS,
};

static const struct page_app_standard_choice *profile_choices(
	struct arena *a, enum profile chosen, size_t *n)
{
	struct page_app_standard_choice *rows =
		ARENA_ARRAY(a, struct page_app_standard_choice, PROFILES);

	for (*n = 0; *n < PROFILES; (*n)++)
		rows[*n] = (struct page_app_standard_choice){
			str_from(profile_word((enum profile) * n)), profile_words[*n],
			(enum profile) * n == chosen};
	return rows;
}

/* What this page cannot set up whole is offered only where it is in use. */
static bool is_offered(enum auth_method m, enum auth_method now)
{
	return m == now || m == AUTH_SECRET || m == AUTH_NONE || m == AUTH_PRIVATE_KEY_JWT ||
	       m == AUTH_SELF_SIGNED_TLS;
}

static const struct page_app_standard_choice *method_choices(
	struct arena *a, enum auth_method now, enum auth_method chosen, size_t *n)
{
	struct page_app_standard_choice *rows =
		ARENA_ARRAY(a, struct page_app_standard_choice, AUTH_METHODS);

	*n = 0;
	for (int m = 0; m < AUTH_METHODS; m++)
		if (is_offered((enum auth_method)m, now))
			rows[(*n)++] = (struct page_app_standard_choice){
				str_from(auth_method_word((enum auth_method)m)), method_words[m],
				(enum auth_method)m == chosen};
	return rows;
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	const struct app *app, const struct standard_form *f)
{
	struct page_app_standard page = {
		.layout = web_layout(c, req, rep),
		.id = app->id,
		.title = app->name,
		.github = (f->dialects & DIALECT_GITHUB) != 0,
		.standard = (f->dialects & DIALECT_STANDARD) != 0,
		.jwks = f->jwks,
		.jwks_uri = f->jwks_uri,
		.post_logout = f->post_logout,
		.backchannel = f->backchannel,
		.error_dialects = f->error_dialects,
		.error_method = f->error_method,
		.error_jwks = f->error_jwks,
		.error_jwks_uri = f->error_jwks_uri,
		.error_post_logout = f->error_post_logout,
		.error_backchannel = f->error_backchannel,
	};

	page.profiles = profile_choices(c->arena, f->profile, &page.profiles_n);
	page.methods = method_choices(c->arena, app->auth_method, f->method, &page.methods_n);
	if (status == 422)
		web_notice(c, &page.layout, MSG_FORM_ERROR_SUMMARY, true);
	WEB_SHOW(c, rep, status, app_standard, &page);
}

static struct str or_empty(struct str s)
{
	return str_is_set(s) ? s : STR("");
}

static struct str join_lines(struct arena *a, const struct metadata_list *list)
{
	struct buf b;

	buf_init(&b, a, LIMIT_METADATA);
	for (size_t i = 0; i < list->n; i++) {
		buf_add(&b, list->v[i]);
		buf_add_char(&b, '\n');
	}
	return buf_str(&b);
}

void app_standard_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;

	if (!own_app(c, req, rep, &app))
		return;
	const struct client_metadata *m = app_metadata_of(c->arena, &app);
	const struct standard_form f = {
		.dialects = app.dialects,
		.profile = app.profile,
		.method = app.auth_method,
		.jwks = or_empty(m->jwks),
		.jwks_uri = or_empty(m->jwks_uri),
		.post_logout = join_lines(c->arena, &m->post_logout_redirect_uris),
		.backchannel = or_empty(m->backchannel_logout_uri),
	};

	show(c, req, rep, 200, &app, &f);
}

static void read_form(struct context *c, const struct app *app, struct standard_form *f)
{
	*f = (struct standard_form){
		.dialects = (str_eq_c(form_field(c, "github"), "1") ? DIALECT_GITHUB : 0U) |
			    (str_eq_c(form_field(c, "standard"), "1") ? DIALECT_STANDARD : 0U),
		.profile = app->profile,
		.method = app->auth_method,
		.jwks = str_trim(form_field(c, "jwks")),
		.jwks_uri = str_trim(form_field(c, "jwks_uri")),
		.post_logout = form_field(c, "post_logout"),
		.backchannel = str_trim(form_field(c, "backchannel")),
	};
	profile_find(form_field(c, "profile"), &f->profile);
	auth_method_find(form_field(c, "method"), &f->method);
}

/* False: there are more than may be. */
static bool split_lines(struct str text, struct metadata_list *out)
{
	struct str line;

	out->n = 0;
	while (str_next(&text, '\n', &line)) {
		while (str_ends(line, STR("\r")))
			line = str_slice(line, 0, line.n - 1);
		line = str_trim(line);
		if (line.n == 0)
			continue;
		if (out->n == LIMIT_METADATA_LIST)
			return false;
		out->v[out->n++] = line;
	}
	return true;
}

static struct str or_none(struct str s)
{
	return s.n ? s : STR_NONE;
}

/* The field of a member, for its error. */
static enum message *error_of(struct standard_form *f, const char *member)
{
	struct str name = str_from(member);

	if (str_eq_c(name, "jwks"))
		return &f->error_jwks;
	if (str_eq_c(name, "jwks_uri"))
		return &f->error_jwks_uri;
	if (str_eq_c(name, "post_logout_redirect_uris"))
		return &f->error_post_logout;
	if (str_starts(name, STR("backchannel_logout")))
		return &f->error_backchannel;
	return &f->error_method;
}

static void note_verdict(
	struct context *c, struct standard_form *f, const struct metadata_verdict *v)
{
	enum message m = MSG_FORM_ERROR_URL;
	struct str key = str_printf(c->arena, "word.fault.%s", v->fault);

	message_find(key.p, &m);
	*error_of(f, v->member) = m;
}

/* The metadata as the form has it, over what else there is. False: the form's errors say why. */
static bool take(struct context *c, const struct app *app, struct standard_form *f,
	struct client_metadata *m)
{
	const struct metadata_rules rules = {.local = c->settings->rehearsal, .any_redirect = true};
	struct metadata_verdict verdict;

	*m = *app_metadata_of(c->arena, app);
	m->auth_method = f->method;
	m->jwks = or_none(f->jwks);
	m->jwks_uri = or_none(f->jwks_uri);
	m->backchannel_logout_uri = or_none(f->backchannel);
	if (!f->backchannel.n)
		m->backchannel_logout_session_required = false;
	if (!f->dialects)
		f->error_dialects = MSG_APP_ERROR_DIALECTS;
	if (!split_lines(f->post_logout, &m->post_logout_redirect_uris))
		f->error_post_logout = MSG_FORM_ERROR_TOO_LONG;
	if (f->error_dialects || f->error_post_logout)
		return false;
	if (client_metadata_check(c->arena, &rules, m, &verdict))
		return true;
	note_verdict(c, f, &verdict);
	return false;
}

void app_standard_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct standard_form f;
	struct client_metadata m;

	if (!own_app(c, req, rep, &app))
		return;
	read_form(c, &app, &f);
	if (!take(c, &app, &f, &m)) {
		show(c, req, rep, 422, &app, &f);
		return;
	}
	if (context_failed(c, app_set_service(c->store, app.id, f.dialects, f.profile, f.method,
				      client_metadata_write(c->arena, &m, METADATA_KEPT))) ||
		!settings_audit(c, "oauth_application.update", app.id, app.name))
		return;
	own_app_go(c, req, rep, &app, "/standards", MSG_APP_STANDARD_SAVED, false);
}
