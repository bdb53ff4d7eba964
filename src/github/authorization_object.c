#include "github/authorization_object.h"

#include "core/scope.h"

static void add_text(struct buf *b, const char *name, struct str value)
{
	buf_addf(b, ",\"%s\":", name);
	if (str_is_set(value))
		buf_add_json(b, value);
	else
		buf_add_c(b, "null");
}

static void add_time(struct buf *b, const char *name, int64_t s)
{
	char text[24];

	if (s == 0) {
		buf_addf(b, ",\"%s\":null", name);
		return;
	}
	clock_format_iso(s, text);
	buf_addf(b, ",\"%s\":\"%s\"", name, text);
}

/* Those of OpenID Connect count at the other edge only. */
static void add_scopes(struct buf *b, struct str scopes)
{
	struct str name;
	bool first = true;

	buf_add_c(b, ",\"scopes\":[");
	while (str_has_text(scopes) && str_next(&scopes, ' ', &name)) {
		if (scope_is_openid(name))
			continue;
		if (!first)
			buf_add_char(b, ',');
		buf_add_json(b, name);
		first = false;
	}
	buf_add_char(b, ']');
}

struct str github_authorization_url(struct context *c, uint64_t id)
{
	return str_printf(c->arena, "%.*s/api/v3/authorizations/%llu",
		STR_ARG(c->settings->base_url), (unsigned long long)id);
}

/* A personal access token has no app: its note stands for the name (reference 7.2). */
static void add_app(struct buf *b, struct context *c, const struct authorization *t)
{
	bool personal = t->app_id == PERSONAL_APP;

	buf_add_c(b, ",\"app\":{\"name\":");
	buf_add_json(b, personal && str_is_set(t->note) ? t->note : t->app_name);
	buf_add_c(b, ",\"url\":");
	buf_add_json(b, personal ? str_printf(c->arena, "%.*s/v3/oauth_authorizations/",
					   STR_ARG(c->settings->base_url))
				 : t->app_homepage);
	buf_add_c(b, ",\"client_id\":");
	buf_add_json(b, t->client_id);
	buf_add_char(b, '}');
}

static void add_hash(struct buf *b, const struct authorization *t)
{
	char hex[2 * SHA256_LEN + 1];

	hex_encode(t->hash, SHA256_LEN, hex);
	buf_addf(b, ",\"hashed_token\":\"%s\"", hex);
}

static void add_id(struct buf *b, struct context *c, const struct authorization *t)
{
	buf_addf(b, "{\"id\":%llu,\"url\":", (unsigned long long)t->id);
	buf_add_json(b, github_authorization_url(c, t->id));
}

void github_add_app_authorization(struct buf *b, struct context *c, const struct authorization *t,
	struct str text, const struct account *user)
{
	add_id(b, c, t);
	add_app(b, c, t);
	add_text(b, "token", text);
	add_hash(b, t);
	add_text(b, "token_last_eight", t->last_eight);
	add_text(b, "note", t->note);
	add_text(b, "note_url", t->note_url);
	add_time(b, "created_at", t->created_at);
	add_time(b, "updated_at", t->updated_at);
	add_scopes(b, t->scopes);
	add_text(b, "fingerprint", t->fingerprint);
	add_time(b, "expires_at", t->expires_at);
	buf_add_c(b, ",\"user\":{");
	github_add_simple_user(b, c, user);
	buf_add_c(b, "}}");
}

void github_add_authorization(
	struct buf *b, struct context *c, const struct authorization *t, struct str text)
{
	add_id(b, c, t);
	add_scopes(b, t->scopes);
	add_text(b, "token", text);
	add_text(b, "token_last_eight", t->last_eight);
	add_hash(b, t);
	add_app(b, c, t);
	add_text(b, "note", t->note);
	add_text(b, "note_url", t->note_url);
	add_time(b, "updated_at", t->updated_at);
	add_time(b, "created_at", t->created_at);
	add_text(b, "fingerprint", t->fingerprint);
	buf_add_char(b, '}');
}

void github_add_grant(struct buf *b, struct context *c, const struct listed_grant *g)
{
	buf_addf(b,
		"{\"id\":%llu,\"url\":\"%.*s/api/v3/applications/grants/%llu\",\"app\":{\"url\":",
		(unsigned long long)g->id, STR_ARG(c->settings->base_url),
		(unsigned long long)g->id);
	buf_add_json(b, g->app_homepage);
	add_text(b, "name", g->app_name);
	add_text(b, "client_id", g->client_id);
	buf_add_char(b, '}');
	add_time(b, "created_at", g->created_at);
	add_time(b, "updated_at", g->updated_at);
	add_scopes(b, g->scopes);
	buf_add_char(b, '}');
}
