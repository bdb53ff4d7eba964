/* GET /.well-known/oauth-protected-resource and below: RFC 9728. Answered for this server's own
 * APIs, and for registered resources that stand at its origin, whose metadata no other server could
 * give. */
#include "base/limits.h"
#include "core/scope.h"
#include "flow/own_resource.h"
#include "oauth/document.h"
#include "oauth/oauth.h"
#include "oauth/reply.h"
#include "store/resource.h"

static void add_server(struct context *c, struct buf *b, struct str identifier)
{
	oauth_begin(c, b);
	oauth_add_text(b, "resource", identifier);
	document_list_begin(b, "authorization_servers");
	document_list_add(b, c->settings->base_url);
	buf_add_char(b, ']');
}

static void add_url(struct context *c, struct buf *b, const char *name, const char *path)
{
	oauth_add_text(
		b, name, str_printf(c->arena, "%.*s%s", STR_ARG(c->settings->base_url), path));
}

/* Each API knows the scopes of its dialect; the server as a whole has both. */
static void add_scopes(struct buf *b, enum own_resource which)
{
	document_list_begin(b, "scopes_supported");
	for (size_t i = 0; i < scope_count(); i++)
		if (which == OWN_SERVER ||
			scope_is_openid(scope_name(i)) == (which == OWN_USERINFO))
			document_list_add(b, scope_name(i));
	buf_add_char(b, ']');
}

static void add_name(struct context *c, struct buf *b, struct str name)
{
	oauth_add_text(b, "resource_name", name);
	add_url(c, b, "resource_documentation",
		"/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps");
}

/* A body has a token where it is a form, which only userinfo takes (RFC 6750 2.2). */
static void write_own(
	struct context *c, struct buf *b, struct str identifier, enum own_resource which)
{
	static const char *const names[OWN_RESOURCES] = {[OWN_SERVER] = "llavero",
		[OWN_API] = "REST API",
		[OWN_GRAPHQL] = "GraphQL API",
		[OWN_USERINFO] = "UserInfo"};
	static const char *const header[] = {"header", NULL}, *const both[] = {
								      "header", "body", NULL};

	add_server(c, b, identifier);
	add_scopes(b, which);
	document_list(b, "bearer_methods_supported", which == OWN_USERINFO ? both : header);
	document_proof_algorithms(b);
	if (str_has_text(c->settings->mtls_url))
		oauth_add_flag(b, "tls_client_certificate_bound_access_tokens", true);
	/* OpenID Connect Core 5.3.2: the one answer that may be signed */
	if (which == OWN_USERINFO) {
		add_url(c, b, "jwks_uri", "/oauth2/jwks");
		document_algorithms(c, b, "resource_signing_alg_values_supported");
	}
	add_name(c, b, str_from(names[which]));
	buf_add_char(b, '}');
}

/* What is known of somebody else's; how it takes tokens is not. */
static void write_registered(struct context *c, struct buf *b, const struct resource *r)
{
	struct str scopes = r->scopes, one;

	add_server(c, b, r->identifier);
	if (str_has_text(scopes)) {
		document_list_begin(b, "scopes_supported");
		while (str_next(&scopes, ' ', &one))
			document_list_add(b, one);
		buf_add_char(b, ']');
	}
	oauth_add_text(b, "resource_name", r->name);
	buf_add_char(b, '}');
}

static bool find_registered(struct context *c, struct str identifier, struct resource *out)
{
	enum db_status status = resource_read(c->store, c->arena, identifier, out);

	return !context_failed(c, status) && status == DB_OK && out->listed;
}

void oauth_protected_resource(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str identifier = resource_of_metadata_path(c, req->path);
	struct resource registered;
	enum own_resource which;
	struct buf b;

	if (own_resource_find(c, identifier, &which)) {
		write_own(c, &b, identifier, which);
	} else if (find_registered(c, identifier, &registered)) {
		write_registered(c, &b, &registered);
	} else {
		if (!c->failed)
			oauth_error(c, req, rep, 404);
		return;
	}
	document_send(req, rep, &b);
}
