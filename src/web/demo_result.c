/* The result page of the demo client. */
#include "base/buf.h"
#include "explain/explanation.h"
#include "web/demo_explain.h"
#include "web/demo_run.h"
#include "web/demo_scenario.h"
#include "web/form_token.h"
#include "web/page.h"

static struct str message_of_key(struct context *c, const char *key)
{
	enum message m;

	return key && message_find(key, &m) ? message(c->visit->lang, m) : STR("");
}

static struct str text_of(struct context *c, const json_t *step, const char *name)
{
	const char *text = json_string_value(json_object_get(step, name));

	return text ? str_dup(c->arena, str_from(text)) : STR("");
}

static struct page_demo_result_step *step_rows(struct context *c, const json_t *steps, size_t n)
{
	struct page_demo_result_step *rows = ARENA_ARRAY(c->arena, struct page_demo_result_step, n);

	for (size_t i = 0; i < n; i++) {
		const json_t *step = json_array_get(steps, i);

		rows[i] = (struct page_demo_result_step){
			.title = message_of_key(
				c, json_string_value(json_object_get(step, "title"))),
			.note = message_of_key(c, json_string_value(json_object_get(step, "note"))),
			.request = text_of(c, step, "request"),
			.reply = text_of(c, step, "reply"),
		};
	}
	return rows;
}

/* Heading and verdict of a scenario; the explanation below says the rest. */
static void judge_scenario(
	struct context *c, const struct demo_flow *f, struct page_demo_result *page)
{
	const struct message_arg owner = {"owner", demo_flow_get_text(c, f, "owner")};
	bool went = demo_explain_has(c, f, f->cause) || f->cause == CAUSE_DEVICE_PENDING;

	page->error = demo_flow_get_text(c, f, "error");
	page->see_href = demo_flow_get_text(c, f, "see");
	page->again_cause = str_from(cause_name(f->cause));
	page->heading = went ? told_cause(c->arena, c->visit->lang, f->cause)
			     : message(c->visit->lang, MSG_DEMO_UNEXPECTED_HEADING);
	page->verdict = went ? message_format(c->arena, c->visit->lang, MSG_DEMO_SCENARIO_VERDICT,
				       &owner, 1)
			     : message(c->visit->lang, MSG_DEMO_UNEXPECTED_VERDICT);
}

/* Heading and verdict: the case's own when it went as it should, else what else happened. */
static void judge(struct context *c, const struct demo_flow *f, struct page_demo_result *page)
{
	const struct demo_case *kind = &demo_cases[f->kind];
	const struct message_arg login = {"login", demo_flow_get_text(c, f, "login")};
	enum lang lang = c->visit->lang;
	enum message heading = MSG_DEMO_UNEXPECTED_HEADING, verdict = MSG_DEMO_UNEXPECTED_VERDICT;

	page->error = demo_flow_get_text(c, f, "error");
	page->docs_href = demo_flow_get_text(c, f, "error_uri");
	page->ok = str_has_text(login.value);
	if (str_has_text(demo_flow_get_text(c, f, "fault"))) {
		heading = MSG_DEMO_MISTRUSTED_HEADING;
		verdict = MSG_DEMO_MISTRUSTED_VERDICT;
	} else if (page->ok || (*kind->error && str_eq_c(page->error, kind->error))) {
		heading = kind->heading;
		verdict = kind->verdict;
	} else if (str_eq_c(page->error, "access_denied")) {
		heading = MSG_DEMO_CASE_DENIED_HEADING;
		verdict = MSG_DEMO_CASE_DENIED_VERDICT;
	} else if (f->kind == DEMO_DENIED && !str_has_text(page->error)) {
		heading = MSG_DEMO_NOT_DENIED_HEADING;
		verdict = MSG_DEMO_NOT_DENIED_VERDICT;
	}
	if (f->kind == DEMO_REDIRECT_AUTHORIZE)
		page->see_href = demo_authorize_url(c, f);
	page->again_href = str_printf(c->arena, "/demo/start/%s", kind->name);
	page->heading = message_format(c->arena, lang, heading, &login, 1);
	page->verdict = message_format(c->arena, lang, verdict, &login, 1);
}

void demo_result(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct demo_flow *f = demo_flow_load(c, web_cookie(c, req, COOKIE_DEMO));

	if (c->failed)
		return;
	if (!f) {
		http_redirect(req, rep, 303, STR("/demo"));
		return;
	}
	const json_t *steps = json_object_get(f->json, "steps");
	size_t parts_n;
	struct page_demo_result page = {
		.layout = web_layout(c, req, rep),
		.steps_n = json_array_size(steps),
		.parts = demo_explain(c, f, &parts_n),
	};

	page.parts_n = parts_n;
	page.steps = step_rows(c, steps, page.steps_n);
	if (f->kind == DEMO_SCENARIO)
		judge_scenario(c, f, &page);
	else
		judge(c, f, &page);
	page.layout.authenticity_token = form_token(c, req, rep, NULL);
	if (c->failed)
		return;
	WEB_SHOW(c, rep, 200, demo_result, &page);
}
