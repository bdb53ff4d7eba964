/* Where programs put their parameters: form body, JSON body, query string (reference 3.1, G03). */
#include "base/arena.h"
#include "base/json_object.h"
#include "base/limits.h"
#include "github/oauth.h"

static enum read_status read_body(struct http_request *req, struct params *out)
{
	struct str type = http_media_type(req->arena, req->headers[HTTP_CONTENT_TYPE]);

	*out = (struct params){0};
	if (req->body.n == 0)
		return READ_OK;
	if (str_eq_c(type, "application/json"))
		return json_read_object(req->arena, req->body, LIMIT_PARAMS, out) == JSON_READ
			       ? READ_OK
			       : READ_BAD_ENCODING;
	/* Without a type a body can only be a form. */
	if (type.n && !str_eq_c(type, "application/x-www-form-urlencoded"))
		return READ_BAD_TYPE;
	return form_parse(req->arena, req->body, LIMIT_PARAMS, out) == FORM_OK ? READ_OK
									       : READ_BAD_ENCODING;
}

enum read_status github_read_params(struct http_request *req, struct params *out)
{
	struct params body;
	enum read_status status = read_body(req, &body);

	if (status != READ_OK)
		return status;
	if (req->query_status != FORM_OK)
		return READ_BAD_ENCODING;
	/* Both places in one list: a parameter that is in both counts as sent twice. */
	out->n = 0;
	out->v = ARENA_ARRAY(req->arena, struct param, body.n + req->query.n);
	for (size_t i = 0; i < body.n; i++)
		out->v[out->n++] = body.v[i];
	for (size_t i = 0; i < req->query.n; i++)
		out->v[out->n++] = req->query.v[i];
	return READ_OK;
}
