#include "web/requests_flow.h"

#include "web/own_app.h"

#define US_PER_S 1000000

static struct sequence_of sequence_for(struct context *c, const struct requests_of *of)
{
	return (struct sequence_of){c->store, c->arena, c->visit->lang, of->app_id};
}

static bool is_refused(const struct sequence_step *s)
{
	return str_is_set(s->e.entry->cause) && !s->e.notice;
}

/* It came to a token and was left at that: a code that is redeemed again is refused, whatever went
 * well before. */
static bool ended_well(const struct sequence *flow)
{
	return flow->went_well && !is_refused(&flow->steps[flow->n - 1]);
}

static bool ended_badly(const struct sequence *flow)
{
	return flow->refused && !ended_well(flow);
}

/* How a flow ended, in a sentence. */
static struct str title_of(struct context *c, const struct sequence *flow)
{
	struct str title = message(c->visit->lang, MSG_REQUESTS_FLOW_OPEN);

	if (ended_well(flow))
		return message(c->visit->lang,
			flow->refused ? MSG_REQUESTS_FLOW_GOOD_AT_LAST : MSG_REQUESTS_FLOW_GOOD);
	for (size_t i = 0; i < flow->n; i++)
		if (is_refused(&flow->steps[i]))
			title = flow->steps[i].e.title;
	return title;
}

static struct page_requests_list_flow row_of(
	struct context *c, const struct requests_of *of, const struct sequence *flow)
{
	const struct log_entry *first = flow->steps[0].e.entry;
	struct page_requests_list_step *steps =
		ARENA_ARRAY(c->arena, struct page_requests_list_step, flow->n);

	for (size_t i = 0; i < flow->n; i++)
		steps[i] = (struct page_requests_list_step){
			flow->steps[i].e.endpoint, is_refused(&flow->steps[i])};
	return (struct page_requests_list_flow){
		.title = title_of(c, flow),
		.href = flow->flow_id ? requests_flow_href(c->arena, of, flow->flow_id)
				      : requests_href(c->arena, of, first->request_id),
		.good = ended_well(flow),
		.bad = ended_badly(flow),
		.at = first->at_us / US_PER_S,
		.age = web_age(c, first->at_us / US_PER_S),
		.steps = steps,
		.steps_n = flow->n,
	};
}

bool requests_flow_rows(struct context *c, const struct requests_of *of,
	const struct page_requests_list_flow **out, size_t *n)
{
	struct sequence_of sequences = sequence_for(c, of);
	struct sequence *flows;

	if (context_failed(c, sequence_list(&sequences, &flows, n)))
		return false;
	struct page_requests_list_flow *rows =
		ARENA_ARRAY(c->arena, struct page_requests_list_flow, *n + 1);

	for (size_t i = 0; i < *n; i++)
		rows[i] = row_of(c, of, &flows[i]);
	*out = rows;
	return true;
}

static void fill_differences(
	struct context *c, const struct sequence_step *s, struct page_requests_diagram_step *out)
{
	struct page_requests_diagram_difference *rows = ARENA_ARRAY(
		c->arena, struct page_requests_diagram_difference, s->differences_n + 1);

	for (size_t i = 0; i < s->differences_n; i++)
		rows[i] = (struct page_requests_diagram_difference){
			s->differences[i].label, s->differences[i].here, s->differences[i].there};
	out->differences = rows;
	out->differences_n = s->differences_n;
}

static void fill_facts(
	struct context *c, const struct sequence_step *s, struct page_requests_diagram_step *out)
{
	const struct told_list *facts = &s->e.facts;
	struct page_requests_diagram_fact *rows =
		ARENA_ARRAY(c->arena, struct page_requests_diagram_fact, facts->n + 1);

	for (size_t i = 0; i < facts->n; i++)
		rows[i] = (struct page_requests_diagram_fact){facts->v[i].label, facts->v[i].value};
	out->facts = rows;
	out->facts_n = facts->n;
}

static struct page_requests_diagram_step step_of(
	struct context *c, const struct requests_of *of, const struct sequence *flow, size_t i)
{
	const struct sequence_step *s = &flow->steps[i];
	const struct log_entry *e = s->e.entry;
	int64_t since = i ? (e->at_us - flow->steps[i - 1].e.entry->at_us) / US_PER_S : 0;
	struct page_requests_diagram_step out = {
		.browser = s->from == PARTY_BROWSER,
		.device = s->from == PARTY_DEVICE,
		.endpoint = s->e.endpoint,
		.bad = is_refused(s),
		.notice = s->e.notice,
		.title = s->e.title,
		.error = s->e.error,
		.href = requests_href(c->arena, of, e->request_id),
		.at = e->at_us / US_PER_S,
		.since = since ? told_duration(c->arena, c->visit->lang, since) : STR(""),
		.first_different = flow->compared_to && i == flow->first_different,
	};

	fill_facts(c, s, &out);
	fill_differences(c, s, &out);
	return out;
}

struct html requests_diagram(struct context *c, const struct requests_of *of,
	const struct sequence *flow, struct str here)
{
	struct page_requests_diagram_step *steps =
		ARENA_ARRAY(c->arena, struct page_requests_diagram_step, flow->n + 1);
	struct page_requests_diagram page = {.steps = steps,
		.steps_n = flow->n,
		.app = message(c->visit->lang, MSG_REQUESTS_APP),
		.compared = flow->compared_to != 0,
		.small = str_is_set(here)};
	struct buf b = web_buf(c);

	bool device = false;

	for (size_t i = 0; i < flow->n; i++) {
		steps[i] = step_of(c, of, flow, i);
		steps[i].here = str_eq(flow->steps[i].e.entry->request_id, here);
		device |= steps[i].device;
	}
	if (device)
		page.app = message(c->visit->lang, MSG_REQUESTS_DEVICE);
	/* The middle lane has one name: what a device sends to the token endpoint is the device's.
	 */
	for (size_t i = 0; i < flow->n; i++)
		steps[i].device = device && !steps[i].browser;
	if (flow->compared_to)
		page.compared_href = requests_flow_href(c->arena, of, flow->compared_to);
	page_requests_diagram(&b, c->visit->lang, &page);
	return (struct html){buf_str(&b)};
}

static void show_flow(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct app *app, const struct sequence *flow)
{
	const struct requests_of of = requests_of_app(c->arena, app->id);
	const struct page_app_flow page = {
		.layout = web_layout(c, req, rep),
		.id = app->id,
		.name = app->name,
		.flows_href = str_printf(c->arena, "%.*s?view=flows", STR_ARG(of.path)),
		.title = title_of(c, flow),
		.good = ended_well(flow),
		.bad = ended_badly(flow),
		.at = flow->steps[0].e.entry->at_us / US_PER_S,
		.age = web_age(c, flow->steps[0].e.entry->at_us / US_PER_S),
		.diagram = requests_diagram(c, &of, flow, STR_NONE),
	};

	WEB_SHOW(c, rep, 200, app_flow, &page);
}

void app_flow_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct app app;
	struct sequence flow;
	int64_t id;
	enum db_status status = DB_NONE;

	if (!own_app(c, req, rep, &app))
		return;
	const struct requests_of of = requests_of_app(c->arena, app.id);
	const struct sequence_of sequences = sequence_for(c, &of);

	if (str_to_i64(req->vars[1], &id) && id > 0)
		status = sequence_read(&sequences, (uint64_t)id, &flow);
	if (context_failed(c, status))
		return;
	if (status == DB_NONE)
		web_show_error(c, req, rep, 404);
	else
		show_flow(c, req, rep, &app, &flow);
}
