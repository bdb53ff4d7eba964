#include "web/demo.h"

#include "web/demo_explain.h"
#include "web/demo_run.h"
#include "web/demo_scenario.h"
#include "web/form_token.h"
#include "web/page.h"

static struct str start_href(struct context *c, enum demo_case_id kind)
{
	return str_printf(c->arena, "%.*s/demo/start/%s", STR_ARG(c->settings->base_url),
		demo_cases[kind].name);
}

void demo_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct page_demo_home_error buttons[DEMO_CASES];
	size_t n = 0;

	for (int i = DEMO_SIGN_IN + 1; i < DEMO_CASES; i++)
		buttons[n++] = (struct page_demo_home_error){.title = demo_cases[i].title,
			.text = demo_cases[i].text,
			.code = str_from(demo_cases[i].error),
			.href = start_href(c, (enum demo_case_id)i)};
	struct page_demo_home page = {
		.layout = web_layout(c, req, rep),
		.sign_in_href = start_href(c, DEMO_SIGN_IN),
		.client_id = c->settings->demo_app.client_id,
		.callback = c->settings->demo_app.callback_url,
		.errors = buttons,
		.errors_n = n,
	};

	/* The layout's own is for those who are signed in. */
	page.layout.authenticity_token = form_token(c, req, rep, NULL);
	demo_scenario_list(c, &page);
	WEB_SHOW(c, rep, 200, demo_home, &page);
}

void demo_start(struct context *c, struct http_request *req, struct http_reply *rep)
{
	int kind = 0;

	while (kind < DEMO_CASES && !str_eq_c(req->vars[0], demo_cases[kind].name))
		kind++;
	if (kind == DEMO_CASES) {
		web_show_error(c, req, rep, 404);
		return;
	}
	struct demo_flow *f = demo_flow_new(c, (enum demo_case_id)kind);

	if (!f)
		return;
	web_set_cookie(c, req, rep, COOKIE_DEMO, f->id, DEMO_FLOW_S);
	if (demo_cases[kind].begin == DEMO_BY_CLIENT) {
		demo_run(c, rep, f, STR_NONE);
		return;
	}
	struct str url = demo_authorize_url(c, f);

	demo_flow_add(c, f, "demo.step.authorize", "demo.step.authorize_note",
		str_printf(c->arena, "GET %.*s", STR_ARG(demo_lines_of(c->arena, url))), STR(""));
	if (demo_flow_save(c, f))
		http_redirect(req, rep, 302, url);
}

/* The answer came to the callback: as a step, without the line that names the code in full. */
static void note_answer(struct context *c, const struct http_request *req, struct demo_flow *f)
{
	struct str url = str_printf(c->arena, "%.*s?%.*s",
		STR_ARG(c->settings->demo_app.callback_url), STR_ARG(req->raw_query));

	f->secrets[1] = params_get(&req->query, "code");
	demo_flow_add(c, f, "demo.step.back", "demo.step.back_note",
		str_printf(c->arena, "GET %.*s", STR_ARG(demo_lines_of(c->arena, url))), STR(""));
}

/* What every client has to check before it believes an answer: RFC 6749 10.12, RFC 9207 2.4. */
static const char *fault_of(
	struct context *c, const struct http_request *req, const struct demo_flow *f)
{
	struct str iss = params_get(&req->query, "iss");

	if (req->query_status != FORM_OK ||
		!ct_equal_str(params_get(&req->query, "state"), demo_flow_get_text(c, f, "state")))
		return "state";
	if (str_is_set(iss) && !str_eq(iss, c->settings->issuer))
		return "iss";
	return NULL;
}

static void finish(
	struct context *c, struct http_request *req, struct http_reply *rep, struct demo_flow *f)
{
	demo_flow_set_text(c, f, "over", STR("yes"));
	if (demo_flow_save(c, f))
		http_redirect(req, rep, 303, STR("/demo/result"));
}

void demo_callback(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct demo_flow *f = demo_flow_load(c, web_cookie(c, req, COOKIE_DEMO));
	struct str code = params_get(&req->query, "code");
	const char *fault;

	if (c->failed)
		return;
	if (!f) {
		http_redirect(req, rep, 303, STR("/demo"));
		return;
	}
	if (str_has_text(demo_flow_get_text(c, f, "over"))) {
		http_redirect(req, rep, 303, STR("/demo/result"));
		return;
	}
	fault = fault_of(c, req, f);
	note_answer(c, req, f);
	if (fault) {
		demo_flow_set_text(c, f, "fault", str_from(fault));
		finish(c, req, rep, f);
	} else if (str_has_text(code) && f->kind != DEMO_DENIED && f->kind != DEMO_SUSPENDED) {
		demo_run(c, rep, f, code);
	} else {
		demo_flow_set_text(c, f, "error", params_get(&req->query, "error"));
		demo_flow_set_text(c, f, "error_uri", params_get(&req->query, "error_uri"));
		demo_explain_answer(c, f);
		finish(c, req, rep, f);
	}
}
