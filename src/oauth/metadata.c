/* GET /.well-known/oauth-authorization-server: RFC 8414. Only what is there is told, from the very
 * tables that requests are answered from (assurance 8414-06). */
#include "base/arena.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "core/scope.h"
#include "oauth/grants.h"
#include "oauth/oauth.h"
#include "oauth/reply.h"

static void begin_list(struct buf *b, const char *name)
{
	buf_add_char(b, ',');
	buf_add_json(b, str_from(name));
	buf_add_c(b, ":[");
}

static void add_item(struct buf *b, struct str value)
{
	if (b->p[b->n - 1] != '[')
		buf_add_char(b, ',');
	buf_add_json(b, value);
}

static void add_list(struct buf *b, const char *name, const char *const *values)
{
	begin_list(b, name);
	for (; *values; values++)
		add_item(b, str_from(*values));
	buf_add_char(b, ']');
}

static void add_grants(struct buf *b)
{
	begin_list(b, "grant_types_supported");
	for (const struct oauth_grant *g = oauth_grants; g->name; g++)
		add_item(b, str_from(g->name));
	buf_add_char(b, ']');
}

static void add_scopes(struct buf *b)
{
	begin_list(b, "scopes_supported");
	for (size_t i = 0; i < scope_count(); i++)
		add_item(b, scope_name(i));
	add_item(b, STR("offline_access"));
	buf_add_char(b, ']');
}

static void add_url(struct context *c, struct buf *b, const char *name, const char *path)
{
	oauth_add_text(
		b, name, str_printf(c->arena, "%.*s%s", STR_ARG(c->settings->base_url), path));
}

static void write_document(struct context *c, struct buf *b)
{
	static const char *const code[] = {"code", NULL}, *const query[] = {"query", NULL},
				 *const s256[] = {"S256", NULL},
				 *const langs[] = {"en", "es", NULL},
				 *const any[] = {"client_secret_basic", "client_secret_post",
					 "none", NULL},
				 *const confidential[] = {
					 "client_secret_basic", "client_secret_post", NULL};

	oauth_begin(c, b);
	oauth_add_text(b, "issuer", c->settings->base_url);
	add_url(c, b, "authorization_endpoint", "/oauth2/authorize");
	add_url(c, b, "token_endpoint", "/oauth2/token");
	add_url(c, b, "revocation_endpoint", "/oauth2/revoke");
	add_url(c, b, "introspection_endpoint", "/oauth2/introspect");
	add_url(c, b, "device_authorization_endpoint", "/oauth2/device_authorization");
	add_list(b, "response_types_supported", code);
	add_list(b, "response_modes_supported", query);
	add_grants(b);
	add_list(b, "token_endpoint_auth_methods_supported", any);
	add_list(b, "revocation_endpoint_auth_methods_supported", any);
	add_list(b, "introspection_endpoint_auth_methods_supported", confidential);
	add_list(b, "code_challenge_methods_supported", s256);
	add_scopes(b);
	oauth_add_flag(b, "authorization_response_iss_parameter_supported", true);
	add_list(b, "ui_locales_supported", langs);
	add_url(c, b, "service_documentation",
		"/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps");
	buf_add_char(b, '}');
}

static struct str tag_of(struct context *c, struct str text)
{
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	sha256(text, hash);
	hex_encode(hash, sizeof hash, hex);
	return str_printf(c->arena, "\"%.32s\"", hex);
}

void oauth_metadata(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct buf b;

	write_document(c, &b);
	struct str tag = tag_of(c, buf_str(&b));
	bool known = str_eq(req->headers[HTTP_IF_NONE_MATCH], tag);

	http_reply(rep, known ? 304 : 200, known ? NULL : "application/json; charset=utf-8",
		known ? STR("") : buf_str(&b));
	http_header_str(req, rep, "ETag", tag);
	http_header(rep, "Cache-Control", "public, max-age=3600");
	http_header(rep, "X-Content-Type-Options", "nosniff");
	oauth_allow_origin(rep);
}

/* The path of the issuer, without its slash; "" when it has none. */
static struct str path_of(struct str base_url)
{
	size_t host = str_find(base_url, ':') + 3;
	size_t slash = host + str_find(str_slice(base_url, host, base_url.n), '/');

	return str_slice(base_url, slash < base_url.n ? slash + 1 : slash, base_url.n);
}

/* RFC 8414 3.1 puts the issuer's path behind the well-known one, older clients before it. */
void oauth_metadata_of_path(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str path = path_of(c->settings->base_url);
	struct str named = str_is_set(req->vars[1])
				   ? str_printf(c->arena, "%.*s/%.*s", STR_ARG(req->vars[0]),
					     STR_ARG(req->vars[1]))
				   : req->vars[0];

	if (str_has_text(path) && str_eq(path, named))
		oauth_metadata(c, req, rep);
	else
		oauth_error(c, req, rep, 404);
}
