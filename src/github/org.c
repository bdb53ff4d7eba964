/* Organisations: GitHub reference 8.3. A private membership is seen by members of the organisation
 * whose token may see organisations; to everybody else it does not exist. */
#include "github/org.h"

#include "base/limits.h"
#include "explain/refusal.h"
#include "github/paging.h"
#include "github/rate.h"

bool github_may_see_orgs(const struct checked_token *checked)
{
	return scope_allows(checked->scopes, "read:org") || scope_allows(checked->scopes, "repo") ||
	       scope_allows(checked->scopes, "user");
}

bool github_find_user(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str login, struct account *out)
{
	enum db_status status = account_by_login(c->store, c->arena, login, out);

	if (context_failed(c, status))
		return false;
	if (status == DB_NONE)
		github_api_not_found(c, req, rep);
	return status == DB_OK;
}

bool github_find_org(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str login, struct org *out)
{
	enum db_status status = org_by_login(c->store, c->arena, login, out);

	if (context_failed(c, status))
		return false;
	if (status == DB_NONE)
		github_api_not_found(c, req, rep);
	return status == DB_OK;
}

bool github_is_member(
	struct context *c, const struct org *org, int64_t account_id, struct org_member *out)
{
	enum db_status status = org_member_get(c->store, org->id, account_id, out);

	return !context_failed(c, status) && status == DB_OK;
}

void github_add_text(struct buf *b, const char *name, struct str text)
{
	buf_addf(b, ",\"%s\":", name);
	if (str_has_text(text))
		buf_add_json(b, text);
	else
		buf_add_c(b, "null");
}

void github_add_time(struct buf *b, const char *name, int64_t s)
{
	char text[24];

	clock_format_iso(s, text);
	buf_addf(b, ",\"%s\":\"%s\"", name, text);
}

void github_add_simple_org(struct buf *b, struct context *c, const struct org *org)
{
	static const struct {
		const char *name, *rest;
	} urls[] = {{"url", ""}, {"repos_url", "/repos"}, {"events_url", "/events"},
		{"hooks_url", "/hooks"}, {"issues_url", "/issues"},
		{"members_url", "/members{/member}"},
		{"public_members_url", "/public_members{/member}"}};
	struct str node = str_printf(c->arena, "012:Organization%lld", (long long)org->id);
	struct str base = c->settings->base_url;

	buf_add_c(b, "\"login\":");
	buf_add_json(b, org->login);
	buf_addf(b, ",\"id\":%lld,\"node_id\":\"%.*s\"", (long long)org->id,
		STR_ARG(base64_encode(c->arena, node.p, node.n)));
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		buf_addf(b, ",\"%s\":\"%.*s/api/v3/orgs/%.*s%s\"", urls[i].name, STR_ARG(base),
			STR_ARG(org->login), urls[i].rest);
	buf_addf(b, ",\"avatar_url\":\"%.*s/avatars/o/%lld\"", STR_ARG(base), (long long)org->id);
	github_add_text(b, "description", org->description);
}

/* Reference 8.1: GitHub says which scope is missing here, and only here. */
static void refuse_scope(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct checked_token *checked, const char *message)
{
	github_api_lacks_scope(c, checked, "read:org");
	github_api_refuse(c, req, rep, 403, message);
	github_api_name_scope(c, req, rep, "read:org");
}

static void reply_orgs(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct org_membership *orgs, size_t n)
{
	struct paging paging = github_paging_read(req);
	size_t from, to;
	struct buf b;

	github_paging_range(&paging, n, &from, &to);
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '[');
	for (size_t i = from; i < to; i++) {
		buf_add_c(&b, i > from ? ",{" : "{");
		github_add_simple_org(&b, c, &orgs[i].org);
		buf_add_char(&b, '}');
	}
	buf_add_char(&b, ']');
	github_paging_link(c, req, rep, &paging, n);
	github_api_reply(req, rep, 200, buf_str(&b));
}

void github_own_orgs(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct org_membership *orgs;
	size_t n;

	if (!github_api_authenticate(c, req, rep, ORG_SCOPES, &checked))
		return;
	if (!github_may_see_orgs(&checked)) {
		refuse_scope(c, req, rep, &checked,
			"You need at least read:org scope or user scope to list your "
			"organizations.");
		return;
	}
	if (!context_failed(c, org_list_of_account(c->store, c->arena, checked.token.account.id,
				       false, &orgs, &n)))
		reply_orgs(c, req, rep, orgs, n);
}

void github_user_orgs(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct org_membership *orgs;
	struct account account;
	bool is_somebody;
	size_t n;

	if (!github_api_optional(c, req, rep, "", &checked, &is_somebody) ||
		!github_find_user(c, req, rep, req->vars[0], &account))
		return;
	if (!context_failed(
		    c, org_list_of_account(c->store, c->arena, account.id, true, &orgs, &n)))
		reply_orgs(c, req, rep, orgs, n);
}

static void add_team(struct buf *b, struct context *c, const struct team *t)
{
	struct str node = str_printf(c->arena, "04:Team%lld", (long long)t->id);
	struct str base = c->settings->base_url;

	buf_addf(b, "{\"id\":%lld,\"node_id\":\"%.*s\",\"name\":", (long long)t->id,
		STR_ARG(base64_encode(c->arena, node.p, node.n)));
	buf_add_json(b, t->name);
	buf_add_c(b, ",\"slug\":");
	buf_add_json(b, t->slug);
	github_add_text(b, "description", t->description);
	buf_addf(b,
		",\"privacy\":\"%s\",\"permission\":\"pull\",\"url\":\"%.*s/api/v3/teams/%lld\"",
		t->secret ? "secret" : "closed", STR_ARG(base), (long long)t->id);
	buf_addf(b, ",\"html_url\":\"%.*s/orgs/%.*s/teams/%.*s\"", STR_ARG(base),
		STR_ARG(t->org.login), STR_ARG(t->slug));
	buf_addf(b, ",\"members_url\":\"%.*s/api/v3/teams/%lld/members{/member}\"", STR_ARG(base),
		(long long)t->id);
	buf_addf(b, ",\"repositories_url\":\"%.*s/api/v3/teams/%lld/repos\",\"parent\":null",
		STR_ARG(base), (long long)t->id);
	github_add_time(b, "created_at", t->created_at);
	github_add_time(b, "updated_at", t->updated_at);
	buf_add_c(b, ",\"organization\":{");
	github_add_simple_org(b, c, &t->org);
	buf_add_c(b, "}}");
}

void github_own_teams(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct paging paging = github_paging_read(req);
	struct checked_token checked;
	size_t n, from, to;
	struct team *teams;
	struct buf b;

	if (!github_api_authenticate(c, req, rep, ORG_SCOPES, &checked))
		return;
	if (!github_may_see_orgs(&checked)) {
		refuse_scope(c, req, rep, &checked,
			"You need at least read:org scope or user scope to list your teams.");
		return;
	}
	if (context_failed(c,
		    team_list_of_account(c->store, c->arena, checked.token.account.id, &teams, &n)))
		return;
	github_paging_range(&paging, n, &from, &to);
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '[');
	for (size_t i = from; i < to; i++) {
		if (i > from)
			buf_add_char(&b, ',');
		add_team(&b, c, &teams[i]);
	}
	buf_add_char(&b, ']');
	github_paging_link(c, req, rep, &paging, n);
	github_api_reply(req, rep, 200, buf_str(&b));
}

void github_org(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	bool is_somebody;
	struct org org;
	struct buf b;

	if (!github_api_optional(c, req, rep, "", &checked, &is_somebody) ||
		!github_find_org(c, req, rep, req->vars[0], &org))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '{');
	github_add_simple_org(&b, c, &org);
	github_add_text(&b, "name", org.name);
	buf_addf(&b,
		",\"company\":null,\"blog\":\"\",\"location\":null,\"email\":null,"
		"\"twitter_username\":null,\"is_verified\":false,"
		"\"has_organization_projects\":false,\"has_repository_projects\":false,"
		"\"public_repos\":0,\"public_gists\":0,\"followers\":0,\"following\":0,"
		"\"html_url\":\"%.*s/%.*s\"",
		STR_ARG(c->settings->base_url), STR_ARG(org.login));
	github_add_time(&b, "created_at", org.created_at);
	github_add_time(&b, "updated_at", org.updated_at);
	buf_add_c(&b, ",\"archived_at\":null,\"type\":\"Organization\"}");
	github_api_reply(req, rep, 200, buf_str(&b));
}
