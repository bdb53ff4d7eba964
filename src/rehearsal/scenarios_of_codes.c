/* Scenarios about the exchange of a code: RFC 6749 4.1.3, RFC 7636 4.5 and 4.6. Those that change
 * the code itself are rehearsal/spoil.c's. */
#include "core/pkce.h"
#include "rehearsal/scenario.h"
#include "rehearsal/spoil.h"
#include "store/rehearse.h"

static bool spoil(struct staging *s, enum cause cause)
{
	struct spoiling spoiling;
	enum db_status status = spoil_begin(s->c, s->code, &spoiling);

	if (status == DB_OK)
		status = spoil_find(cause)->run(&spoiling);
	if (context_failed(s->c, status) || status != DB_OK)
		return false;
	stage_param(s, "code", spoiling.text);
	return true;
}

#define SPOILED(name, cause)                                                                       \
	static bool name(struct staging *s)                                                        \
	{                                                                                          \
		return spoil(s, cause);                                                            \
	}
SPOILED(expired, CAUSE_CODE_EXPIRED)
SPOILED(redeemed, CAUSE_CODE_REDEEMED)
SPOILED(forgotten, CAUSE_CODE_FORGOTTEN)
SPOILED(invented, CAUSE_CODE_UNKNOWN)
SPOILED(of_another_app, CAUSE_CODE_OF_ANOTHER_APP)
SPOILED(altered, CAUSE_CODE_ALTERED)
SPOILED(cut, CAUSE_CODE_CUT)
SPOILED(encoded_twice, CAUSE_CODE_ENCODED_TWICE)
SPOILED(grant_revoked, CAUSE_CODE_GRANT_REVOKED)
SPOILED(user_suspended, CAUSE_CODE_USER_SUSPENDED)
SPOILED(app_suspended, CAUSE_APP_SUSPENDED)
SPOILED(secret_revoked, CAUSE_CLIENT_SECRET_REVOKED)
#undef SPOILED

static bool set(struct staging *s, const char *name, struct str value)
{
	stage_param(s, name, value);
	return true;
}

static bool no_code(struct staging *s)
{
	return set(s, "code", STR_NONE);
}

static bool no_hex(struct staging *s)
{
	return set(s, "code", STR("this-is-not-a-code-of-this-server"));
}

static bool other_redirect(struct staging *s)
{
	return set(s, "redirect_uri", STR("http://127.0.0.1/callback/"));
}

static bool other_grant_type(struct staging *s)
{
	return set(s, "grant_type", STR("client_credentials"));
}

static bool no_verifier(struct staging *s)
{
	return set(s, "code_verifier", STR_NONE);
}

static bool unexpected_verifier(struct staging *s)
{
	return set(s, "code_verifier", s->verifier);
}

static bool wrong_verifier(struct staging *s)
{
	return set(s, "code_verifier", STR("a-verifier-that-was-never-announced-to-the-server"));
}

static bool short_verifier(struct staging *s)
{
	return set(s, "code_verifier", str_slice(s->verifier, 0, 20));
}

static bool padded_verifier(struct staging *s)
{
	return set(s, "code_verifier", str_printf(s->c->arena, "%.*s=", STR_ARG(s->verifier)));
}

static bool odd_verifier(struct staging *s)
{
	return set(s, "code_verifier", str_printf(s->c->arena, "!%.*s", STR_ARG(s->verifier)));
}

static bool challenge_as_verifier(struct staging *s)
{
	return set(s, "code_verifier", s->challenge);
}

/* The client hashed twice when it made the challenge. */
static bool hashed_twice(struct staging *s)
{
	char twice[LIMIT_CHALLENGE];
	struct spoiling spoiling;

	pkce_challenge(s->challenge, twice);
	return !context_failed(s->c, spoil_begin(s->c, s->code, &spoiling)) &&
	       !context_failed(s->c,
		       rehearse_rebind_code(s->c->store, spoiling.code.id, s->app.id,
			       spoiling.code.redirect_uri, (struct str){twice, sizeof twice}));
}

static bool multipart(struct staging *s)
{
	s->request.content_type = STR("multipart/form-data; boundary=x");
	s->request.body = STR("--x--\r\n");
	return true;
}

static bool form_as_json(struct staging *s)
{
	s->request.content_type = STR("application/json");
	return true;
}

static bool unreadable(struct staging *s)
{
	s->request.body =
		str_printf(s->c->arena, "client_id=%.*s&code=%%z", STR_ARG(s->app.client_id));
	s->request.authorization = stage_basic(s, s->app.client_id, str_from(s->client_secret));
	return true;
}

static bool by_get(struct staging *s)
{
	s->request.method = "GET";
	s->request.content_type = STR_NONE;
	return true;
}

static bool repeated(struct staging *s)
{
	struct str query = stage_query(s->c->arena, &s->request);

	s->request.body =
		str_printf(s->c->arena, "%.*s&code=%.*s", STR_ARG(query), STR_ARG(s->code));
	return true;
}

const struct scenario scenarios_of_codes[] = {
	{CAUSE_APP_SUSPENDED, STAGE_CODE, app_suspended},
	{CAUSE_CLIENT_SECRET_REVOKED, STAGE_CODE, secret_revoked},
	{CAUSE_TOKEN_REQUEST_UNREADABLE, STAGE_CODE, unreadable},
	{CAUSE_TOKEN_CONTENT_TYPE, STAGE_CODE, multipart},
	{CAUSE_TOKEN_FORM_AS_JSON, STAGE_CODE, form_as_json},
	{CAUSE_TOKEN_BY_GET, STAGE_CODE, by_get},
	{CAUSE_TOKEN_PARAMETER_REPEATED, STAGE_CODE, repeated},
	{CAUSE_TOKEN_GRANT_TYPE, STAGE_CODE, other_grant_type},
	{CAUSE_CODE_MISSING, STAGE_CODE, no_code},
	{CAUSE_CODE_MALFORMED, STAGE_CODE, no_hex},
	{CAUSE_CODE_CUT, STAGE_CODE, cut},
	{CAUSE_CODE_ALTERED, STAGE_CODE, altered},
	{CAUSE_CODE_ENCODED_TWICE, STAGE_CODE, encoded_twice},
	{CAUSE_CODE_UNKNOWN, STAGE_CODE, invented},
	{CAUSE_CODE_FORGOTTEN, STAGE_CODE, forgotten},
	{CAUSE_CODE_OF_ANOTHER_APP, STAGE_CODE, of_another_app},
	{CAUSE_CODE_EXPIRED, STAGE_CODE, expired},
	{CAUSE_CODE_REDEEMED, STAGE_CODE, redeemed},
	{CAUSE_CODE_GRANT_REVOKED, STAGE_CODE, grant_revoked},
	{CAUSE_CODE_USER_SUSPENDED, STAGE_CODE, user_suspended},
	{CAUSE_CODE_REDIRECT_DIFFERS, STAGE_CODE, other_redirect},
	{CAUSE_VERIFIER_MISSING, STAGE_CODE_PKCE, no_verifier},
	{CAUSE_VERIFIER_UNEXPECTED, STAGE_CODE, unexpected_verifier},
	{CAUSE_VERIFIER_WRONG, STAGE_CODE_PKCE, wrong_verifier},
	{CAUSE_VERIFIER_LENGTH, STAGE_CODE_PKCE, short_verifier},
	{CAUSE_VERIFIER_PADDED, STAGE_CODE_PKCE, padded_verifier},
	{CAUSE_VERIFIER_MALFORMED, STAGE_CODE_PKCE, odd_verifier},
	{CAUSE_VERIFIER_IS_CHALLENGE, STAGE_CODE_PKCE, challenge_as_verifier},
	{CAUSE_VERIFIER_HASHED_TWICE, STAGE_CODE_PKCE, hashed_twice},
	{CAUSE_NONE, STAGE_CODE, NULL},
};
