#include "flow/authorize_reply.h"

#include "base/buf.h"

enum { LOCATION_MAX = 16384 };

static void add(struct authorize_answer *answer, const char *name, struct str value)
{
	answer->v[answer->n++] = (struct param){str_from(name), value};
}

bool authorize_by_form(const struct authorize *a)
{
	struct redirect_uri to;

	return str_eq_c(a->request->response_mode, "form_post") &&
	       redirect_uri_parse(a->redirect_uri, &to) == REDIRECT_URI_OK && to.is_http;
}

struct str authorize_location(struct context *c, const struct authorize_answer *answer)
{
	struct buf b;

	buf_init(&b, c->arena, LOCATION_MAX);
	buf_add(&b, answer->to);
	for (size_t i = 0; i < answer->n; i++) {
		/* RFC 6749 3.1.2: a query in the registered URI is kept. */
		buf_add_char(&b, i || str_has_char(answer->to, '?') ? '&' : '?');
		buf_add(&b, answer->v[i].name);
		buf_add_char(&b, '=');
		buf_add_form(&b, answer->v[i].value);
	}
	return buf_str(&b);
}

/* A state that could not be returned exactly is not returned at all. */
static bool cause_keeps_state(enum cause cause)
{
	return cause != CAUSE_AUTHORIZE_STATE_TOO_LONG && cause != CAUSE_AUTHORIZE_STATE_MALFORMED;
}

static void end(struct context *c, const struct authorize *a, struct authorize_answer *answer)
{
	/* RFC 9207 2 */
	if (a->request->edge == DIALECT_STANDARD)
		add(answer, "iss", c->settings->base_url);
	else if (c->settings->send_iss)
		add(answer, "iss", c->settings->issuer);
	/* RFC 6749 3.1: a parameter without a value counts as omitted. */
	if (str_has_text(a->request->state) && cause_keeps_state(a->refusal.cause))
		add(answer, "state", a->request->state);
}

struct authorize_answer authorize_success(struct context *c, const struct authorize *a)
{
	struct authorize_answer answer = {.to = a->redirect_uri};

	add(&answer, "code", str_from(a->code));
	end(c, a, &answer);
	return answer;
}

struct str error_uri_of(struct context *c, const struct wire_row *row)
{
	return str_printf(c->arena, "%.*s%s#%s", STR_ARG(c->settings->error_uri_base), row->page,
		row->anchor);
}

struct str error_uri_absolute(struct context *c, const struct wire_row *row)
{
	struct str base = c->settings->error_uri_base;

	return str_printf(c->arena, "%.*s%s#%s",
		STR_ARG(str_has_text(base) ? base : c->settings->base_url), row->page, row->anchor);
}

struct authorize_answer authorize_error(struct context *c, const struct authorize *a, struct str to)
{
	const struct wire_row *row = wire_row(cause_wire(a->refusal.cause));
	bool standard = a->request->edge == DIALECT_STANDARD;
	struct authorize_answer answer = {.to = to};

	add(&answer, "error", str_from(standard ? row->rfc_code : row->code));
	add(&answer, "error_description", str_from(row->description));
	add(&answer, "error_uri", standard ? error_uri_absolute(c, row) : error_uri_of(c, row));
	end(c, a, &answer);
	return answer;
}
