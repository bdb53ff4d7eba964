#include "flow/resolve_client.h"

#include "base/json_body.h"
#include "core/client_url.h"
#include "flow/registered_app.h"
#include "store/account.h"
#include "store/remote_document.h"

static enum resolve refuse(struct resolve_client *r, enum cause cause)
{
	r->refusal.cause = cause;
	return RESOLVE_REFUSED;
}

static enum resolve refuse_fault(struct resolve_client *r, enum cause cause, const char *fault)
{
	refusal_add(&r->refusal, EVIDENCE_fault, str_from(fault));
	return refuse(r, cause);
}

static enum resolve refuse_host(struct resolve_client *r, enum cause cause)
{
	refusal_add(&r->refusal, EVIDENCE_host, r->host);
	return refuse(r, cause);
}

/* What kept the document from coming. */
static enum resolve refuse_fetch(struct context *c, struct resolve_client *r)
{
	const char *word = fetch_fault_word(r->fetch.fault);

	switch (r->fetch.fault) {
	case FETCH_OK:
	case FETCH_URL:
		return refuse_fault(r, CAUSE_DOCUMENT_URL, word);
	case FETCH_ADDRESS:
		return refuse_host(r, CAUSE_DOCUMENT_ADDRESS);
	case FETCH_STATUS:
		refusal_add_number(
			&r->refusal, c->arena, EVIDENCE_status, (int64_t)r->fetch.status);
		return refuse_host(r, CAUSE_DOCUMENT_STATUS);
	case FETCH_REDIRECT:
	case FETCH_TYPE:
	case FETCH_SIZE:
		refuse_host(r, CAUSE_DOCUMENT_REPLY);
		return refuse_fault(r, CAUSE_DOCUMENT_REPLY, word);
	case FETCH_THROTTLED:
	case FETCH_NAME:
	case FETCH_CONNECT:
	case FETCH_TLS:
	case FETCH_TIMEOUT:
	case FETCH_FAULTS:
		break;
	}
	refuse_host(r, CAUSE_DOCUMENT_UNREACHABLE);
	return refuse_fault(r, CAUSE_DOCUMENT_UNREACHABLE, word);
}

/* The app of the client id, if there is one: DB_NONE leaves `app->id` 0. */
static bool find_app(struct context *c, struct resolve_client *r, struct app *app)
{
	*app = (struct app){0};
	enum db_status status = app_by_client_id(c->store, c->arena, r->client_id, app);

	r->refusal.app_id = app->id;
	return !context_failed(c, status);
}

enum resolve resolve_client(struct context *c, struct str client_id, struct resolve_client *r)
{
	bool local = c->settings->rehearsal;
	struct remote_document copy;
	struct redirect_uri url;
	struct app app;

	*r = (struct resolve_client){.client_id = client_id};
	if (!is_client_url(client_id) || !c->settings->client_id_documents)
		return RESOLVE_READY;
	enum client_url_fault fault = client_url_parse(client_id, local, &url);

	if (fault != CLIENT_URL_OK)
		return refuse_fault(r, CAUSE_DOCUMENT_URL, client_url_fault_word(fault));
	r->host = url.host;
	if (!find_app(c, r, &app) ||
		context_failed(c, remote_document_get(c->store, c->arena, client_id, &copy)))
		return RESOLVE_FAILED;
	int64_t now = store_now(c->store);

	if (app.id && copy.fresh_until > now)
		return RESOLVE_READY;
	r->usable_copy = app.id && copy.fetched_at && copy.fetched_at + LIMIT_STALE > now;
	if (fetch_start(c, &r->fetch, client_id, LIMIT_CLIENT_DOCUMENT) == FETCH_OK)
		return RESOLVE_FETCH;
	return fetch_may_pass(&r->fetch) && r->usable_copy ? RESOLVE_READY : refuse_fetch(c, r);
}

void resolve_client_work(void *r)
{
	fetch_work(r);
}

/* MCP-07: "simple string comparison". */
static bool names_itself(struct context *c, struct resolve_client *r)
{
	struct json_body body;
	struct str id = STR_NONE;

	/* What is no object is told by what reads the rest. */
	if (json_body_read(c->arena, fetch_body(&r->fetch), &body) != JSON_READ)
		return true;
	json_body_text(c->arena, &body, "client_id", &id);
	if (str_eq(id, r->client_id))
		return true;
	r->refusal.expected = r->client_id;
	r->refusal.received = str_is_set(id) ? id : STR("");
	return false;
}

static enum resolve refuse_metadata(struct resolve_client *r)
{
	refusal_add(&r->refusal, EVIDENCE_parameter,
		*r->verdict.member ? str_from(r->verdict.member) : STR("JSON"));
	return refuse_fault(r, CAUSE_DOCUMENT_METADATA, r->verdict.fault);
}

/* A187: documents are made by anybody, and each new one is a row. */
static enum resolve make_app(
	struct context *c, struct resolve_client *r, const struct client_metadata *m)
{
	struct app app;
	int64_t n;
	const struct registered_app what = {.metadata = m,
		.owner_id = ACCOUNT_OF_APPS,
		.client_id = r->client_id,
		.origin = APP_BY_DOCUMENT,
		.unverified = true};

	if (context_failed(c, app_unverified_count(c->store, LIMIT_UNVERIFIED_APPS, &n)))
		return RESOLVE_FAILED;
	if (n >= LIMIT_UNVERIFIED_APPS) {
		refuse_host(r, CAUSE_DOCUMENT_UNREACHABLE);
		return refuse_fault(r, CAUSE_DOCUMENT_UNREACHABLE, "apps_full");
	}
	if (context_failed(c, registered_app_create(c, &what, &app)))
		return RESOLVE_FAILED;
	r->refusal.app_id = app.id;
	return RESOLVE_READY;
}

/* The document is good: another request may have taken it meanwhile, which is as good. */
static enum resolve keep(
	struct context *c, struct resolve_client *r, const struct client_metadata *m)
{
	struct app app;

	if (!find_app(c, r, &app))
		return RESOLVE_FAILED;
	if (app.id) {
		if (context_failed(c, registered_app_update(c, m, &app)))
			return RESOLVE_FAILED;
	} else {
		enum resolve made = make_app(c, r, m);

		if (made != RESOLVE_READY)
			return made;
	}
	return context_failed(c, remote_document_put(c->store, r->client_id, fetch_body(&r->fetch),
					 fetch_fresh_for(&r->fetch)))
		       ? RESOLVE_FAILED
		       : RESOLVE_READY;
}

enum resolve resolve_client_take(struct context *c, struct resolve_client *r)
{
	const struct metadata_rules rules = registered_app_rules(c, true);
	struct client_metadata *m = ARENA_NEW(c->arena, struct client_metadata);

	if (r->fetch.fault != FETCH_OK)
		return fetch_may_pass(&r->fetch) && r->usable_copy ? RESOLVE_READY
								   : refuse_fetch(c, r);
	if (!names_itself(c, r))
		return refuse(r, CAUSE_DOCUMENT_ID_DIFFERS);
	if (!client_metadata_read(c->arena, fetch_body(&r->fetch), &rules, m, &r->verdict))
		return refuse_metadata(r);
	return keep(c, r, m);
}
