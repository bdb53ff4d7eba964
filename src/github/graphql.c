/* POST /api/graphql: what gh asks after it has signed in (reference 8.3 and 13.8). */
#include "base/limits.h"
#include "github/graphql_exec.h"

static void release(void *json)
{
	json_decref(json);
}

/* {"data":...,"errors":[...]}; either may be empty. */
static void reply(
	struct http_request *req, struct http_reply *rep, struct str data, struct str errors)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '{');
	if (data.n)
		buf_addf(&b, "\"data\":%.*s", STR_ARG(data));
	if (errors.n)
		buf_addf(&b, "%s\"errors\":[%.*s]", data.n ? "," : "", STR_ARG(errors));
	buf_add_char(&b, '}');
	github_api_reply(req, rep, 200, buf_str(&b));
}

static void reply_error(struct http_request *req, struct http_reply *rep, struct gql_exec *ex,
	const struct gql_place *place, struct str message)
{
	buf_init(&ex->errors, req->arena, LIMIT_REPLY);
	gql_error(ex, NULL, place, message, true);
	reply(req, rep, STR(""), buf_str(&ex->errors));
}

/* 6.1.1: the named operation, or the only one. */
static const struct gql_operation *choose(const struct gql_document *d, const char *name)
{
	const struct gql_operation *o = d->operations;

	if (!name)
		return o->next ? NULL : o;
	while (o && !str_eq_c(o->name, name))
		o = o->next;
	return o;
}

static void run(struct http_request *req, struct http_reply *rep, struct gql_exec *ex,
	const char *operation_name)
{
	struct buf data;

	ex->operation = choose(ex->document, operation_name);
	if (!ex->operation) {
		reply_error(req, rep, ex, NULL, STR("An operation name is required"));
		return;
	}
	if (ex->operation->kind != GQL_QUERY) {
		reply_error(req, rep, ex, &ex->operation->place,
			STR("This server answers queries only"));
		return;
	}
	buf_init(&data, req->arena, LIMIT_REPLY);
	gql_run(ex, &data);
	if (!ex->c->failed)
		reply(req, rep, ex->invalid ? STR("") : buf_str(&data), buf_str(&ex->errors));
}

static json_t *read_body(struct http_request *req)
{
	json_error_t error;
	json_t *json = json_loadb(
		req->body.p ? req->body.p : "", req->body.n, JSON_REJECT_DUPLICATES, &error);

	if (json)
		arena_defer(req->arena, release, json);
	return json;
}

void github_graphql(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct checked_token checked;
	struct gql_exec ex = {.c = c, .checked = &checked};
	struct gql_document document;
	struct gql_fault fault;

	if (!github_api_authenticate(c, req, rep, "", &checked))
		return;
	const json_t *body = read_body(req), *query = json_object_get(body, "query");

	if (!json_is_object(body)) {
		github_api_refuse(c, req, rep, 400, "Problems parsing JSON");
		return;
	}
	if (!json_is_string(query)) {
		reply_error(req, rep, &ex, NULL,
			STR("A query attribute must be specified and must be a string."));
		return;
	}
	const json_t *variables = json_object_get(body, "variables");
	const struct str text = {json_string_value(query), json_string_length(query)};

	if (variables && !json_is_object(variables) && !json_is_null(variables)) {
		reply_error(req, rep, &ex, NULL, STR("Variables must be an object."));
		return;
	}
	ex.variables = json_is_object(variables) ? variables : NULL;
	if (!gql_parse(req->arena, text, &document, &fault)) {
		reply_error(req, rep, &ex, &fault.place, fault.message);
		return;
	}
	ex.document = &document;
	run(req, rep, &ex, json_string_value(json_object_get(body, "operationName")));
}
