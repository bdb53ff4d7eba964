#include "web/demo_scenario.h"

#include <string.h>

#include "explain/explanation.h"
#include "rehearsal/scenario.h"
#include "web/page.h"

static const enum message titles[SCENARIO_GROUPS] = {
	[GROUP_CLIENTS] = MSG_DEMO_GROUP_CLIENTS,
	[GROUP_AUTHORIZE] = MSG_DEMO_GROUP_AUTHORIZE,
	[GROUP_CODES] = MSG_DEMO_GROUP_CODES,
	[GROUP_PKCE] = MSG_DEMO_GROUP_PKCE,
	[GROUP_REFRESH] = MSG_DEMO_GROUP_REFRESH,
	[GROUP_DEVICES] = MSG_DEMO_GROUP_DEVICES,
	[GROUP_API] = MSG_DEMO_GROUP_API,
	[GROUP_MANAGE] = MSG_DEMO_GROUP_MANAGE,
	[GROUP_STANDARD] = MSG_DEMO_GROUP_STANDARD,
	[GROUP_REGISTER] = MSG_DEMO_GROUP_REGISTER,
};

/* The step that each kind of request is. */
static const char *const steps[STAGES] = {
	[STAGE_AUTHORIZE] = "demo.step.authorize",
	[STAGE_CODE] = "demo.step.token",
	[STAGE_CODE_PKCE] = "demo.step.token",
	[STAGE_REFRESH] = "demo.step.refresh",
	[STAGE_DEVICE] = "demo.step.device",
	[STAGE_POLL] = "demo.step.poll",
	[STAGE_API] = "demo.step.user",
	[STAGE_MANAGE] = "demo.step.manage",
	[STAGE_OAUTH_AUTHORIZE] = "demo.step.authorize",
	[STAGE_OAUTH_PAR] = "demo.step.par",
	[STAGE_OAUTH_PUSHED] = "demo.step.authorize",
	[STAGE_OAUTH_CODE] = "demo.step.token",
	[STAGE_OAUTH_CODE_PKCE] = "demo.step.token",
	[STAGE_OAUTH_REFRESH] = "demo.step.refresh",
	[STAGE_OAUTH_CLIENT] = "demo.step.own_token",
	[STAGE_OAUTH_DEVICE] = "demo.step.device",
	[STAGE_OAUTH_INTROSPECT] = "demo.step.manage",
	[STAGE_OAUTH_REVOKE] = "demo.step.revoke",
	[STAGE_REGISTER] = "demo.step.register",
	[STAGE_REGISTERED] = "demo.step.registered",
};

struct scenario_run {
	struct demo_flow *flow;
	const struct scenario *scenario;
	struct staging staging;
	struct demo_call call;
};

static size_t list_group(
	struct context *c, enum scenario_group group, struct page_demo_home_scenario *rows)
{
	const struct scenario *s;
	size_t n = 0;

	for (size_t i = 0; (s = scenario_at(i)); i++) {
		if (scenario_group(s) != group || !scenario_offered(c, s))
			continue;
		if (rows)
			rows[n] = (struct page_demo_home_scenario){
				.cause = str_from(cause_name(s->cause)),
				.title = told_cause(c->arena, c->visit->lang, s->cause),
				.code = str_from(scenario_error(s))};
		n++;
	}
	return n;
}

void demo_scenario_list(struct context *c, struct page_demo_home *page)
{
	struct page_demo_home_group *out =
		ARENA_ARRAY(c->arena, struct page_demo_home_group, SCENARIO_GROUPS);

	if (!c->rehearsal)
		return;
	for (int g = 0; g < SCENARIO_GROUPS; g++) {
		size_t n = list_group(c, (enum scenario_group)g, NULL);
		struct page_demo_home_scenario *rows =
			ARENA_ARRAY(c->arena, struct page_demo_home_scenario, n);

		list_group(c, (enum scenario_group)g, rows);
		out[g] = (struct page_demo_home_group){.number = g + 1,
			.title = titles[g],
			.n = (int64_t)n,
			.scenarios = rows,
			.scenarios_n = n};
		page->total += (int64_t)n;
	}
	page->groups = out;
	page->groups_n = SCENARIO_GROUPS;
}

/* What is sent as a secret, and what it was made from, stay out of the page. */
static void hide(struct demo_flow *f, struct str secret)
{
	for (size_t i = 0; i < DEMO_SECRETS && str_has_text(secret); i++) {
		if (str_is_set(f->secrets[i]))
			continue;
		f->secrets[i] = secret;
		return;
	}
}

static void hide_secrets(struct scenario_run *run)
{
	static const char *const secret[] = {
		"client_secret", "code", "code_verifier", "refresh_token", "device_code", "token"};
	const struct staging *s = &run->staging;
	struct demo_flow *f = run->flow;

	hide(f, str_from(s->client_secret));
	hide(f, s->code);
	hide(f, s->verifier);
	hide(f, s->token);
	hide(f, s->refresh_token);
	hide(f, s->device_code);
	for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
		struct str sent = stage_get(s, secret[i]);

		/* One that is encoded twice keeps all but its first character. */
		hide(f, str_is_set(sent) && str_starts(sent, STR("%")) ? str_slice(sent, 3, sent.n)
								       : sent);
	}
	struct str authorization = s->request.authorization;

	if (str_is_set(authorization))
		hide(f, str_slice(
				authorization, str_find(authorization, ' ') + 1, authorization.n));
}

static const char *text_or_null(struct arena *a, struct str s)
{
	return str_is_set(s) ? str_c(a, s) : NULL;
}

static void plan(struct context *c, struct scenario_run *run)
{
	const struct staged_request *r = &run->staging.request;
	bool is_get = strcmp(r->method, "GET") == 0;
	struct str query = stage_query(c->arena, r);

	run->call = (struct demo_call){.method = r->method,
		.url = str_c(c->arena,
			str_printf(c->arena, "%.*s%.*s%s%.*s", STR_ARG(c->settings->base_url),
				STR_ARG(r->path), is_get && query.n ? "?" : "",
				STR_ARG(is_get ? query : STR("")))),
		.accept = text_or_null(c->arena, r->accept),
		.authorization = text_or_null(c->arena, r->authorization),
		.content_type = text_or_null(c->arena, r->content_type),
		.body = is_get ? NULL : str_c(c->arena, str_is_set(r->body) ? r->body : query)};
}

/* What the client is told: a member of the reply's body, or the page that a person sees. */
static struct str error_of(struct context *c, const struct scenario_run *run)
{
	static const char *const members[] = {"error", "message"};
	json_t *json = json_loadb(run->call.reply, run->call.reply_n, 0, NULL);
	const char *text = NULL;

	for (size_t i = 0; i < sizeof members / sizeof members[0] && !text; i++)
		text = json_string_value(json_object_get(json, members[i]));
	struct str error = str_dup(c->arena, str_from(text ? text : scenario_error(run->scenario)));

	json_decref(json);
	return error;
}

static bool is_for_a_person(const struct scenario *s)
{
	return s->stage == STAGE_AUTHORIZE || s->stage == STAGE_OAUTH_AUTHORIZE ||
	       s->stage == STAGE_OAUTH_PUSHED;
}

static void sent(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct scenario_run *run = arg;
	struct demo_flow *f = run->flow;
	const struct demo_call *call = &run->call;

	demo_flow_add_call(c, f, steps[run->scenario->stage], "demo.scenario.note", call);
	demo_flow_set_text(c, f, "error", error_of(c, run));
	demo_flow_set_text(c, f, "over", STR("yes"));
	/* A person at a browser would see a page of ours. */
	if (is_for_a_person(run->scenario) && !*call->location)
		demo_flow_set_text(c, f, "see", str_from(call->url));
	if (demo_flow_save(c, f))
		web_go(c, req, rep, STR("/demo/result"), MSG_NONE);
}

static void send_it(void *arg)
{
	struct scenario_run *run = arg;

	demo_call_make(&run->call, DEMO_CALL_SECONDS);
}

static void wait_for_commit(void *arg)
{
	(void)arg;
}

/* The stage is committed now: any worker may meet the request. */
static void staged(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	(void)c, (void)req;
	rep->job.work = send_it;
	rep->job.done = sent;
	rep->job.arg = arg;
}

/* Whose app it is: the viewer's, who can read its log then, or the demo user's. */
static bool find_owner(struct context *c, struct account *out)
{
	if (web_account(c)) {
		*out = *web_account(c);
		return true;
	}
	return !context_failed(c, scenario_owner(c, STR_NONE, out));
}

void demo_scenario(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct scenario_run *run = ARENA_NEW(c->arena, struct scenario_run);
	enum cause cause = cause_find(params_get(web_form(c), "cause"));
	struct account owner;

	run->scenario = cause == CAUSE_NONE ? NULL : scenario_find(cause);
	if (!c->rehearsal || !run->scenario || !scenario_offered(c, run->scenario)) {
		web_show_error(c, req, rep, 404);
		return;
	}
	run->flow = demo_flow_new(c, DEMO_SCENARIO);
	if (!run->flow || !find_owner(c, &owner) ||
		!scenario_stage(c, run->scenario, &owner, &run->staging))
		return;
	demo_flow_set_cause(c, run->flow, cause);
	demo_flow_set_text(c, run->flow, "owner", owner.login);
	hide_secrets(run);
	plan(c, run);
	web_set_cookie(c, req, rep, COOKIE_DEMO, run->flow->id, DEMO_FLOW_S);
	rep->job.work = wait_for_commit;
	rep->job.done = staged;
	rep->job.arg = run;
}
