/* What commands print on standard output: JSON for programs, sentences and tables for people. */
#ifndef LLAVERO_COMMAND_PRINT_H
#define LLAVERO_COMMAND_PRINT_H

#include <jansson.h>

#include "command/call.h"

/* A JSON string; null for an absent one. Bytes that are not UTF-8 become U+FFFD. */
json_t *json_of(struct arena *a, struct str s);
/* "2026-04-01T12:00:00Z", or null for 0. */
json_t *json_time(int64_t s);
/* Prints `value` on a line of its own and releases it. */
void print_json(json_t *value);

/* Prints a sentence and a line end. */
void print_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "name:   text", the names in one column; absent text is "-". */
void print_field(struct arena *a, const char *name, struct str text);
/* Makes `n` bytes such that a terminal may show them: what came from outside must not steer it,
 * so control characters become '?', and so do non-ASCII bytes of text that is not UTF-8. */
void make_safe(char *p, size_t n);
/* A copy made safe; "-" when absent. */
struct str print_safe(struct arena *a, struct str s);
/* "2026-04-01 12:00" in UTC, or "-" for 0. */
struct str print_time(struct arena *a, int64_t s);

/* A list that is printed as it is read: a JSON array, or a table under `heading`. */
struct list {
	struct call *call;
	const char *heading;
	size_t n;
};
void list_begin(struct list *l, struct call *call, const char *heading);
/* With --json `value`, which is released; else the line. */
void list_json(struct list *l, json_t *value);
void list_line(struct list *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* `nothing`: the sentence for an empty table. */
void list_end(struct list *l, const char *nothing);

#endif
