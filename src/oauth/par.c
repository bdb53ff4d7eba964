/* POST /oauth2/par: RFC 9126 2. */
#include "base/arena.h"
#include "explain/refusal.h"
#include "flow/push_request.h"
#include "flow/resolve_client.h"
#include "oauth/oauth.h"
#include "oauth/reply.h"

static const struct oauth_endpoint endpoint = {"par"};

struct par {
	struct resolve_client resolve; /* first: a job's argument */
	struct oauth_request q;
	struct pushed pushed;
};

/* RFC 9126 2.2 */
static void reply_reference(struct context *c, struct par *p)
{
	struct buf b;

	oauth_begin(c, &b);
	oauth_add_text(&b, "request_uri", p->pushed.request_uri);
	oauth_add_number(&b, "expires_in", c->settings->pushed_request_lifetime_s);
	oauth_send(&p->q, 201, &b);
}

static void push(struct context *c, struct par *p)
{
	const struct push_request request = {.credentials = p->q.credentials, .params = &p->q.form};

	switch (push_request(c, &request, &p->pushed)) {
	case STEP_DONE:
		explain_step(c, endpoint.name, p->pushed.client.app_id, 0);
		reply_reference(c, p);
		break;
	case STEP_REFUSE:
		oauth_refuse(c, &p->q, &p->pushed.refusal);
		break;
	case STEP_NEXT:
	case STEP_ASK:
	case STEP_FAIL:
		c->failed = true;
		break;
	}
}

static void document_fetched(
	struct context *c, struct http_request *req, struct http_reply *rep, void *arg);

/* As at the authorization endpoint, a client may be known by a document of its own. */
static void push_with_client(struct context *c, struct par *p, enum resolve result)
{
	struct http_reply *rep = p->q.reply;

	switch (result) {
	case RESOLVE_READY:
		push(c, p);
		break;
	case RESOLVE_FETCH:
		rep->job.work = resolve_client_work;
		rep->job.arg = p;
		rep->job.done = document_fetched;
		rep->job.outgoing = true;
		break;
	case RESOLVE_REFUSED:
		oauth_refuse(c, &p->q, &p->resolve.refusal);
		break;
	case RESOLVE_FAILED:
		c->failed = true;
		break;
	}
}

static void document_fetched(
	struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct par *p = arg;

	(void)req;
	(void)rep;
	push_with_client(c, p, resolve_client_take(c, &p->resolve));
}

void oauth_par(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct par *p = ARENA_NEW(req->arena, struct par);

	if (oauth_read(c, req, rep, &endpoint, &p->q))
		push_with_client(c, p, resolve_client(c, p->q.credentials.client_id, &p->resolve));
}
