#include "web/demo_flow.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/memory.h"
#include "store/upkeep.h"

enum { ID_BYTES = 16, VERIFIER_BYTES = 32, SHOWN_MAX = 4 * DEMO_REPLY_MAX, LAST = 4, LEAST = 12 };

static void release(void *json)
{
	json_decref(json);
}

static struct demo_flow *flow_of(struct context *c, struct str id, json_t *json)
{
	struct demo_flow *f = ARENA_NEW(c->arena, struct demo_flow);

	f->id = id;
	f->json = json;
	arena_defer(c->arena, release, json);
	return f;
}

static struct str random_text(struct context *c, size_t bytes)
{
	uint8_t *raw = arena_alloc(c->arena, bytes);

	random_bytes(c->random, raw, bytes);
	return base64url_encode(c->arena, raw, bytes);
}

struct str demo_challenge(struct arena *a, struct str verifier)
{
	uint8_t digest[SHA256_LEN];

	sha256(verifier, digest);
	return base64url_encode(a, digest, sizeof digest);
}

struct demo_flow *demo_flow_new(struct context *c, enum demo_case_id kind)
{
	struct str id = random_text(c, ID_BYTES);
	const char *name = kind == DEMO_SCENARIO ? "" : demo_cases[kind].name;
	json_t *json = json_pack("{s:s, s:[], s:[]}", "case", name, "steps", "requests");

	if (!json) {
		c->failed = true;
		return NULL;
	}
	struct demo_flow *f = flow_of(c, id, json);

	f->kind = kind;
	demo_flow_set_text(c, f, "state", random_text(c, ID_BYTES));
	f->secrets[2] = random_text(c, VERIFIER_BYTES);
	demo_flow_set_text(c, f, "verifier", f->secrets[2]);
	return f;
}

void demo_flow_set_cause(struct context *c, struct demo_flow *f, enum cause cause)
{
	f->kind = DEMO_SCENARIO;
	f->cause = cause;
	demo_flow_set_text(c, f, "cause", str_from(cause_name(cause)));
}

/* What the flow is of: a case by its name, a scenario by its cause. */
static void read_kind(struct context *c, struct demo_flow *f)
{
	struct str name = demo_flow_get_text(c, f, "case");

	f->cause = cause_find(demo_flow_get_text(c, f, "cause"));
	if (f->cause != CAUSE_NONE)
		f->kind = DEMO_SCENARIO;
	for (int i = 0; i < DEMO_CASES; i++)
		if (str_eq_c(name, demo_cases[i].name))
			f->kind = (enum demo_case_id)i;
}

struct demo_flow *demo_flow_load(struct context *c, struct str id)
{
	struct str text;

	if (!str_has_text(id))
		return NULL;
	enum db_status status = demo_flow_get(c->store, c->arena, id, &text);

	if (context_failed(c, status) || status == DB_NONE)
		return NULL;
	json_t *json = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);

	if (!json)
		return NULL;
	struct demo_flow *f = flow_of(c, id, json);

	read_kind(c, f);
	f->secrets[2] = demo_flow_get_text(c, f, "verifier");
	return f;
}

bool demo_flow_save(struct context *c, const struct demo_flow *f)
{
	char *text = json_dumps(f->json, JSON_COMPACT);

	if (!text) {
		c->failed = true;
		return false;
	}
	struct str copy = str_dup(c->arena, str_from(text));

	memory_give(text);
	return !context_failed(c, demo_flow_put(c->store, f->id, copy, DEMO_FLOW_S));
}

struct str demo_flow_get_text(struct context *c, const struct demo_flow *f, const char *name)
{
	const char *text = json_string_value(json_object_get(f->json, name));

	return text ? str_dup(c->arena, str_from(text)) : STR("");
}

void demo_flow_set_text(struct context *c, struct demo_flow *f, const char *name, struct str value)
{
	if (json_object_set_new(f->json, name, json_stringn(value.n ? value.p : "", value.n)) < 0)
		c->failed = true;
}

void demo_flow_note(struct context *c, struct demo_flow *f, struct str request_id)
{
	json_t *id = json_stringn(request_id.n ? request_id.p : "", request_id.n);

	if (json_array_append_new(json_object_get(f->json, "requests"), id) < 0)
		c->failed = true;
}

static bool starts_at(struct str text, size_t at, struct str secret)
{
	return str_eq(str_slice(text, at, at + secret.n), secret);
}

struct str demo_mask(struct arena *a, struct str text, const struct str *secrets, size_t n)
{
	struct buf b;
	size_t i = 0;

	buf_init(&b, a, SHOWN_MAX);
	while (i < text.n) {
		size_t s = 0;

		while (s < n && !(secrets[s].n >= LEAST && starts_at(text, i, secrets[s])))
			s++;
		if (s == n) {
			buf_add_char(&b, text.p[i++]);
			continue;
		}
		buf_add_c(&b, "••••");
		buf_add(&b, str_slice(secrets[s], secrets[s].n - LAST, secrets[s].n));
		i += secrets[s].n;
	}
	return buf_str(&b);
}

void demo_flow_add(struct context *c, struct demo_flow *f, const char *title, const char *note,
	struct str request, struct str reply)
{
	struct str sent = demo_mask(c->arena, request, f->secrets, DEMO_SECRETS);
	struct str received = demo_mask(c->arena, reply, f->secrets, DEMO_SECRETS);
	json_t *step = json_pack("{s:s, s:s, s:s%, s:s%}", "title", title, "note", note, "request",
		sent.p, sent.n, "reply", received.p, received.n);

	if (!step || json_array_append_new(json_object_get(f->json, "steps"), step) < 0)
		c->failed = true;
}

struct str demo_lines_of(struct arena *a, struct str url)
{
	struct buf b;

	buf_init(&b, a, SHOWN_MAX);
	for (size_t i = 0; i < url.n; i++) {
		if (url.p[i] == '?' || url.p[i] == '&')
			buf_add_char(&b, '\n');
		buf_add_char(&b, url.p[i]);
	}
	return buf_str(&b);
}

/* JSON in lines; a page for people as its size; the rest as it is. */
static void add_body(struct buf *b, const struct demo_call *call)
{
	struct str body = {call->reply, call->reply_n}, type = str_from(call->type);
	json_t *json = str_starts(type, STR("application/json"))
			       ? json_loadb(body.p, body.n, 0, NULL)
			       : NULL;
	char *lines = json ? json_dumps(json, JSON_INDENT(2)) : NULL;

	json_decref(json);
	if (lines)
		buf_add_c(b, lines);
	else if (str_starts(type, STR("text/html")))
		buf_addf(b, "<!DOCTYPE html> … (%zu bytes)", body.n);
	else if (str_is_utf8(body))
		buf_add(b, body);
	memory_give(lines);
}

static struct str request_text(struct arena *a, const struct demo_call *call)
{
	struct buf b;

	buf_init(&b, a, SHOWN_MAX);
	buf_addf(&b, "%s ", call->method);
	buf_add(&b, call->body ? str_from(call->url) : demo_lines_of(a, str_from(call->url)));
	if (call->accept)
		buf_addf(&b, "\nAccept: %s", call->accept);
	if (call->authorization)
		buf_addf(&b, "\nAuthorization: %s", call->authorization);
	if (call->body) {
		bool form = call->content_type && strcmp(call->content_type, DEMO_FORM) == 0;

		if (call->content_type)
			buf_addf(&b, "\nContent-Type: %s", call->content_type);
		buf_add_c(&b, "\n\n");
		buf_add(&b, form ? demo_lines_of(a, str_from(call->body)) : str_from(call->body));
	}
	return buf_str(&b);
}

void demo_flow_add_call(struct context *c, struct demo_flow *f, const char *title, const char *note,
	const struct demo_call *call)
{
	struct buf b;

	buf_init(&b, c->arena, SHOWN_MAX);
	if (call->status == 0) {
		buf_add_c(&b, call->problem);
	} else {
		buf_addf(&b, "HTTP %ld\n%s\n", call->status, call->headers);
		add_body(&b, call);
	}
	if (*call->request_id)
		demo_flow_note(c, f, str_from(call->request_id));
	demo_flow_add(c, f, title, note, request_text(c->arena, call), buf_str(&b));
}
