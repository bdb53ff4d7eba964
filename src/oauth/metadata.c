/* GET /.well-known/oauth-authorization-server (RFC 8414) and /.well-known/openid-configuration
 * (OpenID Connect Discovery 3 and 4), which has the members of the other and more. Only what is
 * there is told, from the very tables that requests are answered from (assurance 8414-06). */
#include "base/arena.h"
#include "base/limits.h"
#include "core/acr.h"
#include "core/openid_claims.h"
#include "core/profile.h"
#include "core/prompt.h"
#include "core/scope.h"
#include "flow/own_resource.h"
#include "flow/signing.h"
#include "oauth/document.h"
#include "oauth/grants.h"
#include "oauth/oauth.h"
#include "oauth/reply.h"
#include "store/detail_type.h"
#include "store/resource.h"

static void add_grants(struct buf *b)
{
	document_list_begin(b, "grant_types_supported");
	for (const struct oauth_grant *g = oauth_grants; g->name; g++)
		document_list_add(b, str_from(g->name));
	buf_add_char(b, ']');
}

static void add_scopes(struct buf *b)
{
	document_list_begin(b, "scopes_supported");
	for (size_t i = 0; i < scope_count(); i++)
		document_list_add(b, scope_name(i));
	document_list_add(b, STR("offline_access"));
	buf_add_char(b, ']');
}

/* Those of an ID token, then those about a person. */
static void add_claims(struct buf *b)
{
	static const char *const of_token[] = {"iss", "sub", "aud", "exp", "iat", "auth_time",
		"nonce", "acr", "amr", "sid", "at_hash"};

	document_list_begin(b, "claims_supported");
	for (size_t i = 0; i < sizeof of_token / sizeof of_token[0]; i++)
		document_list_add(b, str_from(of_token[i]));
	for (int i = 0; i < OPENID_CLAIMS; i++)
		document_list_add(b, str_from(openid_claim_name((enum openid_claim)i)));
	buf_add_char(b, ']');
}

static void add_prompts(struct buf *b)
{
	document_list_begin(b, "prompt_values_supported");
	for (size_t i = 0; prompt_name(i); i++)
		document_list_add(b, str_from(prompt_name(i)));
	buf_add_char(b, ']');
}

static void add_url(struct context *c, struct buf *b, const char *name, const char *path)
{
	oauth_add_text(
		b, name, str_printf(c->arena, "%.*s%s", STR_ARG(c->settings->base_url), path));
}

/* RFC 9728 4: ours, and those that may be told of. */
static void add_resources(struct context *c, struct buf *b)
{
	struct resource *told;
	size_t n;

	if (context_failed(
		    c, resource_list_told(c->store, c->arena, LIMIT_RESOURCES_TOLD, &told, &n)))
		return;
	document_list_begin(b, "protected_resources");
	for (int i = 0; i < OWN_RESOURCES; i++)
		document_list_add(b, own_resource_identifier(c, (enum own_resource)i));
	for (size_t i = 0; i < n; i++)
		document_list_add(b, told[i].identifier);
	buf_add_char(b, ']');
}

/* RFC 9396 10 */
static void add_detail_types(struct context *c, struct buf *b)
{
	struct detail_types known;

	if (context_failed(c, detail_type_list(c->store, c->arena, &known)) || known.n == 0)
		return;
	document_list_begin(b, "authorization_details_types_supported");
	for (size_t i = 0; i < known.n; i++)
		document_list_add(b, known.v[i].name);
	buf_add_char(b, ']');
}

/* RFC 8705 5 */
static void add_aliases(struct context *c, struct buf *b)
{
	static const char *const endpoints[][2] = {{"token_endpoint", "/oauth2/token"},
		{"revocation_endpoint", "/oauth2/revoke"},
		{"introspection_endpoint", "/oauth2/introspect"},
		{"device_authorization_endpoint", "/oauth2/device_authorization"},
		{"pushed_authorization_request_endpoint", "/oauth2/par"}};

	if (!str_has_text(c->settings->mtls_url))
		return;
	buf_add_c(b, ",\"mtls_endpoint_aliases\":");
	for (size_t i = 0; i < sizeof endpoints / sizeof endpoints[0]; i++) {
		buf_addf(b, "%s\"%s\":", i ? "," : "{", endpoints[i][0]);
		buf_add_json(b, str_printf(c->arena, "%.*s%s", STR_ARG(c->settings->mtls_url),
					endpoints[i][1]));
	}
	buf_add_char(b, '}');
}

/* The methods of flow/authenticate_client.c; certificates only where they are asked for, and what a
 * public client may do only where one may do anything. */
static void add_methods(struct context *c, struct buf *b, const char *endpoint, bool public_too)
{
	static const char *const algs[] = {"ES256", "PS256", "RS256", "EdDSA", "HS256", NULL};
	bool certificates = str_has_text(c->settings->mtls_url);

	document_list_begin(
		b, str_c(c->arena,
			   str_printf(c->arena, "%s_endpoint_auth_methods_supported", endpoint)));
	for (int m = 0; m < AUTH_METHODS; m++) {
		bool by_certificate = m == AUTH_TLS || m == AUTH_SELF_SIGNED_TLS;

		if ((by_certificate && !certificates) || (m == AUTH_NONE && !public_too))
			continue;
		document_list_add(b, str_from(auth_method_word((enum auth_method)m)));
		if (m == AUTH_SECRET)
			document_list_add(b, STR("client_secret_post"));
	}
	buf_add_char(b, ']');
	document_list(b,
		str_c(c->arena, str_printf(c->arena,
					"%s_endpoint_auth_signing_alg_values_supported", endpoint)),
		algs);
}

/* OpenID Connect Discovery 3; RP-Initiated Logout 2.1; Back-Channel Logout 2.1. */
static void add_openid(struct context *c, struct buf *b)
{
	static const char *const subjects[] = {"public", "pairwise", NULL}, *const classes[] = {
										    ACR_ONE,
										    ACR_TWO, NULL};

	add_url(c, b, "userinfo_endpoint", "/oauth2/userinfo");
	add_url(c, b, "end_session_endpoint", "/oauth2/logout");
	document_list(b, "subject_types_supported", subjects);
	document_algorithms(c, b, "id_token_signing_alg_values_supported");
	document_algorithms(c, b, "userinfo_signing_alg_values_supported");
	document_list(b, "acr_values_supported", classes);
	add_claims(b);
	add_prompts(b);
	oauth_add_flag(b, "claims_parameter_supported", true);
	oauth_add_flag(b, "request_uri_parameter_supported", false);
	oauth_add_flag(b, "backchannel_logout_supported", true);
	oauth_add_flag(b, "backchannel_logout_session_supported", true);
}

static void write_document(struct context *c, struct buf *b, bool openid)
{
	static const char *const code[] = {"code", NULL},
				 *const modes[] = {"query", "form_post", NULL},
				 *const s256[] = {"S256", NULL},
				 *const signed_by[] = {"ES256", "PS256", "RS256", "EdDSA", NULL},
				 *const langs[] = {"en", "es", NULL};

	oauth_begin(c, b);
	oauth_add_text(b, "issuer", c->settings->base_url);
	add_url(c, b, "authorization_endpoint", "/oauth2/authorize");
	add_url(c, b, "token_endpoint", "/oauth2/token");
	add_url(c, b, "jwks_uri", "/oauth2/jwks"); /* also for who reads JWTs: RFC 9068 4 */
	add_url(c, b, "revocation_endpoint", "/oauth2/revoke");
	add_url(c, b, "introspection_endpoint", "/oauth2/introspect");
	add_url(c, b, "device_authorization_endpoint", "/oauth2/device_authorization");
	add_url(c, b, "pushed_authorization_request_endpoint", "/oauth2/par");
	if (c->settings->require_pushed)
		oauth_add_flag(b, "require_pushed_authorization_requests", true);
	if (c->settings->registration != REGISTRATION_OFF)
		add_url(c, b, "registration_endpoint", "/oauth2/register");
	oauth_add_flag(
		b, "client_id_metadata_document_supported", c->settings->client_id_documents);
	document_list(b, "response_types_supported", code);
	document_list(b, "response_modes_supported", modes);
	add_grants(b);
	add_methods(c, b, "token", true);
	add_methods(c, b, "revocation", true);
	add_methods(c, b, "introspection", false);
	document_proof_algorithms(b);
	oauth_add_flag(b, "request_parameter_supported", true);
	document_list(b, "request_object_signing_alg_values_supported", signed_by);
	if (str_has_text(c->settings->mtls_url))
		oauth_add_flag(b, "tls_client_certificate_bound_access_tokens", true);
	add_aliases(c, b);
	document_list(b, "code_challenge_methods_supported", s256);
	add_scopes(b);
	oauth_add_flag(b, "authorization_response_iss_parameter_supported", true);
	document_list(b, "ui_locales_supported", langs);
	if (openid)
		add_openid(c, b);
	add_resources(c, b);
	add_detail_types(c, b);
	add_url(c, b, "service_documentation",
		"/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps");
	buf_add_char(b, '}');
}

static void send_document(
	struct context *c, struct http_request *req, struct http_reply *rep, bool openid)
{
	struct buf b;

	write_document(c, &b, openid);
	if (!c->failed)
		document_send(req, rep, &b);
}

void oauth_metadata(struct context *c, struct http_request *req, struct http_reply *rep)
{
	send_document(c, req, rep, false);
}

void oauth_discovery(struct context *c, struct http_request *req, struct http_reply *rep)
{
	signing_will_be_needed(c);
	send_document(c, req, rep, true);
}

/* The path of the issuer, without its slash; "" when it has none. */
static struct str path_of(struct str base_url)
{
	size_t host = str_find(base_url, ':') + 3;
	size_t slash = host + str_find(str_slice(base_url, host, base_url.n), '/');

	return str_slice(base_url, slash < base_url.n ? slash + 1 : slash, base_url.n);
}

/* RFC 8414 3.1 puts the issuer's path behind the well-known one, older clients before it. */
static void send_of_path(
	struct context *c, struct http_request *req, struct http_reply *rep, http_handler *document)
{
	struct str path = path_of(c->settings->base_url);
	struct str named = str_is_set(req->vars[1])
				   ? str_printf(c->arena, "%.*s/%.*s", STR_ARG(req->vars[0]),
					     STR_ARG(req->vars[1]))
				   : req->vars[0];

	if (str_has_text(path) && str_eq(path, named))
		document(c, req, rep);
	else
		oauth_error(c, req, rep, 404);
}

void oauth_metadata_of_path(struct context *c, struct http_request *req, struct http_reply *rep)
{
	send_of_path(c, req, rep, oauth_metadata);
}

void oauth_discovery_of_path(struct context *c, struct http_request *req, struct http_reply *rep)
{
	send_of_path(c, req, rep, oauth_discovery);
}
