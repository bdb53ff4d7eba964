#include "github/describe.h"

#include "base/arena.h"
#include "explain/detail.h"

const struct described *github_described(const struct http_request *req, const struct params *p)
{
	struct described *d = ARENA_NEW(req->arena, struct described);

	*d = (struct described){.edge = DIALECT_GITHUB,
		.authorization = req->headers[HTTP_AUTHORIZATION],
		.content_type = req->headers[HTTP_CONTENT_TYPE],
		.accept = req->headers[HTTP_ACCEPT],
		.body = req->body,
		.query = &req->query,
		.p = p};
	return d;
}

static void tell_api(struct context *c, struct facts *f, const void *of)
{
	const struct http_request *req = of;
	struct str authorization = req->headers[HTTP_AUTHORIZATION];

	(void)c;
	facts_add(f, EVIDENCE_path, req->path);
	if (str_has_text(authorization))
		facts_add(f, EVIDENCE_scheme, authorization_scheme(authorization));
}

void github_describe_api(struct context *c, const struct http_request *req)
{
	c->describe = tell_api;
	c->describe_of = req;
}
