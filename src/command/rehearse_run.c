/* The staged request, sent: what came back, and why. */
#include "base/limits.h"
#include "command/http_call.h"
#include "command/rehearse.h"
#include "explain/access.h"

static bool make_call(struct call *call, const struct staged *s, struct http_call *x)
{
	struct arena *a = &call->arena;
	bool typed = json_object_get(s->headers, "Content-Type");
	size_t n = 0;
	const char *name;
	json_t *value;

	*x = (struct http_call){.method = str_c(a, s->method), .url = str_c(a, s->url)};
	json_object_foreach (s->headers, name, value)
		if (n < HTTP_CALL_HEADERS - 2)
			x->headers[n++] =
				str_c(a, str_printf(a, "%s: %s", name, json_string_value(value)));
	if (str_is_set(s->body)) {
		x->body = str_c(a, s->body);
		if (!typed)
			x->headers[n++] = "Content-Type:";
	}
	if (http_call_make(call, x))
		return true;
	say_failure("the server does not answer: %s", x->problem);
	return false;
}

/* "http://127.0.0.1:9292" of a URL of the server's. */
static struct str base_of(struct str url)
{
	static const char *const below[] = {"/login/oauth/", "/login/device/", "/api/v3/"};

	for (size_t at = 0; at < url.n; at++)
		for (size_t i = 0; i < sizeof below / sizeof below[0]; i++)
			if (str_starts(str_slice(url, at, url.n), str_from(below[i])))
				return str_slice(url, 0, at);
	return url;
}

/* What the log has of the request; false when the store failed, which was said. */
static bool find(
	struct call *call, const struct http_call *x, struct log_entry **entries, size_t *n)
{
	*n = 0;
	if (!*x->request_id)
		return true;
	return call_read_done(call, explain_request_for_operator(&call->store, &call->arena,
					    str_from(x->request_id), entries, n));
}

static json_t *reply_as_json(struct call *call, const struct http_call *x)
{
	json_t *body = json_loadb(x->body_of_reply.p, x->body_of_reply.n, 0, NULL);

	if (!body)
		body = json_of(&call->arena, x->body_of_reply);
	return json_pack("{s:i, s:s, s:s, s:o}", "status", (int)x->status, "type", x->type,
		"request_id", x->request_id, "body", body);
}

static void print_as_json(struct call *call, const struct staged *s, const struct http_call *x,
	const struct explanation *e)
{
	struct buf b;

	json_object_set_new(s->json, "reply", reply_as_json(call, x));
	if (e) {
		buf_init(&b, &call->arena, LIMIT_REPLY);
		explanation_json(&b, e, base_of(s->url));
		json_object_set_new(s->json, "explanation", json_loadb(b.p, b.n, 0, NULL));
	} else {
		json_object_set_new(s->json, "explanation", json_null());
	}
	print_json(json_incref(s->json));
}

/* A page for people is told by its size. */
static void print_reply(struct call *call, const struct http_call *x)
{
	print_line("HTTP %ld", x->status);
	print_line("Content-Type: %.*s", STR_ARG(print_safe(&call->arena, str_from(x->type))));
	print_line("X-GitHub-Request-Id: %.*s\n",
		STR_ARG(print_safe(&call->arena, str_from(x->request_id))));
	if (str_starts(str_from(x->type), STR("text/html")))
		print_line("<!DOCTYPE html> ... (%zu bytes)", x->body_of_reply.n);
	else
		explain_print_text(&call->arena, x->body_of_reply);
	print_line("\n---\n");
}

static void print_in_words(struct call *call, const struct staged *s, const struct http_call *x,
	const struct explanation *e)
{
	print_line("%.*s %.*s\n", STR_ARG(s->method),
		STR_ARG(print_safe(&call->arena, str_slice(s->url, 0, str_find(s->url, '?')))));
	print_reply(call, x);
	if (e)
		explain_print_text(
			&call->arena, explanation_text(&call->arena, s->lang, e, base_of(s->url)));
	else
		print_line("%.*s", STR_ARG(message(s->lang, MSG_REHEARSE_NOT_KEPT)));
}

/* A device that waits is told so again and again; nothing is kept of that. */
static int judge(const struct staged *s, const struct explanation *e)
{
	if (e ? e->cause == s->cause : s->cause == CAUSE_DEVICE_PENDING)
		return EXIT_DONE;
	return say_failure("it went otherwise than rehearsed");
}

static int show(struct call *call, const struct staged *s, const struct http_call *x)
{
	struct log_entry *entries;
	struct explanation e;
	size_t n;

	if (!find(call, x, &entries, &n))
		return EXIT_FAILED;
	if (n)
		explain_entry(&call->arena, s->lang, &entries[0], &e);
	if (call->json)
		print_as_json(call, s, x, n ? &e : NULL);
	else
		print_in_words(call, s, x, n ? &e : NULL);
	return judge(s, n ? &e : NULL);
}

int rehearse_run(struct call *call, const struct staged *s)
{
	struct http_call x;

	if (!make_call(call, s, &x))
		return EXIT_FAILED;
	keep_log();
	if (!call_open(call))
		return EXIT_FAILED;
	int status = show(call, s, &x);

	call_close(call);
	return status;
}
