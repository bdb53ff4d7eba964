/* GET /user and /user/emails: GitHub reference 8.3. */
#include "base/limits.h"
#include "explain/refusal.h"
#include "flow/second_factor.h"
#include "github/api.h"
#include "github/org.h"

static void add_url(struct buf *b, const char *name, struct context *c, const char *path,
	struct str login, const char *rest)
{
	buf_addf(b, ",\"%s\":\"%.*s%s%.*s%s\"", name, STR_ARG(c->settings->base_url), path,
		STR_ARG(login), rest);
}

void github_add_simple_user(struct buf *b, struct context *c, const struct account *u)
{
	static const struct {
		const char *name, *rest;
	} urls[] = {{"followers_url", "/followers"}, {"following_url", "/following{/other_user}"},
		{"gists_url", "/gists{/gist_id}"}, {"starred_url", "/starred{/owner}{/repo}"},
		{"subscriptions_url", "/subscriptions"}, {"organizations_url", "/orgs"},
		{"repos_url", "/repos"}, {"events_url", "/events{/privacy}"},
		{"received_events_url", "/received_events"}};
	struct str node = str_printf(c->arena, "04:User%lld", (long long)u->id);

	buf_add_c(b, "\"login\":");
	buf_add_json(b, u->login);
	buf_addf(b, ",\"id\":%lld,\"node_id\":\"%.*s\"", (long long)u->id,
		STR_ARG(base64_encode(c->arena, node.p, node.n)));
	buf_addf(b, ",\"avatar_url\":\"%.*s/avatars/u/%lld\",\"gravatar_id\":\"\"",
		STR_ARG(c->settings->base_url), (long long)u->id);
	add_url(b, "url", c, "/api/v3/users/", u->login, "");
	add_url(b, "html_url", c, "/", u->login, "");
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		add_url(b, urls[i].name, c, "/api/v3/users/", u->login, urls[i].rest);
	buf_addf(b, ",\"type\":\"User\",\"site_admin\":%s", u->site_admin ? "true" : "false");
}

static void add_time(struct buf *b, const char *name, int64_t s)
{
	char text[24];

	clock_format_iso(s, text);
	buf_addf(b, ",\"%s\":\"%s\"", name, text);
}

static void add_profile(struct buf *b, struct context *c, const struct account *u,
	struct str public_email, bool is_private)
{
	buf_addf(b, ",\"user_view_type\":\"%s\",\"name\":", is_private ? "private" : "public");
	if (str_has_text(u->name))
		buf_add_json(b, u->name);
	else
		buf_add_c(b, "null");
	buf_add_c(b, ",\"company\":null,\"blog\":\"\",\"location\":null,\"email\":");
	if (str_is_set(public_email))
		buf_add_json(b, public_email);
	else
		buf_add_c(b, "null");
	buf_add_c(b, ",\"hireable\":null,\"bio\":null,\"twitter_username\":null,"
		     "\"notification_email\":null,\"public_repos\":0,\"public_gists\":0,"
		     "\"followers\":0,\"following\":0");
	add_time(b, "created_at", u->created_at);
	add_time(b, "updated_at", u->updated_at);
	if (is_private)
		buf_addf(b,
			",\"private_gists\":0,\"total_private_repos\":0,"
			"\"owned_private_repos\":0,\"disk_usage\":0,\"collaborators\":0,"
			"\"two_factor_authentication\":%s,\"plan\":{\"name\":\"llavero\","
			"\"space\":0,\"collaborators\":0,\"private_repos\":0}",
			second_factor_is_on(c, u) ? "true" : "false");
}

/* The address that the user shows to everyone, if any. */
static bool find_public_email(struct context *c, const struct account *u, struct str *out)
{
	struct email *emails;
	size_t n;

	*out = STR_NONE;
	if (context_failed(c, email_list(c->store, c->arena, u->id, &emails, &n)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (emails[i].is_public)
			*out = emails[i].address;
	return true;
}

void github_user(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct str public_email;
	struct buf b;

	if (!github_api_authenticate(c, req, rep, "", &checked) ||
		!find_public_email(c, &checked.token.account, &public_email))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '{');
	github_add_simple_user(&b, c, &checked.token.account);
	add_profile(&b, c, &checked.token.account, public_email,
		scope_allows(checked.scopes, "read:user"));
	buf_add_char(&b, '}');
	github_api_reply(req, rep, 200, buf_str(&b));
}

/* Anybody may ask, and sees what everybody sees. */
void github_user_by_login(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct account account;
	struct str public_email;
	bool is_somebody;
	struct buf b;

	if (!github_api_optional(c, req, rep, "", &checked, &is_somebody) ||
		!github_find_user(c, req, rep, req->vars[0], &account) ||
		!find_public_email(c, &account, &public_email))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '{');
	github_add_simple_user(&b, c, &account);
	add_profile(&b, c, &account, public_email, false);
	buf_add_char(&b, '}');
	github_api_reply(req, rep, 200, buf_str(&b));
}

static void add_email(struct buf *b, const struct email *e)
{
	buf_add_c(b, "{\"email\":");
	buf_add_json(b, e->address);
	buf_addf(b, ",\"primary\":%s,\"verified\":%s,\"visibility\":%s}",
		e->primary ? "true" : "false", e->verified_at ? "true" : "false",
		!e->primary    ? "null"
		: e->is_public ? "\"public\""
			       : "\"private\"");
}

void github_user_emails(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct email *emails;
	struct buf b;
	size_t n;

	if (!github_api_authenticate(c, req, rep, "user, user:email", &checked))
		return;
	if (!scope_allows(checked.scopes, "user:email")) {
		/* What a token may not see is not there (reference 8.1). */
		github_api_lacks_scope(c, &checked, "user:email");
		github_api_not_found(c, req, rep);
		return;
	}
	if (context_failed(
		    c, email_list(c->store, c->arena, checked.token.account.id, &emails, &n)))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&b, ',');
		add_email(&b, &emails[i]);
	}
	buf_add_char(&b, ']');
	github_api_reply(req, rep, 200, buf_str(&b));
}
