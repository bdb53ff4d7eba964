/* GET and POST /rehearsal/scenarios: which causes can be made to happen, and a request that makes
 * one happen. */
#include "base/limits.h"
#include "explain/explanation.h"
#include "rehearsal/handlers.h"
#include "rehearsal/scenario.h"
#include "rehearsal/spoil.h"

static void add_scenario(struct buf *b, struct context *c, const struct scenario *s)
{
	buf_add_char(b, '{');
	rehearsal_add_text(b, "cause", str_from(cause_name(s->cause)));
	buf_add_char(b, ',');
	rehearsal_add_text(b, "error", str_from(wire_row(cause_wire(s->cause))->code));
	buf_add_char(b, ',');
	rehearsal_add_text(b, "group", str_from(scenario_group_name(scenario_group(s))));
	buf_add_char(b, ',');
	rehearsal_add_text(b, "title", told_cause(c->arena, LANG_EN, s->cause));
	buf_addf(b, ",\"after_authorize\":%s}", spoil_find(s->cause) ? "true" : "false");
}

void rehearsal_scenario_list(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct scenario *s;
	struct buf b;

	if (!rehearsal_open(c, req, rep))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_c(&b, "{\"scenarios\":[");
	for (size_t i = 0; (s = scenario_at(i)); i++) {
		if (i)
			buf_add_char(&b, ',');
		add_scenario(&b, c, s);
	}
	buf_add_c(&b, "]}");
	rehearsal_reply(rep, 200, buf_str(&b));
}

static void add_header(struct buf *b, const char *name, struct str value)
{
	if (!str_is_set(value))
		return;
	if (b->p[b->n - 1] != '{')
		buf_add_char(b, ',');
	rehearsal_add_text(b, name, value);
}

/* The URL of a staged request, its query included. */
static struct str url_of(struct context *c, const struct staged_request *r, bool has_query)
{
	return str_printf(c->arena, "%.*s%.*s%s%.*s", STR_ARG(c->settings->base_url),
		STR_ARG(r->path), has_query ? "?" : "",
		STR_ARG(has_query ? stage_query(c->arena, r) : STR("")));
}

static void add_request(struct buf *b, struct context *c, const struct staged_request *r)
{
	bool is_get = str_eq_c(str_from(r->method), "GET");
	struct str body = is_get                ? STR_NONE
			  : str_is_set(r->body) ? r->body
						: stage_query(c->arena, r);

	buf_addf(b, "\"request\":{\"method\":\"%s\",", r->method);
	rehearsal_add_text(b, "url", url_of(c, r, is_get && r->params.n > 0));
	buf_add_c(b, ",\"headers\":{");
	add_header(b, "Accept", r->accept);
	add_header(b, "Authorization", r->authorization);
	add_header(b, "Content-Type", r->content_type);
	buf_add_c(b, "},");
	rehearsal_add_text(b, "body", body);
	buf_add_char(b, '}');
}

static void add_app(struct buf *b, const struct staging *s)
{
	buf_addf(b, "\"app\":{\"id\":%lld,", (long long)s->app.id);
	rehearsal_add_text(b, "client_id", s->app.client_id);
	buf_add_char(b, ',');
	rehearsal_add_text(b, "client_secret", str_from(s->client_secret));
	buf_add_char(b, ',');
	rehearsal_add_text(b, "owner", s->owner.login);
	buf_add_c(b, "},");
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct scenario *scenario, const struct staging *s)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '{');
	rehearsal_add_text(&b, "cause", str_from(cause_name(scenario->cause)));
	buf_add_char(&b, ',');
	rehearsal_add_text(&b, "error", str_from(wire_row(cause_wire(scenario->cause))->code));
	buf_add_char(&b, ',');
	add_app(&b, s);
	add_request(&b, c, &s->request);
	buf_add_char(&b, '}');
	rehearsal_reply(rep, 201, buf_str(&b));
}

void rehearsal_scenario_stage(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct json_body body;
	struct str cause = STR_NONE, login = STR_NONE;
	struct account owner;
	struct staging *s = ARENA_NEW(c->arena, struct staging);

	if (!rehearsal_open_body(c, req, rep, &body))
		return;
	json_body_text(req->arena, &body, "cause", &cause);
	json_body_text(req->arena, &body, "owner", &login);
	const struct scenario *scenario =
		str_is_set(cause) ? scenario_find(cause_find(cause)) : NULL;

	if (!scenario) {
		rehearsal_refuse_member(
			req, rep, "cause", "one that GET /rehearsal/scenarios lists");
		return;
	}
	enum db_status status = scenario_owner(c, login, &owner);

	if (context_failed(c, status))
		return;
	if (status == DB_NONE)
		rehearsal_refuse_member(req, rep, "owner", "the login of an account");
	else if (scenario_stage(c, scenario, &owner, s))
		show(c, req, rep, scenario, s);
}
