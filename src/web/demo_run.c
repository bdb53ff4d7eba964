#include "web/demo_run.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "web/page.h"

#define WRONG_SECRET "0000000000000000000000000000000000000000"
#define WRONG_CODE "1234567890123456789012345678901234567890"
#define WRONG_VERIFIER "a-verifier-that-was-never-announced-to-the-server"

struct run {
	struct demo_flow *flow;
	struct demo_call calls[DEMO_CALLS_MAX];
	size_t planned, made;
	bool api_last; /* the last call uses the token of the first */
	char token[TOKEN_TEXT_LEN + 1], authorization[TOKEN_TEXT_LEN + 16];
};

static void add(struct buf *b, const char *name, struct str value)
{
	if (b->n && b->p[b->n - 1] != '?')
		buf_add_char(b, '&');
	buf_addf(b, "%s=", name);
	buf_add_form(b, value);
}

static struct str url_of(struct context *c, const char *path)
{
	return str_printf(c->arena, "%.*s%s", STR_ARG(c->settings->base_url), path);
}

struct str demo_authorize_url(struct context *c, const struct demo_flow *f)
{
	const struct settings *s = c->settings;
	bool suspended = f->kind == DEMO_SUSPENDED;
	struct str verifier = demo_flow_get_text(c, f, "verifier");
	struct buf b;

	buf_init(&b, c->arena, LIMIT_REQUEST_TARGET);
	buf_add(&b, url_of(c, "/login/oauth/authorize?"));
	add(&b, "client_id", suspended ? s->demo_app.suspended_client_id : s->demo_app.client_id);
	add(&b, "redirect_uri",
		f->kind == DEMO_REDIRECT_AUTHORIZE ? STR("https://elsewhere.example/callback")
						   : s->demo_app.callback_url);
	/* Asking for more than was allowed before is what brings the consent page back. */
	add(&b, "scope",
		f->kind == DEMO_DENIED ? STR("user:email notifications") : STR("user:email"));
	add(&b, "state", demo_flow_get_text(c, f, "state"));
	add(&b, "code_challenge", demo_challenge(c->arena, verifier));
	add(&b, "code_challenge_method", STR("S256"));
	return buf_str(&b);
}

/* The token request, with the mistake that the case is about. RFC 6749 4.1.3. */
static struct str token_body(struct context *c, const struct demo_flow *f, struct str code)
{
	const struct settings *s = c->settings;
	struct buf b;

	buf_init(&b, c->arena, LIMIT_BODY);
	if (f->kind == DEMO_GRANT_TYPE)
		add(&b, "grant_type", STR("password"));
	add(&b, "client_id",
		f->kind == DEMO_UNKNOWN_CLIENT ? STR("Ov23unknown000000000")
					       : s->demo_app.client_id);
	add(&b, "client_secret",
		f->kind == DEMO_WRONG_SECRET ? STR(WRONG_SECRET) : s->demo_app.client_secret);
	add(&b, "code", str_is_set(code) ? code : STR(WRONG_CODE));
	add(&b, "redirect_uri",
		f->kind == DEMO_REDIRECT_TOKEN ? STR("https://elsewhere.example/callback")
					       : s->demo_app.callback_url);
	if (f->kind == DEMO_WRONG_VERIFIER)
		add(&b, "code_verifier", STR(WRONG_VERIFIER));
	else if (f->kind != DEMO_NO_VERIFIER)
		add(&b, "code_verifier", demo_flow_get_text(c, f, "verifier"));
	return buf_str(&b);
}

static void plan(struct context *c, struct run *run, struct str code)
{
	const struct demo_flow *f = run->flow;

	if (f->kind == DEMO_REDIRECT_AUTHORIZE) {
		run->calls[run->planned++] = (struct demo_call){.method = "GET",
			.url = str_c(c->arena, demo_authorize_url(c, f)),
			.accept = "text/html"};
		return;
	}
	const struct demo_call exchange = {.method = "POST",
		.url = str_c(c->arena, url_of(c, "/login/oauth/access_token")),
		.accept = "application/json",
		.content_type = DEMO_FORM,
		.body = str_c(c->arena, token_body(c, f, code))};

	run->calls[run->planned++] = exchange;
	if (f->kind == DEMO_CODE_TWICE)
		run->calls[run->planned++] = exchange;
	run->api_last = f->kind == DEMO_SIGN_IN || f->kind == DEMO_CODE_TWICE;
	if (run->api_last)
		run->calls[run->planned++] = (struct demo_call){.method = "GET",
			.url = str_c(c->arena, url_of(c, "/api/v3/user")),
			.accept = "application/vnd.github+json",
			.authorization = run->authorization};
}

/* A text of a reply's JSON object into `out`; false when it has none that fits. */
static bool member_of(const struct demo_call *call, const char *name, char *out, size_t size)
{
	json_t *json = json_loadb(call->reply, call->reply_n, 0, NULL);
	const char *text = json_string_value(json_object_get(json, name));
	bool fits = text && strlen(text) < size;

	if (fits)
		memcpy(out, text, strlen(text) + 1);
	json_decref(json);
	return fits;
}

/* On a job thread. */
static void work(void *arg)
{
	struct run *run = arg;
	int64_t deadline = clock_monotonic_us() + (int64_t)DEMO_CALL_SECONDS * 1000000;

	while (run->made < run->planned) {
		struct demo_call *call = &run->calls[run->made];
		int64_t left_s = (deadline - clock_monotonic_us()) / 1000000;

		if (run->made > 0 && left_s < 1)
			return;
		demo_call_make(call, left_s < 1 ? 1 : (long)left_s);
		run->made++;
		if (run->made == 1 && run->api_last) {
			if (!member_of(call, "access_token", run->token, sizeof run->token))
				return;
			snprintf(run->authorization, sizeof run->authorization, "Bearer %s",
				run->token);
		}
	}
}

static void add_steps(struct context *c, struct run *run)
{
	struct demo_flow *f = run->flow;

	for (size_t i = 0; i < run->made; i++) {
		const struct demo_call *call = &run->calls[i];

		if (f->kind == DEMO_REDIRECT_AUTHORIZE)
			demo_flow_add_call(
				c, f, "demo.step.authorize", "demo.step.authorize_note", call);
		else if (call->authorization)
			demo_flow_add_call(c, f, "demo.step.user", "demo.step.user_note", call);
		else if (i > 0)
			demo_flow_add_call(
				c, f, "demo.step.token_again", "demo.step.token_again_note", call);
		else
			demo_flow_add_call(c, f, "demo.step.token", "demo.step.token_note", call);
	}
}

/* What came of it: the signed-in login, or the error of the call that was meant to fail. */
static void add_outcome(struct context *c, struct run *run)
{
	struct demo_flow *f = run->flow;
	const struct demo_call *call;
	char text[512];

	if (run->made == 0)
		return;
	call = &run->calls[run->made - 1];
	if (f->kind == DEMO_CODE_TWICE && run->made > 1)
		call = &run->calls[1];
	if (f->kind == DEMO_SIGN_IN && member_of(call, "login", text, sizeof text))
		demo_flow_set_text(c, f, "login", str_from(text));
	if (member_of(call, "error", text, sizeof text))
		demo_flow_set_text(c, f, "error", str_from(text));
	if (member_of(call, "error_uri", text, sizeof text))
		demo_flow_set_text(c, f, "error_uri", str_from(text));
	/* This one is told on a page, or by a redirect to the registered callback. */
	if (f->kind == DEMO_REDIRECT_AUTHORIZE &&
		(call->status == 400 || strstr(call->location, "error=redirect_uri_mismatch"))) {
		demo_flow_set_text(c, f, "error", STR("redirect_uri_mismatch"));
		demo_flow_set_text(c, f, "error_uri", web_docs_of(c, WIRE_REDIRECT_URI_MISMATCH));
	}
}

static void done(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct run *run = arg;

	run->flow->secrets[3] = str_from(run->token);
	add_steps(c, run);
	add_outcome(c, run);
	demo_flow_set_text(c, run->flow, "over", STR("yes"));
	if (demo_flow_save(c, run->flow))
		web_go(c, req, rep, STR("/demo/result"), MSG_NONE);
}

void demo_run(struct context *c, struct http_reply *rep, struct demo_flow *flow, struct str code)
{
	struct run *run = ARENA_NEW(c->arena, struct run);

	run->flow = flow;
	flow->secrets[0] = c->settings->demo_app.client_secret;
	flow->secrets[1] = code;
	plan(c, run, code);
	rep->job.work = work;
	rep->job.done = done;
	rep->job.arg = run;
}
