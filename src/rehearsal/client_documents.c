/* POST /rehearsal/client-documents: what the server makes of a client ID metadata document, as any
 * endpoint would that the client id is sent to. */
#include "explain/refusal.h"
#include "flow/resolve_client.h"
#include "rehearsal/handlers.h"
#include "store/metadata.h"
#include "store/remote_document.h"

struct looking {
	struct resolve_client resolve; /* first: the job's argument */
	bool fetched;
};

static void show(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct looking *l)
{
	struct client_metadata metadata;
	struct remote_document copy;
	struct app app;
	struct buf b;
	enum db_status status = app_by_client_id(c->store, c->arena, l->resolve.client_id, &app);

	if (context_failed(c, status))
		return;
	if (status == DB_NONE) {
		rehearsal_refuse(req, rep, 404, "not_found",
			STR("There is no such client, and its id is no URL that is fetched."));
		return;
	}
	if (context_failed(c, app_metadata_whole(c->store, c->arena, &app, &metadata)) ||
		context_failed(c, remote_document_get(c->store, c->arena, app.client_id, &copy)))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_addf(&b, "{\"id\":%lld,", (long long)app.id);
	rehearsal_add_text(&b, "client_id", app.client_id);
	buf_addf(&b, ",\"fetched\":%s,\"unverified\":%s,", l->fetched ? "true" : "false",
		app.unverified ? "true" : "false");
	rehearsal_add_time(&b, "fresh_until", copy.fresh_until);
	buf_add_c(&b, ",\"metadata\":");
	buf_add(&b, client_metadata_write(req->arena, &metadata, METADATA_WHOLE));
	buf_add_char(&b, '}');
	rehearsal_reply(rep, 200, buf_str(&b));
}

static void refuse(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct looking *l)
{
	const struct refusal *r = &l->resolve.refusal;
	struct buf b;

	explain_refusal(c, "client_document", l->resolve.client_id, r);
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_addf(&b, "{\"error\":\"invalid_client\",\"cause\":\"%s\",\"evidence\":{",
		cause_name(r->cause));
	for (size_t i = 0; i < r->evidence_n; i++) {
		if (i)
			buf_add_char(&b, ',');
		rehearsal_add_text(&b, evidence_name(r->evidence[i].name), r->evidence[i].value);
	}
	buf_add_c(&b, "}}");
	rehearsal_reply(rep, 422, buf_str(&b));
}

static void fetched(struct context *c, struct http_request *req, struct http_reply *rep, void *arg);

static void answer(struct context *c, struct http_request *req, struct http_reply *rep,
	struct looking *l, enum resolve result)
{
	switch (result) {
	case RESOLVE_READY:
		show(c, req, rep, l);
		break;
	case RESOLVE_FETCH:
		l->fetched = true;
		rep->job.work = resolve_client_work;
		rep->job.arg = l;
		rep->job.done = fetched;
		rep->job.outgoing = true;
		break;
	case RESOLVE_REFUSED:
		refuse(c, req, rep, l);
		break;
	case RESOLVE_FAILED:
		c->failed = true;
		break;
	}
}

static void fetched(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct looking *l = arg;

	answer(c, req, rep, l, resolve_client_take(c, &l->resolve));
}

void rehearsal_client_document(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct looking *l = ARENA_NEW(req->arena, struct looking);
	struct json_body body;
	struct str id;

	if (!rehearsal_open_body(c, req, rep, &body))
		return;
	if (json_body_text(req->arena, &body, "client_id", &id) != JSON_HERE) {
		rehearsal_refuse_member(req, rep, "client_id", "the URL of a client document");
		return;
	}
	answer(c, req, rep, l, resolve_client(c, id, &l->resolve));
}
