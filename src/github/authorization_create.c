/* Making tokens by password: POST /authorizations and PUT /authorizations/clients/:client_id, and
 * a site administrator's for a user. GitHub reference 7.2. */
#include "base/limits.h"
#include "explain/refusal.h"
#include "flow/authenticate_client.h"
#include "flow/check_app.h"
#include "flow/create_authorization.h"
#include "github/authorization_body.h"
#include "github/authorization_object.h"
#include "github/password.h"
#include "github/token_management.h"

/* 201 with the token, or 200 without one. */
static void answer(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	const struct authorization *t, struct str text)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	github_add_authorization(&b, c, t, text);
	github_api_reply(req, rep, status, buf_str(&b));
	http_header_str(req, rep, "Location", github_authorization_url(c, t->id));
}

static void create(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct create_request *q)
{
	struct authorization t;
	char *text = arena_alloc(req->arena, TOKEN_TEXT_LEN + 1);

	if (create_authorization(c, q, &t, text))
		answer(c, req, rep, 201, &t, str_from(text));
}

/* The app that the body names, proven by its secret. */
static bool read_client(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str client_id, struct str client_secret, struct client *client)
{
	struct client_credentials given = {.client_id = client_id, .client_secret = client_secret};
	struct refusal refusal = {.cause = CAUSE_NONE};

	if (!str_has_text(client_secret)) {
		github_api_invalid(
			c, req, rep, CAUSE_BODY_FIELD_MISSING, "OauthApplication", "client_secret");
		return false;
	}
	enum step_result result = authenticate_confidential(c, &given, client, &refusal);

	if (result == STEP_NEXT)
		result = check_served(c, service_of_client(client), DIALECT_GITHUB, &refusal);
	switch (result) {
	case STEP_NEXT:
	case STEP_DONE:
		return true;
	case STEP_REFUSE:
		break;
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		return false;
	}
	explain_refusal(c, "authorizations", client_id, &refusal);
	if (github_is_throttled(req, rep, &refusal))
		github_api_refuse_app(c, req, rep, &refusal);
	else
		github_api_refuse(
			c, req, rep, 422, "Invalid OAuth application client_id or secret.");
	return false;
}

/* What an app is told of a user is only told of verified ones (reference 8.1). */
static bool is_verified(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user)
{
	if (user->primary_verified)
		return true;
	github_api_deny(c, req, rep, 403, CAUSE_PASSWORD_EMAIL_UNVERIFIED, STR_NONE);
	return false;
}

static struct create_request request_of(
	const struct account *user, const struct client *client, const struct authorization_body *b)
{
	return (struct create_request){.account_id = user->id,
		.actor = user->login,
		.client = client,
		.scopes = b->scopes.set,
		.note = b->note,
		.note_url = b->note_url,
		.fingerprint = b->fingerprint};
}

static bool refuse_taken(struct context *c, struct http_request *req, struct http_reply *rep,
	enum db_status found, const char *field)
{
	if (context_failed(c, found))
		return true;
	if (found == DB_OK)
		github_api_invalid(c, req, rep, CAUSE_BODY_FIELD_TAKEN, "OauthAccess", field);
	return found == DB_OK;
}

static void create_personal(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user, const struct authorization_body *b)
{
	const struct create_request q = request_of(user, NULL, b);

	if (!str_is_set(b->note))
		github_api_invalid(
			c, req, rep, CAUSE_BODY_FIELD_MISSING, "OauthAccess", "description");
	else if (!refuse_taken(c, req, rep, authorization_find_note(c->store, user->id, b->note, 0),
			 "description"))
		create(c, req, rep, &q);
}

static void create_by_password(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user)
{
	struct authorization_body b;
	struct authorization other;
	struct client client;

	if (!github_authorization_body(c, req, rep, &b))
		return;
	if (!str_has_text(b.client_id)) {
		create_personal(c, req, rep, user, &b);
		return;
	}
	if (!read_client(c, req, rep, b.client_id, b.client_secret, &client) ||
		!is_verified(c, req, rep, user))
		return;
	const struct create_request q = request_of(user, &client, &b);

	/* Fingerprints tell the tokens of one app apart; without one there may be several. */
	if (str_is_set(b.fingerprint) && refuse_taken(c, req, rep,
						 authorization_find(c->store, c->arena, user->id,
							 client.app_id, b.fingerprint, &other),
						 "fingerprint"))
		return;
	create(c, req, rep, &q);
}

/* The fingerprint in the path, when there is one, else the body's. */
static bool path_fingerprint(struct context *c, struct http_request *req, struct http_reply *rep,
	struct authorization_body *b)
{
	struct str given = req->vars[1];

	if (!str_has_text(given))
		return true;
	if (!is_authorization_text(given) ||
		(str_is_set(b->fingerprint) && !str_eq(b->fingerprint, given))) {
		github_api_invalid(
			c, req, rep, CAUSE_BODY_FIELD_INVALID, "OauthAccess", "fingerprint");
		return false;
	}
	b->fingerprint = given;
	return true;
}

static void put_by_password(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *user)
{
	struct authorization_body b;
	struct authorization t;
	struct client client;

	if (!github_authorization_body(c, req, rep, &b) || !path_fingerprint(c, req, rep, &b) ||
		!read_client(c, req, rep, req->vars[0], b.client_secret, &client) ||
		!is_verified(c, req, rep, user))
		return;
	enum db_status found =
		authorization_find(c->store, c->arena, user->id, client.app_id, b.fingerprint, &t);
	const struct create_request q = request_of(user, &client, &b);

	if (context_failed(c, found))
		return;
	if (found == DB_OK)
		answer(c, req, rep, 200, &t, STR(""));
	else
		create(c, req, rep, &q);
}

void github_authorization_create(
	struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_with_password(c, req, rep, create_by_password);
}

void github_authorization_put(struct context *c, struct http_request *req, struct http_reply *rep)
{
	github_with_password(c, req, rep, put_by_password);
}

/* A site administrator's token of the scope site_admin, and the user that the path names. */
static bool find_user(struct context *c, struct http_request *req, struct http_reply *rep,
	struct checked_token *admin, struct account *user)
{
	if (!github_api_authenticate(c, req, rep, "site_admin", admin))
		return false;
	if (!admin->token.account.site_admin || !scope_allows(admin->scopes, "site_admin")) {
		github_api_deny(c, req, rep, 404, CAUSE_ADMIN_REQUIRED, admin->token.client_id);
		return false;
	}
	enum db_status status = account_by_login(c->store, c->arena, req->vars[0], user);

	if (context_failed(c, status))
		return false;
	if (status == DB_NONE)
		github_api_deny(c, req, rep, 404, CAUSE_USER_UNKNOWN, admin->token.client_id);
	return status == DB_OK;
}

void github_impersonate(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token admin;
	struct authorization_body b;
	struct authorization t;
	struct account user;

	if (!find_user(c, req, rep, &admin, &user) || !github_authorization_body(c, req, rep, &b))
		return;
	enum db_status found = authorization_find(
		c->store, c->arena, user.id, PERSONAL_APP, STR(FINGERPRINT_IMPERSONATION), &t);

	if (context_failed(c, found))
		return;
	if (found == DB_OK) {
		answer(c, req, rep, 200, &t, STR(""));
		return;
	}
	const struct create_request q = {.account_id = user.id,
		.actor = admin.token.account.login,
		.scopes = b.scopes.set,
		.note = str_printf(
			req->arena, "Impersonation by %.*s", STR_ARG(admin.token.account.login)),
		.fingerprint = STR(FINGERPRINT_IMPERSONATION)};

	create(c, req, rep, &q);
}

void github_impersonate_end(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token admin;
	struct authorization t;
	struct account user;

	if (!find_user(c, req, rep, &admin, &user))
		return;
	enum db_status found = authorization_find(
		c->store, c->arena, user.id, PERSONAL_APP, STR(FINGERPRINT_IMPERSONATION), &t);

	if (context_failed(c, found) ||
		(found == DB_OK &&
			context_failed(c, authorization_end(c->store, t.id, "operator"))))
		return;
	github_api_no_content(req, rep);
}
