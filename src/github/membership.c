/* Who is in an organisation or a team: GitHub reference 8.3. */
#include "base/limits.h"
#include "github/org.h"

/* A yes without words. */
static void yes(struct http_request *req, struct http_reply *rep)
{
	github_api_reply(req, rep, 204, STR(""));
	rep->content_type = NULL;
}

/* The asker as a member whose token may say so; false: to be treated as a stranger. */
static bool asks_as_member(struct context *c, const struct checked_token *checked,
	const struct org *org, struct org_member *asker)
{
	return github_may_see_orgs(checked) &&
	       github_is_member(c, org, checked->token.account.id, asker);
}

/* The account with this login when it is in the organisation. */
static bool find_member(struct context *c, const struct org *org, struct str login,
	struct account *account, struct org_member *out)
{
	enum db_status status = account_by_login(c->store, c->arena, login, account);

	return !context_failed(c, status) && status == DB_OK &&
	       github_is_member(c, org, account->id, out);
}

static void answer(struct context *c, struct http_request *req, struct http_reply *rep, bool is_so)
{
	if (c->failed)
		return;
	if (is_so)
		yes(req, rep);
	else
		github_api_not_found(c, req, rep);
}

void github_org_public_member(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct org_member member;
	struct account account;
	bool is_somebody;
	struct org org;

	if (!github_api_optional(c, req, rep, "", &checked, &is_somebody) ||
		!github_find_org(c, req, rep, req->vars[0], &org))
		return;
	answer(c, req, rep,
		find_member(c, &org, req->vars[1], &account, &member) && member.is_public);
}

/* Strangers are sent to what everybody may know. */
void github_org_member(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct org_member asker, member;
	struct account account;
	bool is_somebody;
	struct org org;
	struct buf b;

	if (!github_api_optional(c, req, rep, ORG_SCOPES, &checked, &is_somebody) ||
		!github_find_org(c, req, rep, req->vars[0], &org))
		return;
	if (is_somebody && asks_as_member(c, &checked, &org, &asker)) {
		answer(c, req, rep, find_member(c, &org, req->vars[1], &account, &member));
		return;
	}
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_addf(&b, "%.*s/api/v3/orgs/%.*s/public_members/", STR_ARG(c->settings->base_url),
		STR_ARG(org.login));
	buf_add_percent(&b, req->vars[1]);
	github_api_reply(req, rep, 302, STR(""));
	http_header_str(req, rep, "Location", buf_str(&b));
}

static void reply_membership(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct org *org, const struct account *account, const struct org_member *member)
{
	struct str base = c->settings->base_url;
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_addf(&b,
		"{\"url\":\"%.*s/api/v3/orgs/%.*s/memberships/%.*s\",\"state\":\"active\","
		"\"role\":\"%s\",\"organization_url\":\"%.*s/api/v3/orgs/%.*s\",\"user\":{",
		STR_ARG(base), STR_ARG(org->login), STR_ARG(account->login),
		member->admin ? "admin" : "member", STR_ARG(base), STR_ARG(org->login));
	github_add_simple_user(&b, c, account);
	buf_add_c(&b, "},\"organization\":{");
	github_add_simple_org(&b, c, org);
	buf_add_c(&b, "}}");
	github_api_reply(req, rep, 200, buf_str(&b));
}

static void membership(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct checked_token *checked, struct str login)
{
	struct org_member asker, member;
	struct account account;
	struct org org;

	if (!github_find_org(c, req, rep, req->vars[0], &org))
		return;
	if (asks_as_member(c, checked, &org, &asker) &&
		find_member(c, &org, login, &account, &member))
		reply_membership(c, req, rep, &org, &account, &member);
	else
		answer(c, req, rep, false);
}

void github_own_membership(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;

	if (github_api_authenticate(c, req, rep, ORG_SCOPES, &checked))
		membership(c, req, rep, &checked, checked.token.account.login);
}

void github_org_membership(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;

	if (github_api_authenticate(c, req, rep, ORG_SCOPES, &checked))
		membership(c, req, rep, &checked, req->vars[1]);
}

/* May the asker know of the team, and is `login` in it? */
static bool find_in_team(struct context *c, const struct checked_token *checked,
	const struct team *team, struct str login, struct account *account, struct team_member *out)
{
	struct org_member asker;
	struct team_member own;
	enum db_status status = DB_OK;

	if (!asks_as_member(c, checked, &team->org, &asker))
		return false;
	if (team->secret && !asker.admin)
		status = team_member_get(c->store, team->id, checked->token.account.id, &own);
	if (status == DB_OK)
		status = account_by_login(c->store, c->arena, login, account);
	if (status == DB_OK)
		status = team_member_get(c->store, team->id, account->id, out);
	return !context_failed(c, status) && status == DB_OK;
}

static bool find_team(struct context *c, struct str id_text, struct team *out)
{
	int64_t id;

	if (!str_to_i64(id_text, &id))
		return false;
	enum db_status status = team_by_id(c->store, c->arena, id, out);

	return !context_failed(c, status) && status == DB_OK;
}

void github_team_member(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct team_member member;
	struct account account;
	struct team team;

	if (github_api_authenticate(c, req, rep, ORG_SCOPES, &checked))
		answer(c, req, rep,
			find_team(c, req->vars[0], &team) &&
				find_in_team(c, &checked, &team, req->vars[1], &account, &member));
}

static void reply_team_membership(struct context *c, struct http_request *req,
	struct http_reply *rep, const struct team *team, const struct account *account,
	const struct team_member *member)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_addf(&b,
		"{\"state\":\"active\",\"role\":\"%s\","
		"\"url\":\"%.*s/api/v3/teams/%lld/memberships/%.*s\"}",
		member->maintainer ? "maintainer" : "member", STR_ARG(c->settings->base_url),
		(long long)team->id, STR_ARG(account->login));
	github_api_reply(req, rep, 200, buf_str(&b));
}

void github_team_membership(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct team_member member;
	struct account account;
	struct team team;

	if (!github_api_authenticate(c, req, rep, ORG_SCOPES, &checked))
		return;
	if (find_team(c, req->vars[0], &team) &&
		find_in_team(c, &checked, &team, req->vars[1], &account, &member))
		reply_team_membership(c, req, rep, &team, &account, &member);
	else
		answer(c, req, rep, false);
}

void github_team_slug_membership(
	struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct team_member member;
	struct account account;
	struct team team;
	struct org org;

	if (!github_api_authenticate(c, req, rep, ORG_SCOPES, &checked) ||
		!github_find_org(c, req, rep, req->vars[0], &org))
		return;
	enum db_status status = team_by_slug(c->store, c->arena, org.id, req->vars[1], &team);

	if (!context_failed(c, status) && status == DB_OK &&
		find_in_team(c, &checked, &team, req->vars[2], &account, &member))
		reply_team_membership(c, req, rep, &team, &account, &member);
	else
		answer(c, req, rep, false);
}
