#include "base/log.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Process-wide by nature, set once before threads start. */
static enum log_level least = LOG_INFO;
static int log_fd = STDERR_FILENO;

enum { LINE = 4096 };

struct line {
	char text[LINE];
	size_t n;
};

void log_configure(enum log_level level, int fd)
{
	least = level;
	log_fd = fd;
}

bool log_enabled(enum log_level level)
{
	return level >= least;
}

static void add(struct line *l, const char *p, size_t n)
{
	size_t room = LINE - 4 - l->n; /* "}\n" must still fit, and a closing quote */

	if (n > room)
		n = room;
	for (size_t i = 0; i < n; i++)
		l->text[l->n++] = p[i];
}

static void add_c(struct line *l, const char *s)
{
	struct str v = str_from(s);

	add(l, v.p, v.n);
}

/* JSON text; bytes outside printable ASCII are written as \u00XX so that a log line stays one
 * line in any terminal. */
static void add_text(struct line *l, struct str s)
{
	add_c(l, "\"");
	for (size_t i = 0; i < s.n && l->n < LINE - 16; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
			add(l, &s.p[i], 1);
		} else {
			char hex[8];

			snprintf(hex, sizeof hex, "\\u%04x", c);
			add_c(l, hex);
		}
	}
	add_c(l, "\"");
}

static void add_time(struct line *l)
{
	struct timespec t;
	struct tm tm;
	char text[32];

	/* The system's own time, not a rehearsal's: operators compare logs with other logs. */
	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	add_c(l, text);
	snprintf(text, sizeof text, ".%03ldZ", t.tv_nsec / 1000000);
	add_c(l, text);
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	struct line l = {.n = 0};

	if (!log_enabled(level))
		return;
	add_c(&l, "{\"time\":\"");
	add_time(&l);
	add_c(&l, "\",\"level\":\"");
	add_c(&l, names[level]);
	add_c(&l, "\",\"event\":");
	add_text(&l, str_from(event));
	for (size_t i = 0; i < n && l.n < LINE - 300; i++) {
		add_c(&l, ",\"");
		add_c(&l, fields[i].name);
		add_c(&l, "\":");
		if (fields[i].is_number) {
			char number[24];

			snprintf(number, sizeof number, "%lld", (long long)fields[i].number);
			add_c(&l, number);
		} else {
			add_text(&l, fields[i].text);
		}
	}
	l.text[l.n++] = '}';
	l.text[l.n++] = '\n';
	/* A log that cannot be written must not stop the service. */
	if (write(log_fd, l.text, l.n) < 0)
		return;
}
