#include "flow/authorize_reply.h"

#include "base/buf.h"

enum { LOCATION_MAX = 16384 };

static void add(struct buf *b, char *separator, const char *name, struct str value)
{
	buf_add_char(b, *separator);
	*separator = '&';
	buf_add_c(b, name);
	buf_add_char(b, '=');
	buf_add_form(b, value);
}

/* RFC 6749 3.1.2: a query in the registered URI is kept. */
static char begin(struct context *c, struct buf *b, struct str uri)
{
	buf_init(b, c->arena, LOCATION_MAX);
	buf_add(b, uri);
	return str_has_char(uri, '?') ? '&' : '?';
}

/* A state that could not be returned exactly is not returned at all. */
static bool cause_keeps_state(enum cause cause)
{
	return cause != CAUSE_AUTHORIZE_STATE_TOO_LONG && cause != CAUSE_AUTHORIZE_STATE_MALFORMED;
}

static struct str end(struct context *c, const struct authorize *a, struct buf *b, char separator)
{
	/* RFC 9207 2 */
	if (a->request->edge == DIALECT_STANDARD)
		add(b, &separator, "iss", c->settings->base_url);
	else if (c->settings->send_iss)
		add(b, &separator, "iss", c->settings->issuer);
	/* RFC 6749 3.1: a parameter without a value counts as omitted. */
	if (str_has_text(a->request->state) && cause_keeps_state(a->refusal.cause))
		add(b, &separator, "state", a->request->state);
	return buf_str(b);
}

struct str authorize_success(struct context *c, const struct authorize *a)
{
	struct buf b;
	char separator = begin(c, &b, a->redirect_uri);

	add(&b, &separator, "code", str_from(a->code));
	return end(c, a, &b, separator);
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

struct str authorize_error(struct context *c, const struct authorize *a, struct str to)
{
	const struct wire_row *row = wire_row(cause_wire(a->refusal.cause));
	bool standard = a->request->edge == DIALECT_STANDARD;
	struct buf b;
	char separator = begin(c, &b, to);

	add(&b, &separator, "error", str_from(standard ? row->rfc_code : row->code));
	add(&b, &separator, "error_description", str_from(row->description));
	add(&b, &separator, "error_uri",
		standard ? error_uri_absolute(c, row) : error_uri_of(c, row));
	return end(c, a, &b, separator);
}
