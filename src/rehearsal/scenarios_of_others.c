/* Scenarios about refresh tokens, devices, tokens at the API, and looking after tokens. */
#include "rehearsal/scenario.h"
#include "rehearsal/spoil.h"
#include "store/refresh.h"
#include "store/rehearse.h"

enum { MINUTE = 60, DAY = 86400, POLLS = 2 };

static bool good(struct staging *s, enum db_status status)
{
	return !context_failed(s->c, status) && status == DB_OK;
}

static bool set(struct staging *s, const char *name, struct str value)
{
	stage_param(s, name, value);
	return true;
}

/* refresh */

static bool no_refresh(struct staging *s)
{
	return set(s, "refresh_token", STR_NONE);
}

static bool short_refresh(struct staging *s)
{
	return set(s, "refresh_token", str_slice(s->refresh_token, 0, 40));
}

static bool altered_refresh(struct staging *s)
{
	char *text = str_c(s->c->arena, s->refresh_token);

	text[20] = text[20] == 'a' ? 'b' : 'a';
	return set(s, "refresh_token", str_from(text));
}

static bool refresh_of_another_app(struct staging *s)
{
	char *secret = arena_alloc(s->c->arena, CLIENT_SECRET_LEN + 1);
	struct app other;

	if (!good(s, spoil_make_app(s->c, s->owner.id, &other, secret)))
		return false;
	set(s, "client_id", other.client_id);
	return set(s, "client_secret", str_from(secret));
}

static bool expired_refresh(struct staging *s)
{
	return good(s, rehearse_age(s->c->store, REHEARSED_FAMILY, s->token_id,
			       s->c->settings->refresh_token_lifetime_s + MINUTE));
}

static bool forgotten_refresh(struct staging *s)
{
	return good(s, rehearse_forget(s->c->store, REHEARSED_FAMILY, s->token_id));
}

static bool replayed_refresh(struct staging *s)
{
	struct str second = stage_refresh(s, s->refresh_token);

	return str_has_text(second) && str_has_text(stage_refresh(s, second));
}

static bool killed_refresh(struct staging *s)
{
	return good(s, family_kill(s->c->store, s->token_id, "replayed"));
}

static bool revoked_grant(struct staging *s)
{
	return good(s, grant_revoke(s->c->store, s->person.id, s->app.id, "user"));
}

static bool suspended_user(struct staging *s)
{
	return good(s, account_set_suspended(s->c->store, s->person.id, true));
}

static bool suspended_app(struct staging *s)
{
	return good(s, app_set_suspended(s->c->store, s->app.id, true));
}

/* devices */

static bool flow_off(struct staging *s)
{
	const struct callback callback = {STR("http://127.0.0.1/callback"), REDIRECT_EXACT};
	const struct app_fields fields = {.name = s->app.name,
		.homepage = s->app.homepage,
		.callbacks = &callback,
		.callbacks_n = 1};

	return good(s, app_update(s->c->store, s->c->arena, s->app.id, &fields));
}

static bool no_device_code(struct staging *s)
{
	return set(s, "device_code", STR_NONE);
}

static bool short_device_code(struct staging *s)
{
	return set(s, "device_code", str_slice(s->device_code, 0, 20));
}

static bool unknown_device_code(struct staging *s)
{
	return set(s, "device_code", STR("0123456789abcdef0123456789abcdef01234567"));
}

static bool no_grant_type(struct staging *s)
{
	return set(s, "grant_type", STR_NONE);
}

static bool expired_device(struct staging *s)
{
	return good(s, rehearse_age(s->c->store, REHEARSED_DEVICE, s->device_id,
			       s->c->settings->device_code_lifetime_s + MINUTE));
}

static bool too_early(struct staging *s)
{
	for (int i = 0; i < POLLS; i++)
		stage_poll(s);
	return true;
}

static bool pending(struct staging *s)
{
	(void)s;
	return true;
}

static bool denied(struct staging *s)
{
	return stage_decide(s, false);
}

static bool redeemed_device(struct staging *s)
{
	if (!stage_decide(s, true))
		return false;
	stage_poll(s);
	return true;
}

static bool revoked_device(struct staging *s)
{
	return stage_decide(s, true) && revoked_grant(s);
}

static bool suspended_device(struct staging *s)
{
	return stage_decide(s, true) && suspended_user(s);
}

/* tokens at the API */

static bool bearer(struct staging *s, struct str token)
{
	s->request.authorization = str_printf(s->c->arena, "Bearer %.*s", STR_ARG(token));
	return true;
}

static bool no_token(struct staging *s)
{
	s->request.authorization = STR_NONE;
	return true;
}

static bool no_scheme(struct staging *s)
{
	s->request.authorization = s->token;
	return true;
}

static bool short_token(struct staging *s)
{
	return bearer(s, str_slice(s->token, 0, 30));
}

static bool altered_token(struct staging *s)
{
	char *text = str_c(s->c->arena, s->token);

	text[20] = text[20] == 'a' ? 'b' : 'a';
	return bearer(s, str_from(text));
}

/* As another server makes them: its key masks the ids. */
static bool foreign_token(struct staging *s)
{
	struct locator_key key;
	char *text = arena_alloc(s->c->arena, TOKEN_TEXT_LEN + 1);

	random_bytes(s->c->random, key.bytes, sizeof key.bytes);
	token_generate(s->c->random, &key, TOKEN_OAUTH, 1, text);
	wipe(&key, sizeof key);
	return bearer(s, str_from(text));
}

static bool forgotten_token(struct staging *s)
{
	return good(s, rehearse_forget(s->c->store, REHEARSED_TOKEN, s->token_id));
}

static bool revoked_token(struct staging *s)
{
	return good(s, token_revoke(s->c->store, s->token_id, "user"));
}

static bool evicted_token(struct staging *s)
{
	return good(s, token_revoke(s->c->store, s->token_id, "evicted"));
}

static bool unused_token(struct staging *s)
{
	return good(s, rehearse_age(s->c->store, REHEARSED_TOKEN, s->token_id,
			       (s->c->settings->token_unused_days + 1) * DAY));
}

static bool revoked_all(struct staging *s)
{
	return good(s, app_revoke_tokens(s->c->store, s->app.id));
}

/* The token has user:email only. */
static bool lacking_scope(struct staging *s)
{
	s->request.path = STR("/api/v3/user/orgs");
	return true;
}

/* looking after tokens */

static bool no_json(struct staging *s)
{
	s->request.body = STR("{");
	return true;
}

static bool json_list(struct staging *s)
{
	s->request.body = STR("[]");
	return true;
}

static bool no_field(struct staging *s)
{
	s->request.body = STR("{}");
	return true;
}

static bool number_field(struct staging *s)
{
	s->request.body = STR("{\"access_token\":7}");
	return true;
}

static bool other_path(struct staging *s)
{
	s->request.path = STR("/api/v3/applications/Ov23liREHEARSAL00000/token");
	return true;
}

static bool managed_by_another_app(struct staging *s)
{
	char *secret = arena_alloc(s->c->arena, CLIENT_SECRET_LEN + 1);
	struct app other;

	if (!good(s, spoil_make_app(s->c, s->owner.id, &other, secret)))
		return false;
	s->request.authorization = stage_basic(s, other.client_id, str_from(secret));
	s->request.path = str_printf(
		s->c->arena, "/api/v3/applications/%.*s/token", STR_ARG(other.client_id));
	return true;
}

const struct scenario scenarios_of_others[] = {
	{CAUSE_REFRESH_MISSING, STAGE_REFRESH, no_refresh},
	{CAUSE_REFRESH_MALFORMED, STAGE_REFRESH, short_refresh},
	{CAUSE_REFRESH_CHECKSUM, STAGE_REFRESH, altered_refresh},
	{CAUSE_REFRESH_UNKNOWN, STAGE_REFRESH, forgotten_refresh},
	{CAUSE_REFRESH_OF_ANOTHER_APP, STAGE_REFRESH, refresh_of_another_app},
	{CAUSE_REFRESH_EXPIRED, STAGE_REFRESH, expired_refresh},
	{CAUSE_REFRESH_REPLAYED, STAGE_REFRESH, replayed_refresh},
	{CAUSE_REFRESH_KILLED, STAGE_REFRESH, killed_refresh},
	{CAUSE_REFRESH_GRANT_REVOKED, STAGE_REFRESH, revoked_grant},
	{CAUSE_REFRESH_USER_SUSPENDED, STAGE_REFRESH, suspended_user},

	{CAUSE_DEVICE_FLOW_OFF, STAGE_DEVICE, flow_off},
	{CAUSE_DEVICE_GRANT_TYPE, STAGE_POLL, no_grant_type},
	{CAUSE_DEVICE_CODE_MISSING, STAGE_POLL, no_device_code},
	{CAUSE_DEVICE_CODE_MALFORMED, STAGE_POLL, short_device_code},
	{CAUSE_DEVICE_CODE_UNKNOWN, STAGE_POLL, unknown_device_code},
	{CAUSE_DEVICE_CODE_REDEEMED, STAGE_POLL, redeemed_device},
	{CAUSE_DEVICE_CODE_EXPIRED, STAGE_POLL, expired_device},
	{CAUSE_DEVICE_TOO_EARLY, STAGE_POLL, too_early},
	{CAUSE_DEVICE_PENDING, STAGE_POLL, pending},
	{CAUSE_DEVICE_DENIED, STAGE_POLL, denied},
	{CAUSE_DEVICE_GRANT_REVOKED, STAGE_POLL, revoked_device},
	{CAUSE_DEVICE_USER_SUSPENDED, STAGE_POLL, suspended_device},

	{CAUSE_TOKEN_ABSENT, STAGE_API, no_token},
	{CAUSE_TOKEN_WITHOUT_SCHEME, STAGE_API, no_scheme},
	{CAUSE_TOKEN_MALFORMED, STAGE_API, short_token},
	{CAUSE_TOKEN_CHECKSUM, STAGE_API, altered_token},
	{CAUSE_TOKEN_UNKNOWN, STAGE_API, forgotten_token},
	{CAUSE_TOKEN_OF_ANOTHER_HOST, STAGE_API, foreign_token},
	{CAUSE_TOKEN_REVOKED, STAGE_API, revoked_token},
	{CAUSE_TOKEN_EVICTED, STAGE_API, evicted_token},
	{CAUSE_TOKEN_UNUSED, STAGE_API, unused_token},
	{CAUSE_TOKEN_GRANT_REVOKED, STAGE_API, revoked_grant},
	{CAUSE_TOKEN_APP_REVOKED_ALL, STAGE_API, revoked_all},
	{CAUSE_TOKEN_APP_SUSPENDED, STAGE_API, suspended_app},
	{CAUSE_TOKEN_USER_SUSPENDED, STAGE_API, suspended_user},
	{CAUSE_TOKEN_SCOPE, STAGE_API, lacking_scope},

	{CAUSE_BODY_MALFORMED, STAGE_MANAGE, no_json},
	{CAUSE_BODY_NO_OBJECT, STAGE_MANAGE, json_list},
	{CAUSE_BODY_FIELD_MISSING, STAGE_MANAGE, no_field},
	{CAUSE_BODY_FIELD_TYPE, STAGE_MANAGE, number_field},
	{CAUSE_MANAGE_PATH_DIFFERS, STAGE_MANAGE, other_path},
	{CAUSE_MANAGE_TOKEN_OF_ANOTHER_APP, STAGE_MANAGE, managed_by_another_app},
	{CAUSE_NONE, STAGE_API, NULL},
};
