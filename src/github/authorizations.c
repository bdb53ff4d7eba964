/* /authorizations: a user looks at tokens and changes them by password. GitHub reference 7.2. */
#include "base/limits.h"
#include "github/authorization_body.h"
#include "github/authorization_object.h"
#include "github/paging.h"
#include "github/password.h"
#include "github/token_management.h"
#include "store/audit.h"

static void show(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorization *t)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	github_add_authorization(&b, c, t, STR(""));
	github_api_reply(req, rep, 200, buf_str(&b));
}

static void list(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user)
{
	struct paging p = github_paging_read(req);
	struct str client_id = params_get(&req->query, "client_id");
	struct authorization *rows;
	size_t total, from, to, n;
	struct buf b;

	if (context_failed(c, authorization_count(c->store, user->id, client_id, &total)))
		return;
	github_paging_range(&p, total, &from, &to);
	if (context_failed(c, authorization_list(c->store, c->arena, user->id, client_id, from,
				      to - from, &rows, &n)))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&b, ',');
		github_add_authorization(&b, c, &rows[i], STR(""));
	}
	buf_add_char(&b, ']');
	github_paging_link(c, req, rep, &p, total);
	github_api_reply(req, rep, 200, buf_str(&b));
}

/* The token that the path names. False: the reply is ready. */
static bool find(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user, struct authorization *out)
{
	int64_t id;
	enum db_status status = DB_NONE;

	if (str_to_i64(req->vars[0], &id))
		status = authorization_read(c->store, c->arena, user->id, (uint64_t)id, out);
	if (context_failed(c, status))
		return false;
	if (status == DB_NONE)
		github_api_deny(c, req, rep, 404, CAUSE_AUTHORIZATION_UNKNOWN, STR_NONE);
	return status == DB_OK;
}

static void show_one(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user)
{
	struct authorization t;

	if (find(c, req, rep, user, &t))
		show(c, req, rep, &t);
}

static bool note_in_log(struct context *c, const struct account *user,
	const struct authorization *t, const char *action)
{
	struct str detail = t->app_id == PERSONAL_APP ? t->note : t->app_name;

	return !context_failed(c,
		audit_write(c->store, user->id, user->login, action, t->app_id, detail, c->remote));
}

/* "You can only send one of these scope keys at a time." */
static bool has_one_scope_key(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorization_body *b)
{
	if (b->scopes.is_set + b->add_scopes.is_set + b->remove_scopes.is_set <= 1)
		return true;
	github_api_bad_request(c, req, rep, "scopes",
		"Only one of scopes, add_scopes and remove_scopes may be sent.");
	return false;
}

static bool apply_scopes(
	struct context *c, const struct authorization_body *b, struct authorization *t)
{
	struct scope_set now, all;

	c->failed = !scope_read(t->scopes, &now);
	if (c->failed)
		return false;
	all = now;
	if (b->scopes.is_set)
		all = b->scopes.set;
	else if (b->add_scopes.is_set)
		all = scope_union(now, b->add_scopes.set);
	else
		for (size_t i = 0; i < SCOPE_MAX / 64; i++)
			all.bits[i] &= ~b->remove_scopes.set.bits[i];
	struct str text = scope_format(c->arena, all, " ");

	return str_eq(text, t->scopes) ||
	       !context_failed(c, authorization_set_scopes(c->store, c->arena, t, text));
}

/* Notes of personal access tokens tell them apart. */
static bool is_note_free(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorization_body *b, const struct authorization *t)
{
	enum cause cause = CAUSE_BODY_FIELD_MISSING;

	if (t->app_id != PERSONAL_APP || !b->has_note)
		return true;
	if (str_is_set(b->note)) {
		enum db_status taken =
			authorization_find_note(c->store, t->account_id, b->note, t->id);

		if (context_failed(c, taken))
			return false;
		if (taken == DB_NONE)
			return true;
		cause = CAUSE_BODY_FIELD_TAKEN;
	}
	github_api_invalid(c, req, rep, cause, "OauthAccess", "description");
	return false;
}

static bool is_fingerprint_free(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorization_body *b, const struct authorization *t)
{
	struct authorization other;

	if (!str_is_set(b->fingerprint))
		return true;
	enum db_status taken = authorization_find(
		c->store, c->arena, t->account_id, t->app_id, b->fingerprint, &other);

	if (context_failed(c, taken))
		return false;
	if (taken == DB_NONE || other.id == t->id)
		return true;
	github_api_invalid(c, req, rep, CAUSE_BODY_FIELD_TAKEN, "OauthAccess", "fingerprint");
	return false;
}

static bool apply_notes(
	struct context *c, const struct authorization_body *b, struct authorization *t)
{
	if (!b->has_note && !b->has_note_url && !b->has_fingerprint)
		return true;
	t->note = b->has_note ? b->note : t->note;
	t->note_url = b->has_note_url ? b->note_url : t->note_url;
	t->fingerprint = b->has_fingerprint ? b->fingerprint : t->fingerprint;
	return !context_failed(c, authorization_set_notes(c->store, t));
}

static void change(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user)
{
	struct authorization_body body;
	struct authorization t;

	if (find(c, req, rep, user, &t) && github_authorization_body(c, req, rep, &body) &&
		has_one_scope_key(c, req, rep, &body) && is_note_free(c, req, rep, &body, &t) &&
		is_fingerprint_free(c, req, rep, &body, &t) && apply_notes(c, &body, &t) &&
		apply_scopes(c, &body, &t) && note_in_log(c, user, &t, "oauth_access.update") &&
		!context_failed(c, authorization_read(c->store, c->arena, user->id, t.id, &t)))
		show(c, req, rep, &t);
}

static void end(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user)
{
	struct authorization t;

	if (find(c, req, rep, user, &t) &&
		!context_failed(c, authorization_end(c->store, t.id, "user")) &&
		note_in_log(c, user, &t, "oauth_access.destroy"))
		github_api_no_content(req, rep);
}

void github_authorizations(struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_with_password(c, req, rep, list);
}

void github_authorization_show(struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_with_password(c, req, rep, show_one);
}

void github_authorization_change(
	struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_with_password(c, req, rep, change);
}

void github_authorization_delete(
	struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_with_password(c, req, rep, end);
}
