#include "flow/register.h"

#include <stdio.h>

#include "base/json_body.h"
#include "base/limits.h"
#include "core/client_url.h"
#include "flow/look_closer.h"
#include "flow/registered_app.h"
#include "store/account.h"
#include "store/audit.h"
#include "store/metadata.h"
#include "store/upkeep.h"

enum { HOUR = 3600 };

static enum step_result refuse(struct registration *r, enum cause cause)
{
	r->refusal.cause = cause;
	return STEP_REFUSE;
}

static enum step_result refuse_fault(
	struct registration *r, enum cause cause, const char *parameter, const char *fault)
{
	if (parameter)
		refusal_add(&r->refusal, EVIDENCE_parameter, str_from(parameter));
	refusal_add(&r->refusal, EVIDENCE_fault, str_from(fault));
	return refuse(r, cause);
}

/* 7591-07: guesses and floods cost the caller. */
static enum step_result check_rate(struct context *c, struct registration *r)
{
	struct str subject = str_printf(c->arena, "register %.*s", STR_ARG(c->remote));
	int64_t most = c->settings->registrations_per_hour, n, left_s;

	if (most == 0)
		return STEP_NEXT;
	if (context_failed(c, throttle_read(c->store, subject, HOUR, &n, &left_s)))
		return STEP_FAIL;
	if (n < most)
		return context_failed(c, throttle_count(c->store, subject, HOUR, &n)) ? STEP_FAIL
										      : STEP_NEXT;
	refusal_add_number(&r->refusal, c->arena, EVIDENCE_wait, left_s);
	return refuse(r, CAUSE_REGISTRATION_THROTTLED);
}

/* RFC 7591 3: "an initial access token ... to authorize". One that is sent must be good even where
 * none is needed. */
static enum step_result check_initial_token(struct context *c, struct registration *r)
{
	bool open = c->settings->registration == REGISTRATION_OPEN;

	if (!str_has_text(r->token))
		return open ? STEP_NEXT : refuse(r, CAUSE_REGISTRATION_TOKEN_ABSENT);
	context_secret(c, r->token);
	enum db_status status = registration_token_read(c->store, c->arena, r->token, &r->initial);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_NONE) {
		look_add_length(c, &r->refusal, r->token);
		return refuse(r, CAUSE_REGISTRATION_TOKEN_WRONG);
	}
	const struct registration_token *t = &r->initial;

	if (t->revoked_at)
		return refuse_fault(r, CAUSE_REGISTRATION_TOKEN_OVER, NULL, "token_revoked");
	if (t->expires_at && t->expires_at <= store_now(c->store))
		return refuse_fault(r, CAUSE_REGISTRATION_TOKEN_OVER, NULL, "token_expired");
	if (t->uses_left == 0)
		return refuse_fault(r, CAUSE_REGISTRATION_TOKEN_OVER, NULL, "token_used");
	return STEP_NEXT;
}

static bool is_of_nobody(const struct registration *r)
{
	return !r->initial.id || r->initial.owner_id == ACCOUNT_OF_APPS;
}

/* A187: what strangers can make grows to a bound; what accounts have, too. */
static enum step_result check_room(struct context *c, struct registration *r)
{
	struct account owner;
	struct app *apps;
	size_t n;
	int64_t unverified;

	if (is_of_nobody(r)) {
		if (context_failed(
			    c, app_unverified_count(c->store, LIMIT_UNVERIFIED_APPS, &unverified)))
			return STEP_FAIL;
		if (unverified < LIMIT_UNVERIFIED_APPS)
			return STEP_NEXT;
		refusal_add_number(&r->refusal, c->arena, EVIDENCE_most, LIMIT_UNVERIFIED_APPS);
		return refuse(r, CAUSE_REGISTRATION_FULL);
	}
	enum db_status status = account_by_id(c->store, c->arena, r->initial.owner_id, &owner);

	if (context_failed(c, status) || context_failed(c, app_list_of_owner(c->store, c->arena,
								   r->initial.owner_id, &apps, &n)))
		return STEP_FAIL;
	return status == DB_OK && !owner.suspended_at && n < LIMIT_APPS_PER_OWNER
		       ? STEP_NEXT
		       : refuse_fault(r, CAUSE_REGISTRATION_TOKEN_OVER, NULL, "token_owner");
}

/* RFC 7591 2 and 3.2.2 */
static enum step_result read_metadata(struct context *c, struct registration *r)
{
	const struct metadata_rules rules = registered_app_rules(c, false);

	if (client_metadata_read(c->arena, r->body, &rules, &r->metadata, &r->verdict))
		return STEP_NEXT;
	switch (r->verdict.error) {
	case METADATA_REDIRECT_URI:
		return refuse_fault(
			r, CAUSE_REGISTRATION_REDIRECT_URI, r->verdict.member, r->verdict.fault);
	case METADATA_STATEMENT:
		return refuse(r, CAUSE_REGISTRATION_STATEMENT);
	case METADATA_CLIENT:
	case METADATA_GOOD:
		break;
	}
	return *r->verdict.member
		       ? refuse_fault(
				 r, CAUSE_REGISTRATION_MEMBER, r->verdict.member, r->verdict.fault)
		       : refuse_fault(r, CAUSE_REGISTRATION_BODY, NULL, r->verdict.fault);
}

static enum step_result refuse_sector(struct registration *r, const char *fault, const char *why)
{
	r->verdict = (struct metadata_verdict){.error = METADATA_CLIENT,
		.member = "sector_identifier_uri",
		.fault = fault,
		.why = why,
		.value = STR_NONE};
	refusal_add(&r->refusal, EVIDENCE_host, str_from(r->sector.host));
	return refuse_fault(r, CAUSE_REGISTRATION_SECTOR, NULL, fault);
}

/* OpenID Connect Registration 5: "the values of redirect_uris MUST be included in the elements". */
static enum step_result fetch_sector(struct context *c, struct registration *r)
{
	if (!str_is_set(r->metadata.sector_identifier_uri))
		return STEP_NEXT;
	r->has_sector = true;
	fetch_start(c, &r->sector, r->metadata.sector_identifier_uri, LIMIT_SECTOR_DOCUMENT);
	return STEP_ASK;
}

void registration_work(void *arg)
{
	struct registration *r = arg;

	fetch_work(&r->sector);
}

static bool is_in(const struct params *list, struct str uri)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i].value, uri))
			return true;
	return false;
}

/* {"list": the body}: what reads lists reads members. */
static bool read_sector(struct context *c, const struct registration *r, struct params *out)
{
	struct str wrapped =
		str_printf(c->arena, "{\"list\":%.*s}", STR_ARG(fetch_body(&r->sector)));
	struct json_body body;
	struct str *texts;

	if (json_body_read(c->arena, wrapped, &body) != JSON_READ ||
		json_body_texts(c->arena, &body, "list", &texts, &out->n) != JSON_HERE)
		return false;
	out->v = ARENA_ARRAY(c->arena, struct param, out->n);
	for (size_t i = 0; i < out->n; i++)
		out->v[i].value = texts[i];
	return true;
}

static enum step_result check_sector(struct context *c, struct registration *r)
{
	struct params list = {0};

	if (!r->has_sector)
		return STEP_NEXT;
	if (r->sector.fault != FETCH_OK)
		return refuse_sector(
			r, fetch_fault_word(r->sector.fault), "it cannot be fetched as JSON");
	if (!read_sector(c, r, &list))
		return refuse_sector(r, "sector_form", "what is there is no JSON array of URLs");
	for (size_t i = 0; i < r->metadata.redirect_uris.n; i++)
		if (!is_in(&list, r->metadata.redirect_uris.v[i]))
			return refuse_sector(
				r, "sector_lacks", "what is there lacks one of redirect_uris");
	return STEP_NEXT;
}

static enum db_status add_secret(struct context *c, struct registration *r)
{
	if (r->app.auth_method != AUTH_SECRET)
		return DB_OK;
	enum db_status status =
		app_secret_add(c->store, r->app.id, r->app.owner_id, r->client_secret);

	context_secret(c, str_from(r->client_secret));
	return status;
}

static enum db_status note(struct context *c, const struct registration *r, const char *action)
{
	return r->app.owner_id == ACCOUNT_OF_APPS
		       ? DB_OK
		       : audit_write(c->store, r->app.owner_id, STR("registration"), action,
				 r->app.id, r->app.name, c->remote);
}

static enum step_result show_whole(struct context *c, struct registration *r)
{
	bool post = r->metadata.auth_post;

	if (context_failed(c, app_metadata_whole(c->store, c->arena, &r->app, &r->metadata)))
		return STEP_FAIL;
	r->metadata.auth_post |= post;
	return STEP_NEXT;
}

/* The first effect. */
static enum step_result create(struct context *c, struct registration *r)
{
	const struct registered_app what = {
		.metadata = &r->metadata,
		.owner_id = is_of_nobody(r) ? ACCOUNT_OF_APPS : r->initial.owner_id,
		.client_id = STR_NONE,
		.origin = APP_BY_REGISTRATION,
		.unverified = is_of_nobody(r),
	};
	enum db_status status =
		r->initial.id ? registration_token_use(c->store, &r->initial) : DB_OK;

	if (status == DB_NONE) /* another request took the last use meanwhile */
		return refuse_fault(r, CAUSE_REGISTRATION_TOKEN_OVER, NULL, "token_used");
	if (status == DB_OK)
		status = registered_app_create(c, &what, &r->app);
	if (status == DB_OK)
		status = add_secret(c, r);
	if (status == DB_OK)
		status = registration_access_renew(c->store, r->app.id, r->access_token);
	if (status == DB_OK)
		status = note(c, r, "oauth_application.create");
	if (status == DB_CONFLICT) /* a client id that is taken: one in 2^95 */
		status = DB_FAILED;
	return context_failed(c, status) ? STEP_FAIL : show_whole(c, r);
}

/* 7592-01 and 7592-03: a client that is gone, or was never there, is no different from a token that
 * is wrong. */
static enum step_result find_managed(struct context *c, struct registration *r)
{
	enum db_status status = DB_NONE;

	if (!str_has_text(r->token))
		return refuse(r, CAUSE_REGISTRATION_TOKEN_ABSENT);
	context_secret(c, r->token);
	if (client_id_fits(r->client_id))
		status = app_by_client_id(c->store, c->arena, r->client_id, &r->app);
	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_OK) {
		status = registration_access_check(c->store, r->app.id, r->token);
		if (context_failed(c, status))
			return STEP_FAIL;
	}
	if (status == DB_OK) {
		r->refusal.app_id = r->app.id;
		r->refusal.proven = true;
		return STEP_NEXT;
	}
	look_add_length(c, &r->refusal, r->token);
	return refuse(r, CAUSE_REGISTRATION_MANAGE_TOKEN);
}

static enum step_result refuse_member(struct registration *r, const char *member, const char *why)
{
	r->verdict = (struct metadata_verdict){.error = METADATA_CLIENT,
		.member = member,
		.fault = "inconsistent",
		.why = why,
		.value = STR_NONE};
	refusal_add(&r->refusal, EVIDENCE_parameter, str_from(member));
	return refuse(r, CAUSE_REGISTRATION_CLIENT_DIFFERS);
}

static enum step_result check_same_secret(
	struct context *c, struct registration *r, struct str secret)
{
	struct client client;
	uint8_t hash[SHA256_LEN];

	context_secret(c, secret);
	sha256(secret, hash);
	if (context_failed(c, client_read(c->store, c->arena, r->app.client_id, &client)))
		return STEP_FAIL;
	for (size_t i = 0; i < client.secrets_n; i++)
		if (ct_equal(hash, client.secrets[i].hash, sizeof hash))
			return STEP_NEXT;
	return refuse_member(r, "client_secret", "it is not the current one");
}

/* RFC 7592 2.2: client_id must be there and be the client's; client_secret, when it is there, must
 * be the current one; what only the server says must not be there. */
static enum step_result check_same_client(struct context *c, struct registration *r)
{
	static const char *const server_only[] = {"registration_access_token",
		"registration_client_uri", "client_secret_expires_at", "client_id_issued_at"};
	struct json_body body;
	struct str id, secret;

	if (json_body_read(c->arena, r->body, &body) != JSON_READ)
		return STEP_NEXT; /* the next step says it */
	if (json_body_text(c->arena, &body, "client_id", &id) != JSON_HERE ||
		!str_eq(id, r->app.client_id))
		return refuse_member(r, "client_id", "it is not the client that the URL names");
	for (size_t i = 0; i < sizeof server_only / sizeof server_only[0]; i++)
		if (json_body_has(&body, server_only[i]))
			return refuse_member(r, server_only[i], "only the server says this");
	switch (json_body_text(c->arena, &body, "client_secret", &secret)) {
	case JSON_ABSENT:
		return STEP_NEXT;
	case JSON_WRONG:
		return refuse_member(r, "client_secret", "it is of the wrong JSON type");
	case JSON_HERE:
		break;
	}
	return check_same_secret(c, r, secret);
}

/* A client that proves itself in another way from now on gets, or loses, its secrets. */
static enum db_status settle_secrets(
	struct context *c, struct registration *r, enum auth_method before)
{
	struct app_secret *secrets;
	size_t n;

	if (before == r->app.auth_method)
		return DB_OK;
	enum db_status status = app_secret_list(c->store, c->arena, r->app.id, &secrets, &n);

	for (size_t i = 0; i < n && status == DB_OK; i++)
		status = app_secret_revoke(c->store, r->app.id, secrets[i].id);
	return status == DB_OK ? add_secret(c, r) : status;
}

/* The first effect. */
static enum step_result replace(struct context *c, struct registration *r)
{
	enum auth_method before = r->app.auth_method;
	enum db_status status = registered_app_update(c, &r->metadata, &r->app);

	if (status == DB_OK)
		status = settle_secrets(c, r, before);
	if (status == DB_OK)
		status = registration_access_renew(c->store, r->app.id, r->access_token);
	if (status == DB_OK)
		status = note(c, r, "oauth_application.update");
	if (status == DB_NONE || status == DB_CONFLICT)
		status = DB_FAILED;
	return context_failed(c, status) ? STEP_FAIL : show_whole(c, r);
}

struct step {
	const char *name;
	enum step_result (*run)(struct context *, struct registration *);
};
#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
/* clang-format off */
static const struct step register_steps[] = {
	STEP(check_rate),
	STEP(check_initial_token),     /* RFC 7591 3 */
	STEP(check_room),
	STEP(read_metadata),   /* RFC 7591 2, 3.2.2 */
	STEP(fetch_sector),
	STEP(check_sector),    /* OpenID Connect Registration 5 */
	STEP(create),          /* RFC 7591 3.2.1 */
	{NULL, NULL},
};
static const struct step replace_steps[] = {
	STEP(find_managed),      /* RFC 7592 2.2 */
	STEP(check_same_client),
	STEP(read_metadata),
	STEP(fetch_sector),
	STEP(check_sector),
	STEP(replace),
	{NULL, NULL},
};
/* clang-format on */
#undef STEP

static enum step_result run(
	struct context *c, struct registration *r, const struct step *steps, const char *flow)
{
	enum step_result result = STEP_NEXT;

	while (result == STEP_NEXT && steps[r->next].name) {
		refusal_at(&r->refusal, flow, r->next);
		result = steps[r->next++].run(c, r);
	}
	return result == STEP_NEXT ? STEP_DONE : result;
}

enum step_result register_client(struct context *c, struct registration *r)
{
	return run(c, r, register_steps, "register");
}

enum step_result registration_replace(struct context *c, struct registration *r)
{
	return run(c, r, replace_steps, "registration_replace");
}

enum step_result registration_show(struct context *c, struct registration *r)
{
	enum step_result result = find_managed(c, r);

	if (result == STEP_NEXT)
		result = show_whole(c, r);
	if (result == STEP_NEXT)
		snprintf(r->access_token, sizeof r->access_token, "%.*s", STR_ARG(r->token));
	return result == STEP_NEXT ? STEP_DONE : result;
}

enum step_result registration_delete(struct context *c, struct registration *r)
{
	enum step_result result = find_managed(c, r);

	if (result != STEP_NEXT)
		return result;
	if (context_failed(c, note(c, r, "oauth_application.destroy")) ||
		context_failed(c, app_delete(c->store, r->app.id)))
		return STEP_FAIL;
	return STEP_DONE;
}

const char *register_step(size_t i)
{
	return i < sizeof register_steps / sizeof register_steps[0] ? register_steps[i].name : NULL;
}

const char *replace_step(size_t i)
{
	return i < sizeof replace_steps / sizeof replace_steps[0] ? replace_steps[i].name : NULL;
}
