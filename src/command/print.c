#include "command/print.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"

enum { REPLACED = 6 }; /* a byte may become a JSON escape of this length */

json_t *json_of(struct arena *a, struct str s)
{
	struct buf b;

	if (!str_is_set(s))
		return json_null();
	json_t *value = json_stringn(s.p, s.n);

	if (value)
		return value;
	buf_init(&b, a, s.n * REPLACED + 2);
	buf_add_json(&b, s);
	return json_loadb(b.p, b.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

json_t *json_time(int64_t s)
{
	char text[24];

	if (s == 0)
		return json_null();
	clock_format_iso(s, text);
	return json_string(text);
}

void print_json(json_t *value)
{
	json_dumpf(value, stdout, JSON_ENCODE_ANY);
	putchar('\n');
	json_decref(value);
}

__attribute__((format(printf, 1, 0))) static void print_args(const char *format, va_list args)
{
	vprintf(format, args);
	putchar('\n');
}

void print_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_args(format, args);
	va_end(args);
}

void print_field(struct arena *a, const char *name, struct str text)
{
	char label[32];

	snprintf(label, sizeof label, "%s:", name);
	print_line("%-14s %.*s", label, STR_ARG(print_safe(a, text)));
}

/* C0, DEL, and C1 as UTF-8 writes it (C2 80 to C2 9F), which some terminals obey too. */
void make_safe(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i],
			      next = i + 1 < n ? (unsigned char)p[i + 1] : 0;

		if (c < 0x20 || c == 0x7F)
			p[i] = '?';
		else if (c == 0xC2 && next >= 0x80 && next <= 0x9F)
			p[i] = p[i + 1] = '?';
	}

	bool utf8 = str_is_utf8((struct str){p, n});
	for (size_t i = 0; i < n && !utf8; i++)
		if ((unsigned char)p[i] >= 0x80)
			p[i] = '?';
}

struct str print_safe(struct arena *a, struct str s)
{
	if (!str_is_set(s))
		return STR("-");
	char *copy = str_c(a, s);

	make_safe(copy, s.n);
	return (struct str){copy, s.n};
}

struct str print_time(struct arena *a, int64_t s)
{
	char text[24];

	if (s == 0)
		return STR("-");
	clock_format_iso(s, text);
	return str_printf(a, "%.10s %.5s", text, text + 11);
}

void list_begin(struct list *l, struct call *call, const char *heading)
{
	*l = (struct list){call, heading, 0};
	if (call->json)
		putchar('[');
}

void list_json(struct list *l, json_t *value)
{
	if (l->n++ > 0)
		fputs(", ", stdout);
	json_dumpf(value, stdout, JSON_ENCODE_ANY);
	json_decref(value);
}

void list_line(struct list *l, const char *format, ...)
{
	va_list args;

	if (l->n++ == 0)
		puts(l->heading);
	va_start(args, format);
	print_args(format, args);
	va_end(args);
}

void list_end(struct list *l, const char *nothing)
{
	if (l->call->json)
		puts("]");
	else if (l->n == 0)
		puts(nothing);
}
