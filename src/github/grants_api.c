/* /applications/grants: what a user has allowed apps. GitHub reference 7.2. Personal access tokens
 * have no app and are not among them. */
#include "base/limits.h"
#include "github/api_body.h"
#include "github/authorization_object.h"
#include "github/paging.h"
#include "github/password.h"
#include "github/token_management.h"
#include "store/audit.h"

static void list(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user)
{
	struct paging p = github_paging_read(req);
	struct str client_id = params_get(&req->query, "client_id");
	struct listed_grant *rows;
	size_t total, from, to, n;
	struct buf b;

	if (context_failed(c, listed_grant_count(c->store, user->id, client_id, &total)))
		return;
	github_paging_range(&p, total, &from, &to);
	if (context_failed(c, listed_grant_list(c->store, c->arena, user->id, client_id, from,
				      to - from, &rows, &n)))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&b, ',');
		github_add_grant(&b, c, &rows[i]);
	}
	buf_add_char(&b, ']');
	github_paging_link(c, req, rep, &p, total);
	github_api_reply(req, rep, 200, buf_str(&b));
}

static bool find(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user, struct listed_grant *out)
{
	int64_t id;
	enum db_status status = DB_NONE;

	if (str_to_i64(req->vars[0], &id))
		status = listed_grant_read(c->store, c->arena, user->id, (uint64_t)id, out);
	if (context_failed(c, status))
		return false;
	if (status == DB_NONE)
		github_api_deny(c, req, rep, 404, CAUSE_GRANT_UNKNOWN, STR_NONE);
	return status == DB_OK;
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user)
{
	struct listed_grant g;
	struct buf b;

	if (!find(c, req, rep, user, &g))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	github_add_grant(&b, c, &g);
	github_api_reply(req, rep, 200, buf_str(&b));
}

static void end(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user)
{
	struct listed_grant g;

	if (find(c, req, rep, user, &g) &&
		!context_failed(c, grant_revoke(c->store, user->id, g.app_id, "user")) &&
		!context_failed(
			c, audit_write(c->store, user->id, user->login,
				   "oauth_authorization.destroy", g.app_id, g.app_name, c->remote)))
		github_api_no_content(req, rep);
}

void github_grants(struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_with_password(c, req, rep, list);
}

void github_grant_show(struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_with_password(c, req, rep, show);
}

void github_grant_delete(struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_with_password(c, req, rep, end);
}
