/* Scenarios that only the standard edge knows: RFC 6749 to the letter, OAuth 2.1, RFC 7662, RFC
 * 7009, and registration by programs (RFC 7591, RFC 7592). */
#include "base/crypto.h"
#include "flow/exchange_token.h"
#include "flow/jwt_bearer.h"
#include "flow/pushed_request.h"
#include "rehearsal/scenario.h"
#include "store/pushed_request.h"
#include "store/registration.h"

#define BOTH (DIALECT_GITHUB | DIALECT_STANDARD)

static bool good(struct staging *s, enum db_status status)
{
	return !context_failed(s->c, status) && status == DB_OK;
}

static bool set(struct staging *s, const char *name, struct str value)
{
	stage_param(s, name, value);
	return true;
}

static bool serve(
	struct staging *s, unsigned dialects, enum profile profile, enum auth_method auth_method)
{
	return good(s, app_set_service(s->c->store, s->app.id, dialects, profile, auth_method,
			       s->app.metadata));
}

/* who is asking */

static bool two_methods(struct staging *s)
{
	s->request.authorization = stage_basic(s, s->app.client_id, str_from(s->client_secret));
	return true;
}

static bool secret_of_public_client(struct staging *s)
{
	return serve(s, BOTH, PROFILE_GITHUB, AUTH_NONE);
}

static bool public_client_asks(struct staging *s)
{
	return serve(s, BOTH, PROFILE_GITHUB, AUTH_NONE) && set(s, "client_secret", STR_NONE);
}

static bool of_other_dialect(struct staging *s)
{
	return serve(s, DIALECT_GITHUB, PROFILE_GITHUB, AUTH_SECRET);
}

static bool strict_and_public(struct staging *s)
{
	return serve(s, BOTH, PROFILE_STRICT, AUTH_NONE) && set(s, "client_secret", STR_NONE);
}

/* the authorization request */

static bool register_callbacks(struct staging *s, const struct callback *callbacks, size_t n)
{
	const struct app_fields fields = {.name = s->app.name,
		.homepage = s->app.homepage,
		.device_flow = true,
		.callbacks = callbacks,
		.callbacks_n = n};

	return good(s, app_update(s->c->store, s->c->arena, s->app.id, &fields));
}

static bool which_callback(struct staging *s)
{
	const struct callback callbacks[] = {{STR("https://app.example/callback"), REDIRECT_EXACT},
		{STR("https://app.example/callback2"), REDIRECT_EXACT}};

	return register_callbacks(s, callbacks, 2) && set(s, "redirect_uri", STR_NONE);
}

static bool plain_callback(struct staging *s)
{
	const struct callback callback = {STR("http://app.example/callback"), REDIRECT_EXACT};

	return register_callbacks(s, &callback, 1) && serve(s, BOTH, PROFILE_STRICT, AUTH_SECRET) &&
	       set(s, "redirect_uri", callback.uri);
}

static bool no_response_type(struct staging *s)
{
	return set(s, "response_type", STR_NONE);
}

static bool fragment_mode(struct staging *s)
{
	return set(s, "response_mode", STR("fragment"));
}

static bool quoted_scope(struct staging *s)
{
	return set(s, "scope", STR("\"user:email\""));
}

static bool no_pkce(struct staging *s)
{
	return serve(s, BOTH, PROFILE_STANDARD, AUTH_SECRET) &&
	       set(s, "code_challenge", STR_NONE) && set(s, "code_challenge_method", STR_NONE);
}

static bool has_to_push(struct staging *s)
{
	s->app.metadata = STR("{\"require_pushed_authorization_requests\":true}");
	return serve(s, BOTH, PROFILE_GITHUB, AUTH_SECRET);
}

static bool reference_inside(struct staging *s)
{
	return set(s, "request_uri", STR("https://app.example/request.jwt"));
}

static bool unknown_reference(struct staging *s)
{
	return set(s, "request_uri", STR(PUSHED_PREFIX "REHEARSAL"));
}

static bool reference_of_another(struct staging *s)
{
	return stage_pushed(s, 0, 60);
}

static bool old_reference(struct staging *s)
{
	return stage_pushed(s, s->app.id, -60);
}

static bool used_reference(struct staging *s)
{
	struct str uri = stage_get(s, "request_uri");

	return good(s,
		pushed_request_use(s->c->store, str_slice(uri, sizeof PUSHED_PREFIX - 1, uri.n)));
}

/* the token request */

static bool json_body(struct staging *s)
{
	s->request.content_type = STR("application/json");
	s->request.body = str_printf(s->c->arena,
		"{\"grant_type\":\"authorization_code\",\"client_id\":\"%.*s\","
		"\"client_secret\":\"%s\",\"code\":\"%.*s\"}",
		STR_ARG(s->app.client_id), s->client_secret, STR_ARG(s->code));
	return true;
}

static bool in_url(struct staging *s)
{
	s->request.path = STR("/oauth2/token?grant_type=authorization_code");
	return set(s, "grant_type", STR_NONE);
}

static bool no_token(struct staging *s)
{
	return set(s, "token", STR_NONE);
}

static bool password_grant(struct staging *s)
{
	return set(s, "grant_type", STR("password"));
}

static bool more_than_own(struct staging *s)
{
	return set(s, "scope", STR("repo"));
}

static bool registered_for_codes(struct staging *s)
{
	return good(s, app_set_service(s->c->store, s->app.id, BOTH, PROFILE_GITHUB, AUTH_SECRET,
			       STR("{\"grant_types\":[\"authorization_code\"]}")));
}

/* What was not verified yet is refused for what it says of itself: so nobody has to sign. */
static bool assert_as(struct staging *s, struct str issuer)
{
	struct arena *a = s->c->arena;
	struct str claims = str_printf(a, "{\"iss\":\"%.*s\",\"sub\":\"%.*s\"}", STR_ARG(issuer),
		STR_ARG(s->person.login));
	struct str payload = base64url_encode(a, (const uint8_t *)claims.p, claims.n);

	return good(s, app_set_service(s->c->store, s->app.id, BOTH, PROFILE_GITHUB, AUTH_SECRET,
			       STR("{\"grant_types\":[\"" JWT_BEARER_GRANT_TYPE "\"]}"))) &&
	       set(s, "grant_type", STR(JWT_BEARER_GRANT_TYPE)) &&
	       set(s, "assertion",
		       str_printf(a, "eyJhbGciOiJFUzI1NiJ9.%.*s.c2lnbmF0dXJl", STR_ARG(payload)));
}

static bool self_issued(struct staging *s)
{
	return assert_as(s, s->app.client_id);
}

static bool unknown_issuer(struct staging *s)
{
	return assert_as(s, STR("https://unknown.example"));
}

static bool no_assertion(struct staging *s)
{
	return assert_as(s, STR("https://unknown.example")) && set(s, "assertion", STR("a.b"));
}

static bool exchange(struct staging *s, const char *type, struct str token)
{
	return good(s, app_set_service(s->c->store, s->app.id, BOTH, PROFILE_GITHUB, AUTH_SECRET,
			       STR("{\"grant_types\":[\"" EXCHANGE_GRANT_TYPE "\"]}"))) &&
	       set(s, "grant_type", STR(EXCHANGE_GRANT_TYPE)) &&
	       set(s, "subject_token_type", str_from(type)) && set(s, "subject_token", token);
}

static bool exchange_refresh_token(struct staging *s)
{
	return exchange(s, "urn:ietf:params:oauth:token-type:refresh_token", STR("ghr_x"));
}

static bool exchange_nothing_of_ours(struct staging *s)
{
	return exchange(s, TOKEN_TYPE_ACCESS, STR("not-a-token"));
}

static bool relative_resource(struct staging *s)
{
	return set(s, "resource", STR("/api"));
}

static bool other_resource(struct staging *s)
{
	return set(s, "resource", STR("https://api.example.com/"));
}

static bool no_redirect_uri(struct staging *s)
{
	return set(s, "redirect_uri", STR_NONE);
}

static bool stricter_since(struct staging *s)
{
	return serve(s, BOTH, PROFILE_STANDARD, AUTH_SECRET);
}

/* At the API: the person's token is one of the app itself. */
static bool own_token(struct staging *s)
{
	s->token = stage_own_token(s);
	s->request.authorization = str_printf(s->c->arena, "Bearer %.*s", STR_ARG(s->token));
	return !s->c->failed;
}

/* registration */

static bool no_bearer(struct staging *s)
{
	s->request.authorization = STR_NONE;
	return true;
}

static bool wrong_initial(struct staging *s)
{
	s->request.authorization = STR("Bearer lri_0123456789abcdef0123456789abcdef01234567");
	return true;
}

static bool wrong_access(struct staging *s)
{
	s->request.authorization = STR("Bearer lrm_0123456789abcdef0123456789abcdef01234567");
	return true;
}

static bool ended_initial(struct staging *s)
{
	return good(s, registration_token_revoke(s->c->store, s->registration_id));
}

#define BODY(name, json)                                                                           \
	static bool name(struct staging *s)                                                        \
	{                                                                                          \
		s->request.body = STR(json);                                                       \
		return true;                                                                       \
	}
BODY(form_body, "redirect_uris=https://app.example/callback")
BODY(fragment_uri, "{\"redirect_uris\":[\"https://app.example/callback#done\"]}")
BODY(implicit_grant, "{\"redirect_uris\":[\"https://app.example/callback\"],"
		     "\"grant_types\":[\"implicit\"]}")
/* Nothing is fetched from an address of a private network. */
BODY(private_sector, "{\"redirect_uris\":[\"https://app.example/callback\"],"
		     "\"sector_identifier_uri\":\"https://10.0.0.1/redirect-uris.json\"}")
BODY(statement, "{\"redirect_uris\":[\"https://app.example/callback\"],"
		"\"software_statement\":\"e30.e30.\"}")
#undef BODY

static bool another_client(struct staging *s)
{
	s->request.method = "PUT";
	s->request.content_type = STR("application/json");
	s->request.body = STR("{\"client_id\":\"Ov23liREHEARSAL00000\","
			      "\"redirect_uris\":[\"https://app.example/callback\"]}");
	return true;
}

const struct scenario scenarios_of_standard[] = {
	{CAUSE_CLIENT_METHODS_MIXED, STAGE_OAUTH_CODE_PKCE, two_methods},
	{CAUSE_CLIENT_AUTH_METHOD, STAGE_OAUTH_CODE_PKCE, secret_of_public_client},
	{CAUSE_CLIENT_IS_PUBLIC, STAGE_OAUTH_INTROSPECT, public_client_asks},
	{CAUSE_APP_DIALECT, STAGE_OAUTH_DEVICE, of_other_dialect},
	{CAUSE_APP_PROFILE_PUBLIC, STAGE_OAUTH_CODE_PKCE, strict_and_public},

	{CAUSE_AUTHORIZE_REDIRECT_MISSING, STAGE_OAUTH_AUTHORIZE, which_callback},
	{CAUSE_AUTHORIZE_REDIRECT_PLAIN, STAGE_OAUTH_AUTHORIZE, plain_callback},
	{CAUSE_AUTHORIZE_RESPONSE_TYPE_MISSING, STAGE_OAUTH_AUTHORIZE, no_response_type},
	{CAUSE_AUTHORIZE_RESPONSE_MODE, STAGE_OAUTH_AUTHORIZE, fragment_mode},
	{CAUSE_SCOPE_MALFORMED, STAGE_OAUTH_AUTHORIZE, quoted_scope},
	{CAUSE_AUTHORIZE_PKCE_REQUIRED, STAGE_OAUTH_AUTHORIZE, no_pkce},

	{CAUSE_PUSH_REQUIRED, STAGE_OAUTH_AUTHORIZE, has_to_push},
	{CAUSE_PUSH_NESTED, STAGE_OAUTH_PAR, reference_inside},
	{CAUSE_PUSHED_UNKNOWN, STAGE_OAUTH_PUSHED, unknown_reference},
	{CAUSE_PUSHED_OF_ANOTHER_APP, STAGE_OAUTH_PUSHED, reference_of_another},
	{CAUSE_PUSHED_EXPIRED, STAGE_OAUTH_PUSHED, old_reference},
	{CAUSE_PUSHED_USED, STAGE_OAUTH_PUSHED, used_reference},

	{CAUSE_TOKEN_NOT_A_FORM, STAGE_OAUTH_CODE_PKCE, json_body},
	{CAUSE_TOKEN_PARAMETER_IN_URL, STAGE_OAUTH_CODE_PKCE, in_url},
	{CAUSE_TOKEN_PARAMETER_MISSING, STAGE_OAUTH_REVOKE, no_token},
	{CAUSE_GRANT_TYPE_UNKNOWN, STAGE_OAUTH_CODE_PKCE, password_grant},
	{CAUSE_GRANT_TYPE_UNREGISTERED, STAGE_OAUTH_CLIENT, registered_for_codes},
	{CAUSE_BEARER_MALFORMED, STAGE_OAUTH_CLIENT, no_assertion},
	{CAUSE_BEARER_OWN, STAGE_OAUTH_CLIENT, self_issued},
	{CAUSE_BEARER_ISSUER, STAGE_OAUTH_CLIENT, unknown_issuer},
	{CAUSE_EXCHANGE_TYPE, STAGE_OAUTH_CLIENT, exchange_refresh_token},
	{CAUSE_EXCHANGE_TOKEN_BAD, STAGE_OAUTH_CLIENT, exchange_nothing_of_ours},
	{CAUSE_CLIENT_GRANT_SCOPE, STAGE_OAUTH_CLIENT, more_than_own},
	{CAUSE_RESOURCE_MALFORMED, STAGE_OAUTH_CLIENT, relative_resource},
	{CAUSE_RESOURCE_UNKNOWN, STAGE_OAUTH_CLIENT, other_resource},
	{CAUSE_RESOURCE_NOT_GRANTED, STAGE_OAUTH_CODE_PKCE, other_resource},
	{CAUSE_CODE_REDIRECT_MISSING, STAGE_OAUTH_CODE, no_redirect_uri},
	{CAUSE_CODE_WITHOUT_CHALLENGE, STAGE_OAUTH_CODE, stricter_since},
	{CAUSE_REFRESH_SCOPE_WIDER, STAGE_OAUTH_REFRESH, more_than_own},
	{CAUSE_TOKEN_OF_NO_USER, STAGE_API, own_token},

	{CAUSE_REGISTRATION_TOKEN_ABSENT, STAGE_REGISTERED, no_bearer},
	{CAUSE_REGISTRATION_TOKEN_WRONG, STAGE_REGISTER, wrong_initial},
	{CAUSE_REGISTRATION_TOKEN_OVER, STAGE_REGISTER, ended_initial},
	{CAUSE_REGISTRATION_MANAGE_TOKEN, STAGE_REGISTERED, wrong_access},
	{CAUSE_REGISTRATION_BODY, STAGE_REGISTER, form_body},
	{CAUSE_REGISTRATION_REDIRECT_URI, STAGE_REGISTER, fragment_uri},
	{CAUSE_REGISTRATION_MEMBER, STAGE_REGISTER, implicit_grant},
	{CAUSE_REGISTRATION_SECTOR, STAGE_REGISTER, private_sector},
	{CAUSE_REGISTRATION_CLIENT_DIFFERS, STAGE_REGISTERED, another_client},
	{CAUSE_REGISTRATION_STATEMENT, STAGE_REGISTER, statement},
	{CAUSE_NONE, STAGE_OAUTH_CODE, NULL},
};
