/* What holds of every reply, whatever was asked; and what a client would remember of it. */
#ifndef LLAVERO_TESTS_REPLIES_H
#define LLAVERO_TESTS_REPLIES_H

#include "base/buf.h"
#include "fuzz.h"

/* An element that nothing of ours writes: in a page unescaped, it came from a request. */
#define HOSTILE "<q7"

enum { MEMORY = 24, MEMORY_TEXT = 2048, FORMS = 12 };

/* What the next requests may name: {code}, {token}, ... */
struct memory {
	struct {
		const char *name;
		char text[MEMORY_TEXT];
	} v[MEMORY];
	struct {
		char action[256], fields[MEMORY_TEXT];
	} forms[FORMS];
	size_t forms_n;
};

/* The members of a JSON reply, the parameters of a redirect, a cookie: each by its own name. */
static const char *const remembered[] = {"code", "state", "access_token", "refresh_token",
	"id_token", "device_code", "user_code", "request_uri", "client_id", "client_secret",
	"registration_access_token", "llavero_session", "llavero_browser", "cookies"};

static inline char *memory_of(struct memory *m, struct str name)
{
	for (size_t i = 0; i < MEMORY && m->v[i].name; i++)
		if (str_eq_c(name, m->v[i].name))
			return m->v[i].text;
	return NULL;
}

static inline void memory_init(struct memory *m)
{
	memset(m, 0, sizeof *m);
	for (size_t i = 0; i < sizeof remembered / sizeof remembered[0]; i++)
		m->v[i].name = remembered[i];
}

static inline void remember(struct memory *m, struct str name, struct str value)
{
	char *to = memory_of(m, name);

	if (to && str_has_text(value) && value.n < MEMORY_TEXT) {
		memcpy(to, value.p, value.n);
		to[value.n] = '\0';
	}
}

/* The text after `before` and up to `end`; STR_NONE when it is not there. */
static inline struct str between(struct str text, const char *before, char end)
{
	const char *at = text.n ? memmem(text.p, text.n, before, strlen(before)) : NULL;

	if (!at)
		return STR_NONE;
	text = str_slice(text, (size_t)(at - text.p) + strlen(before), text.n);
	return str_slice(text, 0, str_find(text, end));
}

static inline void remember_members(struct memory *m, struct str json)
{
	char before[64];

	for (size_t i = 0; i < sizeof remembered / sizeof remembered[0]; i++) {
		snprintf(before, sizeof before, "\"%s\":\"", remembered[i]);
		remember(m, str_from(remembered[i]), between(json, before, '"'));
	}
}

static inline void remember_redirect(struct memory *m, struct str location)
{
	struct str query = str_slice(location, str_find(location, '?') + 1, location.n), pair;

	query = str_slice(query, 0, str_find(query, '#'));
	while (str_next(&query, '&', &pair)) {
		size_t equals = str_find(pair, '=');

		remember(m, str_slice(pair, 0, equals), str_slice(pair, equals + 1, pair.n));
	}
}

static inline void remember_cookie(struct memory *m, struct str header)
{
	size_t equals = str_find(header, '=');
	char *jar = memory_of(m, STR("cookies")), *session, *browser;

	remember(m, str_slice(header, 0, equals),
		str_slice(header, equals + 1, str_find(header, ';')));
	session = memory_of(m, STR("llavero_session"));
	browser = memory_of(m, STR("llavero_browser"));
	snprintf(jar, MEMORY_TEXT, "llavero_session=%.200s; llavero_browser=%.200s", session,
		browser);
}

/* A value of an attribute, as text. */
static inline struct str unescaped(struct arena *a, struct str value)
{
	static const char *const entities[][2] = {
		{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}};
	char *text = str_c(a, value);
	size_t n = 0;

	for (size_t i = 0, passed; i < value.n; i += passed) {
		text[n] = value.p[i];
		passed = 1;
		for (size_t k = 0; k < sizeof entities / sizeof entities[0]; k++)
			if (str_starts(str_slice(value, i, value.n), str_from(entities[k][0]))) {
				text[n] = *entities[k][1];
				passed = strlen(entities[k][0]);
			}
		n++;
	}
	return (struct str){text, n};
}

/* The hidden fields of each form that is posted, as a browser would send them. */
static inline void remember_forms(struct arena *a, struct memory *m, struct str html)
{
	const char *form = "<form ", *input = "<input type=\"hidden\" name=\"";

	for (m->forms_n = 0; m->forms_n < FORMS;) {
		const char *at = html.n ? memmem(html.p, html.n, form, strlen(form)) : NULL;

		if (!at)
			return;
		html = str_slice(html, (size_t)(at - html.p) + strlen(form), html.n);
		at = memmem(html.p, html.n, "</form>", 7);
		struct str inside = str_slice(html, 0, at ? (size_t)(at - html.p) : html.n);
		struct str action = between(inside, "action=\"", '"');
		struct buf fields;

		buf_init(&fields, a, MEMORY_TEXT - 1);
		while ((at = memmem(inside.p, inside.n, input, strlen(input)))) {
			inside = str_slice(
				inside, (size_t)(at - inside.p) + strlen(input), inside.n);
			struct str value = between(inside, "value=\"", '"');

			buf_addf(&fields, "%s%.*s=", fields.n ? "&" : "",
				STR_ARG(str_slice(inside, 0, str_find(inside, '"'))));
			buf_add_form(&fields, unescaped(a, value));
		}
		snprintf(m->forms[m->forms_n].action, 256, "%.*s", STR_ARG(action));
		snprintf(m->forms[m->forms_n++].fields, MEMORY_TEXT, "%.*s",
			STR_ARG(buf_str(&fields)));
	}
}

struct reply {
	int status;
	struct str head, body, type;
	bool keeps_on; /* the connection is for another request */
};

/* Takes one header line. */
static inline void check_header(struct reply *r, struct memory *m, struct str line)
{
	size_t colon = str_find(line, ':');
	struct str name = str_slice(line, 0, colon),
		   value = str_trim(str_slice(line, colon + 1, line.n));

	MUST(colon > 0 && colon < line.n && str_is_printable(line));
	if (str_eq_nocase(name, STR("Content-Type")))
		r->type = value;
	else if (str_eq_nocase(name, STR("Connection")))
		r->keeps_on = !str_eq_nocase(value, STR("close"));
	else if (str_eq_nocase(name, STR("Location")))
		remember_redirect(m, value);
	if (!str_eq_nocase(name, STR("Set-Cookie")))
		return;
	MUST(between(value, "HttpOnl", 'y').p && between(value, "SameSit", 'e').p);
	remember_cookie(m, value);
}

/* The value of a header of a reply. */
static inline struct str header_of(const struct reply *r, const char *name)
{
	struct str rest = r->head, line;

	while (str_next(&rest, '\n', &line)) {
		size_t colon = str_find(line, ':');

		if (str_eq_nocase(str_slice(line, 0, colon), str_from(name)))
			return str_trim(str_slice(line, colon + 1, str_find(line, '\r')));
	}
	return STR_NONE;
}

static inline void check_body(struct arena *a, struct reply *r, struct memory *m)
{
	if (str_starts(r->type, STR("text/html"))) {
		MUST(str_is_set(header_of(r, "Content-Security-Policy")));
		MUST(!memmem(r->body.p, r->body.n, HOSTILE, strlen(HOSTILE)));
		remember_forms(a, m, r->body);
	} else if (str_starts(r->type, STR("application/json"))) {
		remember_members(m, r->body);
	}
}

/* Reads the first reply of `text`, takes it off, and checks it. False: it is not whole. */
static inline bool check_reply(
	struct arena *a, struct str *text, bool of_head, struct memory *m, struct reply *r)
{
	const char *end = text->n ? memmem(text->p, text->n, "\r\n\r\n", 4) : NULL;
	struct str rest, line;
	int64_t length;

	*r = (struct reply){.keeps_on = true, .type = STR("")};
	if (!end)
		return false;
	r->head = rest = str_slice(*text, 0, (size_t)(end - text->p) + 2);
	MUST(str_starts(rest, STR("HTTP/1.")) && rest.n > 12);
	r->status = (rest.p[9] - '0') * 100 + (rest.p[10] - '0') * 10 + rest.p[11] - '0';
	MUST(r->status >= 100 && r->status <= 505);
	str_next(&rest, '\n', &line);
	while (str_next(&rest, '\n', &line) && line.n > 0) {
		MUST(line.p[line.n - 1] == '\r');
		check_header(r, m, str_slice(line, 0, line.n - 1));
	}
	rest = str_slice(*text, (size_t)(end - text->p) + 4, text->n);
	*text = rest;
	if (of_head || r->status == 304 || r->status == 204 || r->status < 200)
		return true;
	if (!str_to_i64(header_of(r, "Content-Length"), &length))
		length = (int64_t)rest.n; /* it goes on until the end */
	r->body = str_slice(rest, 0, (size_t)length);
	*text = str_slice(rest, r->body.n, rest.n);
	check_body(a, r, m);
	return true;
}

#endif
