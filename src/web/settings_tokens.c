/* Personal access tokens: GitHub reference 7.2 makes them by password, these pages by hand. */
#include "flow/create_authorization.h"
#include "store/authorization.h"
#include "web/permissions.h"
#include "web/settings.h"

enum { SHOWN = 200 };

static struct page_personal_tokens_token row_of(struct context *c, const struct authorization *t)
{
	struct scope_set scopes;
	size_t unknown;
	bool offline;

	if (scope_parse(t->scopes, &scopes, &unknown, &offline) != SCOPE_OK)
		scopes = (struct scope_set){{0}};
	return (struct page_personal_tokens_token){.id = (int64_t)t->id,
		.note = str_is_set(t->note) ? t->note : STR("?"),
		.scopes = scope_format(c->arena, scopes, ", "),
		.last_eight = t->last_eight,
		.made = t->created_at,
		.used_age = web_age(c, t->used_at),
		.used = t->used_at != 0};
}

/* `new_token` is shown this once; "" when there is none. */
static void show(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str new_token)
{
	struct authorization *tokens;
	size_t n;

	if (context_failed(c, authorization_list(c->store, c->arena, web_account(c)->id,
				      STR(PERSONAL_CLIENT_ID), 0, SHOWN + 1, &tokens, &n)))
		return;
	size_t shown = n > SHOWN ? SHOWN : n;
	struct page_personal_tokens_token *rows =
		ARENA_ARRAY(c->arena, struct page_personal_tokens_token, shown);

	for (size_t i = 0; i < shown; i++)
		rows[i] = row_of(c, &tokens[i]);
	const struct page_personal_tokens page = {
		.layout = web_layout(c, req, rep),
		.tokens = rows,
		.tokens_n = shown,
		.new_token = new_token,
		.more = n > SHOWN,
	};

	WEB_SHOW(c, rep, 200, personal_tokens, &page);
}

void personal_tokens_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	show(c, req, rep, STR(""));
}

/* Every scope that the person may give a token. */
static struct scope_set offered(const struct context *c)
{
	struct scope_set all = {{0}};

	for (size_t i = 0; i < scope_count(); i++)
		if (web_account(c)->site_admin || !str_eq_c(scope_name(i), "site_admin"))
			all.bits[i / 64] |= UINT64_C(1) << i % 64;
	return scope_without_openid(all);
}

/* Is the scope of this name ticked in what was sent? */
static bool is_chosen(const struct params *form, struct str name)
{
	for (size_t i = 0; form && i < form->n; i++)
		if (str_eq_c(form->v[i].name, "scope") && str_eq(form->v[i].value, name))
			return true;
	return false;
}

static struct page_personal_token_new_group group_of(
	struct context *c, const struct page_permissions_group *group, const struct params *form)
{
	struct page_personal_token_new_row *rows =
		ARENA_ARRAY(c->arena, struct page_personal_token_new_row, group->rows_n);

	for (size_t i = 0; i < group->rows_n; i++)
		rows[i] = (struct page_personal_token_new_row){.title = group->rows[i].title,
			.gloss = group->rows[i].gloss,
			.scope = group->rows[i].scope,
			.chosen = is_chosen(form, group->rows[i].scope)};
	return (struct page_personal_token_new_group){
		.title = group->title, .rows = rows, .rows_n = group->rows_n};
}

static void show_new(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct params *form, enum message error)
{
	const struct scope_set none = {{0}};
	struct permissions all = permissions_of(c->arena, c->visit->lang, offered(c), none);
	struct page_personal_token_new_group *groups =
		ARENA_ARRAY(c->arena, struct page_personal_token_new_group, all.n);

	for (size_t i = 0; i < all.n; i++)
		groups[i] = group_of(c, &all.groups[i], form);
	struct page_personal_token_new page = {
		.layout = web_layout(c, req, rep),
		.note = form ? str_trim(form_field(c, "note")) : STR(""),
		.error_note = error,
		.groups = groups,
		.groups_n = all.n,
	};

	if (error)
		web_notice(c, &page.layout, MSG_FORM_ERROR_SUMMARY, true);
	WEB_SHOW(c, rep, error ? 422 : 200, personal_token_new, &page);
}

void personal_token_new_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	show_new(c, req, rep, NULL, MSG_NONE);
}

static enum message note_error(struct context *c, struct str note)
{
	if (!str_has_text(note))
		return MSG_FORM_ERROR_MISSING;
	if (!is_authorization_text(note))
		return MSG_TOKENS_ERROR_NOTE;
	enum db_status taken = authorization_find_note(c->store, web_account(c)->id, note, 0);

	return !context_failed(c, taken) && taken == DB_OK ? MSG_TOKENS_ERROR_NOTE_TAKEN : MSG_NONE;
}

static struct scope_set chosen_scopes(const struct context *c)
{
	struct scope_set all = offered(c), out = {{0}};

	for (size_t i = 0; i < scope_count(); i++)
		if (scope_has(all, i) && is_chosen(web_form(c), scope_name(i)))
			out.bits[i / 64] |= UINT64_C(1) << i % 64;
	return scope_normalize(out);
}

void personal_token_create(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str note = str_trim(form_field(c, "note"));
	enum message error = note_error(c, note);
	struct authorization made;
	char *text = arena_alloc(c->arena, TOKEN_TEXT_LEN + 1);
	const struct create_request q = {.account_id = web_account(c)->id,
		.actor = web_account(c)->login,
		.scopes = chosen_scopes(c),
		.note = note};

	if (c->failed)
		return;
	if (error)
		show_new(c, req, rep, web_form(c), error);
	else if (create_authorization(c, &q, &made, text))
		/* Not by redirect: the token is in this reply and nowhere else. */
		show(c, req, rep, str_from(text));
}

/* The person's token that the path names. False: the reply is ready. */
static bool find(struct context *c, struct http_request *req, struct http_reply *rep,
	struct authorization *out)
{
	int64_t id;
	enum db_status status = DB_NONE;

	if (str_to_i64(req->vars[0], &id))
		status = authorization_read(
			c->store, c->arena, web_account(c)->id, (uint64_t)id, out);
	if (context_failed(c, status))
		return false;
	if (status == DB_OK && out->app_id == PERSONAL_APP)
		return true;
	web_show_error(c, req, rep, 404);
	return false;
}

void personal_token_regenerate(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct authorization t;
	char *text = arena_alloc(c->arena, TOKEN_TEXT_LEN + 1);

	if (find(c, req, rep, &t) &&
		!context_failed(c, authorization_reset(c->store, &t, TOKEN_PERSONAL, text)) &&
		settings_audit(c, "oauth_access.regenerate", PERSONAL_APP, t.note))
		show(c, req, rep, str_from(text));
}

void personal_token_delete(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct authorization t;

	if (find(c, req, rep, &t) &&
		!context_failed(c, authorization_end(c->store, t.id, "user")) &&
		settings_audit(c, "oauth_access.destroy", PERSONAL_APP, t.note))
		web_go(c, req, rep, STR("/settings/tokens"), MSG_TOKENS_DELETED);
}
