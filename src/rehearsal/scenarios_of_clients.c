/* Scenarios about who is asking: RFC 6749 2.3.1 and 3.2.1. */
#include "rehearsal/scenario.h"
#include "rehearsal/spoil.h"

static struct str secret_of(const struct staging *s)
{
	return str_from(s->client_secret);
}

static bool set_secret(struct staging *s, struct str secret)
{
	stage_param(s, "client_secret", secret);
	return true;
}

static bool no_client_id(struct staging *s)
{
	stage_param(s, "client_id", STR_NONE);
	return true;
}

static bool nothing(struct staging *s)
{
	s->request.params.n = 0;
	s->request.content_type = STR_NONE;
	return true;
}

static bool json_as_form(struct staging *s)
{
	s->request.body = str_printf(s->c->arena,
		"{\"client_id\":\"%.*s\",\"client_secret\":\"%s\",\"code\":\"%.*s\"}",
		STR_ARG(s->app.client_id), s->client_secret, STR_ARG(s->code));
	return true;
}

static bool unknown_client(struct staging *s)
{
	stage_param(s, "client_id", STR("my-app"));
	return true;
}

static bool other_server(struct staging *s)
{
	stage_param(s, "client_id", STR("Ov23liREHEARSAL00000"));
	return true;
}

static bool spaced_id(struct staging *s)
{
	stage_param(s, "client_id", str_printf(s->c->arena, "%.*s ", STR_ARG(s->app.client_id)));
	return true;
}

static bool swapped(struct staging *s)
{
	stage_param(s, "client_id", secret_of(s));
	return set_secret(s, s->app.client_id);
}

static bool no_secret(struct staging *s)
{
	return set_secret(s, STR_NONE);
}

static bool wrong_secret(struct staging *s)
{
	return set_secret(s, STR("0123456789abcdef0123456789abcdef01234567"));
}

static bool short_secret(struct staging *s)
{
	return set_secret(s, str_slice(secret_of(s), 0, CLIENT_SECRET_LEN / 2));
}

static bool placeholder(struct staging *s)
{
	return set_secret(s, STR("${CLIENT_SECRET}"));
}

static bool spaced_secret(struct staging *s)
{
	return set_secret(s, str_printf(s->c->arena, "%s\n", s->client_secret));
}

static bool upper_case_secret(struct staging *s)
{
	char *text = str_c(s->c->arena, secret_of(s));

	for (char *p = text; *p; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 32);
	return set_secret(s, str_from(text));
}

static bool secret_of_another_app(struct staging *s)
{
	char *secret = arena_alloc(s->c->arena, CLIENT_SECRET_LEN + 1);
	struct app other;

	return !context_failed(s->c, spoil_make_app(s->c, s->owner.id, &other, secret)) &&
	       set_secret(s, str_from(secret));
}

static bool broken_basic(struct staging *s)
{
	s->request.authorization = STR("Basic not~base64");
	no_client_id(s);
	return no_secret(s);
}

static bool bearer(struct staging *s)
{
	s->request.authorization = str_printf(s->c->arena, "Bearer %s", s->client_secret);
	return no_secret(s);
}

static bool conflict(struct staging *s)
{
	s->request.authorization = stage_basic(s, STR("Ov23liREHEARSAL00000"), secret_of(s));
	return true;
}

const struct scenario scenarios_of_clients[] = {
	{CAUSE_CLIENT_ID_MISSING, STAGE_CODE, no_client_id},
	{CAUSE_CLIENT_NOTHING_SENT, STAGE_CODE, nothing},
	{CAUSE_CLIENT_JSON_AS_FORM, STAGE_CODE, json_as_form},
	{CAUSE_CLIENT_UNKNOWN, STAGE_CODE, unknown_client},
	{CAUSE_CLIENT_OF_ANOTHER_SERVER, STAGE_CODE, other_server},
	{CAUSE_CLIENT_ID_ALTERED, STAGE_CODE, spaced_id},
	{CAUSE_CLIENT_ID_SECRET_SWAPPED, STAGE_CODE, swapped},
	{CAUSE_CLIENT_SECRET_MISSING, STAGE_CODE, no_secret},
	{CAUSE_CLIENT_SECRET_WRONG, STAGE_CODE, wrong_secret},
	{CAUSE_CLIENT_SECRET_LENGTH, STAGE_CODE, short_secret},
	{CAUSE_CLIENT_SECRET_PLACEHOLDER, STAGE_CODE, placeholder},
	{CAUSE_CLIENT_SECRET_SPACED, STAGE_CODE, spaced_secret},
	{CAUSE_CLIENT_SECRET_CASE, STAGE_CODE, upper_case_secret},
	{CAUSE_CLIENT_SECRET_OF_ANOTHER_APP, STAGE_CODE, secret_of_another_app},
	{CAUSE_CLIENT_BASIC_MALFORMED, STAGE_CODE, broken_basic},
	{CAUSE_CLIENT_WRONG_SCHEME, STAGE_CODE, bearer},
	{CAUSE_CLIENT_CREDENTIALS_CONFLICT, STAGE_CODE, conflict},
	{CAUSE_NONE, STAGE_CODE, NULL},
};
