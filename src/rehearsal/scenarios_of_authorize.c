/* Scenarios about the authorization request: RFC 6749 4.1.1, RFC 7636 4.3. */
#include "base/limits.h"
#include "rehearsal/scenario.h"

#define SET(name, value)                                                                           \
	stage_param(s, name, value);                                                               \
	return true

static bool no_client(struct staging *s)
{
	SET("client_id", STR_NONE);
}

static bool unknown_client(struct staging *s)
{
	SET("client_id", STR("my-app"));
}

static bool other_server(struct staging *s)
{
	SET("client_id", STR("Ov23liREHEARSAL00000"));
}

static bool spaced_client(struct staging *s)
{
	SET("client_id", str_printf(s->c->arena, "%.*s ", STR_ARG(s->app.client_id)));
}

/* A callback that is not a loopback one, so that its port counts; and what is asked for. */
static bool ask(struct staging *s, struct str registered, struct str asked)
{
	const struct callback callback = {registered, REDIRECT_EXACT};
	const struct app_fields fields = {.name = s->app.name,
		.homepage = s->app.homepage,
		.device_flow = true,
		.callbacks = &callback,
		.callbacks_n = 1};

	if (context_failed(s->c, app_update(s->c->store, s->c->arena, s->app.id, &fields)))
		return false;
	SET("redirect_uri", asked);
}

#define REGISTERED "https://app.example/auth-callback"
#define ASK(name, asked)                                                                           \
	static bool name(struct staging *s)                                                        \
	{                                                                                          \
		return ask(s, STR(REGISTERED), STR(asked));                                        \
	}
ASK(other_scheme, "http://app.example/auth-callback")
ASK(other_host, "https://www.app.example/auth-callback")
ASK(other_port, "https://app.example:8443/auth-callback")
ASK(slash, "https://app.example/auth-callback/")
ASK(other_case, "https://app.example/Auth-Callback")
ASK(encoded, "https://app.example/auth%2Dcallback")
ASK(other_path, "https://app.example/callback")
ASK(other_query, "https://app.example/auth-callback?from=login")
ASK(malformed, "https://app.example/auth-callback#done")
#undef ASK

static bool implicit(struct staging *s)
{
	SET("response_type", STR("token"));
}

static bool long_state(struct staging *s)
{
	char *text = arena_alloc(s->c->arena, LIMIT_STATE + 1);

	for (size_t i = 0; i <= LIMIT_STATE; i++)
		text[i] = 's';
	SET("state", ((struct str){text, LIMIT_STATE + 1}));
}

static bool bad_state(struct staging *s)
{
	SET("state", STR("a\nb"));
}

static bool many_scopes(struct staging *s)
{
	char *text = arena_alloc(s->c->arena, 2 * LIMIT_SCOPES + 2);

	for (size_t i = 0; i < LIMIT_SCOPES + 1; i++) {
		text[2 * i] = 'x';
		text[2 * i + 1] = ' ';
	}
	SET("scope", ((struct str){text, 2 * LIMIT_SCOPES + 1}));
}

static bool challenge(struct staging *s, struct str value, struct str method)
{
	stage_param(s, "code_challenge", value);
	SET("code_challenge_method", method);
}

static bool no_method(struct staging *s)
{
	return challenge(s, s->challenge, STR_NONE);
}

static bool plain(struct staging *s)
{
	return challenge(s, s->challenge, STR("plain"));
}

static bool no_challenge(struct staging *s)
{
	return challenge(s, STR_NONE, STR("S256"));
}

static bool short_challenge(struct staging *s)
{
	return challenge(s, str_slice(s->challenge, 0, 20), STR("S256"));
}

static bool padded(struct staging *s)
{
	return challenge(s, str_printf(s->c->arena, "%.*s=", STR_ARG(s->challenge)), STR("S256"));
}

static bool other_alphabet(struct staging *s)
{
	return challenge(s,
		str_printf(
			s->c->arena, "+%.*s", STR_ARG(str_slice(s->challenge, 1, s->challenge.n))),
		STR("S256"));
}

static bool hex(struct staging *s)
{
	uint8_t hash[SHA256_LEN];
	char *text = arena_alloc(s->c->arena, 2 * SHA256_LEN + 1);

	sha256(s->verifier, hash);
	hex_encode(hash, sizeof hash, text);
	return challenge(s, str_from(text), STR("S256"));
}

const struct scenario scenarios_of_authorize[] = {
	{CAUSE_AUTHORIZE_CLIENT_MISSING, STAGE_AUTHORIZE, no_client},
	{CAUSE_AUTHORIZE_CLIENT_UNKNOWN, STAGE_AUTHORIZE, unknown_client},
	{CAUSE_AUTHORIZE_CLIENT_OF_ANOTHER_SERVER, STAGE_AUTHORIZE, other_server},
	{CAUSE_AUTHORIZE_CLIENT_ID_ALTERED, STAGE_AUTHORIZE, spaced_client},
	{CAUSE_AUTHORIZE_REDIRECT_MALFORMED, STAGE_AUTHORIZE, malformed},
	{CAUSE_AUTHORIZE_REDIRECT_SCHEME, STAGE_AUTHORIZE, other_scheme},
	{CAUSE_AUTHORIZE_REDIRECT_HOST, STAGE_AUTHORIZE, other_host},
	{CAUSE_AUTHORIZE_REDIRECT_PORT, STAGE_AUTHORIZE, other_port},
	{CAUSE_AUTHORIZE_REDIRECT_SLASH, STAGE_AUTHORIZE, slash},
	{CAUSE_AUTHORIZE_REDIRECT_CASE, STAGE_AUTHORIZE, other_case},
	{CAUSE_AUTHORIZE_REDIRECT_ENCODING, STAGE_AUTHORIZE, encoded},
	{CAUSE_AUTHORIZE_REDIRECT_PATH, STAGE_AUTHORIZE, other_path},
	{CAUSE_AUTHORIZE_REDIRECT_QUERY, STAGE_AUTHORIZE, other_query},
	{CAUSE_AUTHORIZE_RESPONSE_TYPE, STAGE_AUTHORIZE, implicit},
	{CAUSE_AUTHORIZE_STATE_TOO_LONG, STAGE_AUTHORIZE, long_state},
	{CAUSE_AUTHORIZE_STATE_MALFORMED, STAGE_AUTHORIZE, bad_state},
	{CAUSE_AUTHORIZE_SCOPE_TOO_LONG, STAGE_AUTHORIZE, many_scopes},
	{CAUSE_AUTHORIZE_PKCE_METHOD_MISSING, STAGE_AUTHORIZE, no_method},
	{CAUSE_AUTHORIZE_PKCE_METHOD, STAGE_AUTHORIZE, plain},
	{CAUSE_AUTHORIZE_PKCE_CHALLENGE_MISSING, STAGE_AUTHORIZE, no_challenge},
	{CAUSE_AUTHORIZE_PKCE_CHALLENGE, STAGE_AUTHORIZE, short_challenge},
	{CAUSE_AUTHORIZE_PKCE_CHALLENGE_PADDED, STAGE_AUTHORIZE, padded},
	{CAUSE_AUTHORIZE_PKCE_CHALLENGE_ALPHABET, STAGE_AUTHORIZE, other_alphabet},
	{CAUSE_AUTHORIZE_PKCE_CHALLENGE_HEX, STAGE_AUTHORIZE, hex},
	{CAUSE_NONE, STAGE_AUTHORIZE, NULL},
};
