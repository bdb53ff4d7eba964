#include "rehearsal/staging.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "core/bound.h"
#include "core/pkce.h"
#include "explain/refusal.h"
#include "flow/client_credentials.h"
#include "flow/device.h"
#include "flow/device_decide.h"
#include "flow/device_poll.h"
#include "flow/push_request.h"
#include "flow/pushed_request.h"
#include "flow/redeem_code.h"
#include "flow/refresh.h"
#include "rehearsal/scenario_sandbox.h"
#include "store/pushed_request.h"
#include "store/registration.h"

enum { VERIFIER_BYTES = 32, SESSION = 1, REGISTRATION_S = 3600 };

#define CALLBACK "http://127.0.0.1/callback"

void stage_param(struct staging *s, const char *name, struct str value)
{
	struct params *p = &s->request.params;

	for (size_t i = 0; i < p->n; i++) {
		if (!str_eq_c(p->v[i].name, name))
			continue;
		if (str_is_set(value))
			p->v[i].value = value;
		else
			memmove(&p->v[i], &p->v[i + 1], (--p->n - i) * sizeof *p->v);
		return;
	}
	if (str_is_set(value) && p->n < STAGED_PARAMS)
		p->v[p->n++] = (struct param){str_from(name), value};
}

struct str stage_get(const struct staging *s, const char *name)
{
	return params_get(&s->request.params, name);
}

struct str stage_basic(struct staging *s, struct str user, struct str password)
{
	struct arena *a = s->c->arena;
	struct str both = str_printf(a, "%.*s:%.*s", STR_ARG(user), STR_ARG(password));

	return str_printf(a, "Basic %.*s", STR_ARG(base64_encode(a, both.p, both.n)));
}

struct str stage_query(struct arena *a, const struct staged_request *r)
{
	struct buf b;

	buf_init(&b, a, LIMIT_BODY);
	for (size_t i = 0; i < r->params.n; i++) {
		if (i)
			buf_add_char(&b, '&');
		buf_add_form(&b, r->params.v[i].name);
		buf_add_char(&b, '=');
		buf_add_form(&b, r->params.v[i].value);
	}
	return buf_str(&b);
}

/* A person without a password: nobody signs in as them. */
static bool make_world(struct staging *s, bool token_expiration)
{
	struct context *c = s->c;
	struct str id = scenario_sandbox_id(c);
	struct str login = str_printf(c->arena, "rehearsal-%.*s", STR_ARG(id));
	bool taken;
	enum db_status status = account_create(c->store, c->arena, login, STR_NONE,
		str_printf(c->arena, "%.*s@example.com", STR_ARG(login)), true, STR_NONE, false,
		&s->person, &taken);

	if (status == DB_OK)
		status = scenario_sandbox_make(c, id, s->owner.id, s->person.id, token_expiration,
			&s->app, s->client_secret);
	return !context_failed(c, status) && status == DB_OK;
}

static bool fail(struct staging *s)
{
	s->c->failed = true;
	return false;
}

enum dialect stage_edge(enum stage stage)
{
	return stage < STAGE_OAUTH_AUTHORIZE ? DIALECT_GITHUB : DIALECT_STANDARD;
}

static bool is_standard(const struct staging *s)
{
	return s->edge == DIALECT_STANDARD;
}

/* The person agrees, as on the consent page. */
static bool make_code(struct staging *s, bool with_pkce)
{
	const struct authorize_request q = {
		.edge = s->edge,
		.response_type = STR("code"),
		.client_id = s->app.client_id,
		.redirect_uri = STR(CALLBACK),
		.scope = STR("user:email"),
		.state = STR("rehearsal"),
		.code_challenge = with_pkce ? s->challenge : STR_NONE,
		.code_challenge_method = with_pkce ? STR("S256") : STR_NONE,
	};
	struct authorize a = {.request = &q,
		.account = &s->person,
		.picked = true,
		.decision = DECISION_ALLOW,
		.bound = {.standard = is_standard(s)}};
	struct str location;

	if (authorize(s->c, &a, &location) != STEP_DONE)
		return fail(s);
	explain_step(s->c, "authorize", s->app.id, a.refusal.flow_id);
	s->code = str_dup(s->c->arena, str_from(a.code));
	s->token_id = a.refusal.flow_id;
	return true;
}

static struct client_credentials credentials_of(const struct staging *s)
{
	return (struct client_credentials){
		.client_id = s->app.client_id, .client_secret = str_from(s->client_secret)};
}

static bool redeem(struct staging *s)
{
	const struct redeem_request q = {.edge = s->edge,
		.credentials = credentials_of(s),
		.code = s->code,
		.redirect_uri = STR(CALLBACK)};
	struct redeem r;

	if (redeem_code(s->c, &q, &r) != STEP_DONE)
		return fail(s);
	explain_step(s->c, "token", s->app.id, s->token_id);
	s->token = str_dup(s->c->arena, r.issued.access_token);
	s->refresh_token = str_dup(s->c->arena, str_from(r.issued.refresh_token));
	return true;
}

struct str stage_refresh(struct staging *s, struct str token)
{
	const struct refresh_request q = {
		.edge = s->edge, .credentials = credentials_of(s), .refresh_token = token};
	struct refresh r;

	if (refresh(s->c, &q, &r) != STEP_DONE) {
		fail(s);
		return STR("");
	}
	return str_dup(s->c->arena, str_from(r.issued.refresh_token));
}

struct str stage_own_token(struct staging *s)
{
	const struct client_grant_request q = {.edge = DIALECT_STANDARD,
		.credentials = credentials_of(s),
		.bound = {.standard = true}};
	struct client_grant g;

	if (grant_to_client(s->c, &q, &g) != STEP_DONE) {
		fail(s);
		return STR("");
	}
	return str_dup(s->c->arena, g.issued.access_token);
}

static bool begin_device(struct staging *s)
{
	const struct device_request q = {
		.edge = DIALECT_GITHUB, .credentials = {.client_id = s->app.client_id}};
	struct device_start d;

	if (start_device(s->c, &q, &d) != STEP_DONE)
		return fail(s);
	s->device_code = str_dup(s->c->arena, str_from(d.device_code));
	memcpy(s->user_code, d.user_code, sizeof d.user_code);
	code_locate(&s->c->store->locator, s->device_code, &s->device_id);
	explain_step(s->c, "device", s->app.id, s->device_id);
	return true;
}

bool stage_decide(struct staging *s, bool allow)
{
	struct device_decision d = {.account = &s->person,
		.session_id = SESSION,
		.typed = str_from(s->user_code),
		.decision = allow ? DECISION_ALLOW : DECISION_DENY};

	if (context_failed(s->c, device_claim(s->c->store, s->device_id, SESSION)))
		return false;
	return decide_device(s->c, &d) == STEP_DONE &&
	       d.outcome == (allow ? DEVICE_APPROVED : DEVICE_DENIED);
}

void stage_poll(struct staging *s)
{
	const struct device_poll_request q = {.edge = DIALECT_GITHUB,
		.credentials = {.client_id = s->app.client_id},
		.grant_type = STR(DEVICE_GRANT_TYPE),
		.device_code = s->device_code};
	struct device_polling p;

	if (poll_device(s->c, &q, &p) == STEP_FAIL)
		fail(s);
}

/* What a request of the app's server begins with. */
static void begin_post(struct staging *s, const char *path)
{
	s->request.method = "POST";
	s->request.path = str_from(path);
	s->request.content_type = STR("application/x-www-form-urlencoded");
	s->request.accept = STR("application/json");
	stage_param(s, "client_id", s->app.client_id);
}

static void post_as_app(struct staging *s, const char *path)
{
	begin_post(s, path);
	stage_param(s, "client_secret", str_from(s->client_secret));
}

static void ask_token(struct staging *s, const char *grant_type)
{
	post_as_app(s, is_standard(s) ? "/oauth2/token" : "/login/oauth/access_token");
	if (is_standard(s) || !str_eq_c(str_from(grant_type), "authorization_code"))
		stage_param(s, "grant_type", str_from(grant_type));
}

static void ask_authorize(struct staging *s)
{
	if (is_standard(s)) {
		stage_param(s, "response_type", STR("code"));
		stage_param(s, "code_challenge", s->challenge);
		stage_param(s, "code_challenge_method", STR("S256"));
	}
	stage_param(s, "redirect_uri", STR(CALLBACK));
	stage_param(s, "scope", STR("user:email"));
	stage_param(s, "state", STR("rehearsal"));
}

static void begin_authorize(struct staging *s)
{
	s->request.method = "GET";
	s->request.path = is_standard(s) ? STR("/oauth2/authorize") : STR("/login/oauth/authorize");
	stage_param(s, "client_id", s->app.client_id);
}

static bool set_authorize(struct staging *s)
{
	begin_authorize(s);
	ask_authorize(s);
	return true;
}

static bool set_par(struct staging *s)
{
	post_as_app(s, "/oauth2/par");
	ask_authorize(s);
	return true;
}

static bool set_pushed(struct staging *s)
{
	struct params sent = {ARENA_ARRAY(s->c->arena, struct param, STAGED_PARAMS), 0};
	const struct push_request q = {.credentials = credentials_of(s), .params = &sent};
	struct pushed *pushed = ARENA_NEW(s->c->arena, struct pushed);

	ask_authorize(s);
	for (size_t i = 0; i < s->request.params.n; i++)
		sent.v[sent.n++] = s->request.params.v[i];
	s->request.params.n = 0;
	if (push_request(s->c, &q, pushed) != STEP_DONE)
		return fail(s);
	explain_step(s->c, "par", s->app.id, 0);
	begin_authorize(s);
	stage_param(s, "request_uri", pushed->request_uri);
	return true;
}

bool stage_pushed(struct staging *s, int64_t app_id, int64_t lifetime_s)
{
	struct str reference;

	if (context_failed(s->c, pushed_request_create(s->c->store, s->c->arena, app_id, STR(""),
					 lifetime_s, &reference)))
		return false;
	stage_param(s, "request_uri",
		str_printf(s->c->arena, PUSHED_PREFIX "%.*s", STR_ARG(reference)));
	return true;
}

static bool set_code(struct staging *s, bool with_pkce)
{
	if (!make_code(s, with_pkce))
		return false;
	ask_token(s, "authorization_code");
	stage_param(s, "code", s->code);
	if (is_standard(s))
		stage_param(s, "redirect_uri", STR(CALLBACK));
	if (with_pkce)
		stage_param(s, "code_verifier", s->verifier);
	return true;
}

static bool set_refresh(struct staging *s)
{
	if (!make_code(s, false) || !redeem(s))
		return false;
	ask_token(s, "refresh_token");
	stage_param(s, "refresh_token", s->refresh_token);
	return true;
}

static bool set_poll(struct staging *s)
{
	if (!begin_device(s))
		return false;
	begin_post(s, "/login/oauth/access_token");
	stage_param(s, "device_code", s->device_code);
	stage_param(s, "grant_type", STR(DEVICE_GRANT_TYPE));
	return true;
}

static bool set_api(struct staging *s)
{
	if (!make_code(s, false) || !redeem(s))
		return false;
	s->request.method = "GET";
	s->request.path = STR("/api/v3/user");
	s->request.authorization = str_printf(s->c->arena, "Bearer %.*s", STR_ARG(s->token));
	return true;
}

static bool set_manage(struct staging *s)
{
	if (!make_code(s, false) || !redeem(s))
		return false;
	s->request.method = "POST";
	s->request.path = str_printf(
		s->c->arena, "/api/v3/applications/%.*s/token", STR_ARG(s->app.client_id));
	s->request.content_type = STR("application/json");
	s->request.authorization = stage_basic(s, s->app.client_id, str_from(s->client_secret));
	s->request.body = str_printf(s->c->arena, "{\"access_token\":\"%.*s\"}", STR_ARG(s->token));
	return true;
}

static bool set_client(struct staging *s)
{
	ask_token(s, "client_credentials");
	return true;
}

static bool set_device(struct staging *s)
{
	begin_post(s, is_standard(s) ? "/oauth2/device_authorization" : "/login/device/code");
	if (is_standard(s))
		stage_param(s, "client_secret", str_from(s->client_secret));
	return true;
}

/* A question about a token, or its end. */
static bool set_about_token(struct staging *s, const char *path)
{
	if (!make_code(s, false) || !redeem(s))
		return false;
	post_as_app(s, path);
	stage_param(s, "token", s->token);
	return true;
}

static void set_bearer(struct staging *s, const char *token)
{
	s->request.authorization = str_printf(s->c->arena, "Bearer %s", token);
	s->request.accept = STR("application/json");
}

/* The apps that it lets in are the owner's, once. */
static bool set_register(struct staging *s)
{
	const struct registration_token fields = {.owner_id = s->owner.id,
		.note = STR("rehearsal"),
		.expires_at = store_now(s->c->store) + REGISTRATION_S,
		.uses_left = 1};
	char token[REGISTRATION_TOKEN_LEN + 1];

	if (context_failed(s->c,
		    registration_token_create(s->c->store, &fields, &s->registration_id, token)))
		return false;
	s->request.method = "POST";
	s->request.path = STR("/oauth2/register");
	s->request.content_type = STR("application/json");
	s->request.body = STR("{\"redirect_uris\":[\"https://app.example/callback\"]}");
	set_bearer(s, token);
	return true;
}

static bool set_registered(struct staging *s)
{
	char token[REGISTRATION_TOKEN_LEN + 1];

	if (context_failed(s->c, registration_access_renew(s->c->store, s->app.id, token)))
		return false;
	s->request.method = "GET";
	s->request.path =
		str_printf(s->c->arena, "/oauth2/register/%.*s", STR_ARG(s->app.client_id));
	set_bearer(s, token);
	return true;
}

static bool set_request(struct staging *s, enum stage stage)
{
	switch (stage) {
	case STAGE_AUTHORIZE:
	case STAGE_OAUTH_AUTHORIZE:
		return set_authorize(s);
	case STAGE_OAUTH_PAR:
		return set_par(s);
	case STAGE_OAUTH_PUSHED:
		return set_pushed(s);
	case STAGE_CODE:
	case STAGE_CODE_PKCE:
	case STAGE_OAUTH_CODE:
	case STAGE_OAUTH_CODE_PKCE:
		return set_code(s, stage == STAGE_CODE_PKCE || stage == STAGE_OAUTH_CODE_PKCE);
	case STAGE_REFRESH:
	case STAGE_OAUTH_REFRESH:
		return set_refresh(s);
	case STAGE_DEVICE:
	case STAGE_OAUTH_DEVICE:
		return set_device(s);
	case STAGE_POLL:
		return set_poll(s);
	case STAGE_API:
		return set_api(s);
	case STAGE_MANAGE:
		return set_manage(s);
	case STAGE_OAUTH_CLIENT:
		return set_client(s);
	case STAGE_OAUTH_INTROSPECT:
		return set_about_token(s, "/oauth2/introspect");
	case STAGE_OAUTH_REVOKE:
		return set_about_token(s, "/oauth2/revoke");
	case STAGE_REGISTER:
		return set_register(s);
	case STAGE_REGISTERED:
		return set_registered(s);
	case STAGES:
		break;
	}
	return false;
}

bool stage_set(struct context *c, enum stage stage, const struct account *owner, struct staging *s)
{
	uint8_t raw[VERIFIER_BYTES];
	char challenge[LIMIT_CHALLENGE];

	memset(s, 0, sizeof *s);
	s->c = c;
	s->edge = stage_edge(stage);
	s->owner = *owner;
	s->request.params.v = ARENA_ARRAY(c->arena, struct param, STAGED_PARAMS);
	random_bytes(c->random, raw, sizeof raw);
	s->verifier = base64url_encode(c->arena, raw, sizeof raw);
	pkce_challenge(s->verifier, challenge);
	s->challenge = str_dup(c->arena, (struct str){challenge, sizeof challenge});
	bool refreshes = stage == STAGE_REFRESH || stage == STAGE_OAUTH_REFRESH;

	return make_world(s, refreshes) ? set_request(s, stage) : fail(s);
}
