#include "command/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"

enum {
	BAR_US = 100000,
	LINE_US = 5000000,
	JSON_US = 1000000,
	BAR = 30,
	TEXT = 160,
	SECOND = 1000000
};

/* What can be said of it. */
struct figures {
	int percent;
	uint64_t rate;        /* rows a second */
	int64_t seconds_left; /* -1: not known */
};

static struct figures reckon(const struct progress *p, const struct bulk_told *t, int64_t now)
{
	uint64_t done = t->rows - p->rows_before, took = (uint64_t)(now - p->begun_us) + 1;
	uint64_t left = t->rows_in_all > t->rows ? t->rows_in_all - t->rows : 0;
	struct figures f = {100, done * SECOND / took, -1};

	if (t->rows_in_all && left)
		f.percent = (int)(t->rows * 100 / t->rows_in_all);
	if (f.rate)
		f.seconds_left = (int64_t)(left / f.rate);
	return f;
}

static void clear_line(void)
{
	fputs("\r\033[K", stderr);
}

static void show_bar(struct progress *p, const struct bulk_told *t, const struct figures *f)
{
	char bar[BAR + 1];

	memset(bar, '.', BAR);
	memset(bar, '#', (size_t)(f->percent * BAR / 100));
	bar[BAR] = '\0';
	clear_line();
	fprintf(stderr, "%s %-20.20s [%s] %3d %%  %llu rows  %llu/s", t->doing, t->table, bar,
		f->percent, (unsigned long long)t->rows, (unsigned long long)f->rate);
	if (f->seconds_left >= 0)
		fprintf(stderr, "  %lld:%02lld left", (long long)f->seconds_left / 60,
			(long long)f->seconds_left % 60);
	fflush(stderr);
	p->shown = true;
}

static void show_line(const struct bulk_told *t, const struct figures *f)
{
	fprintf(stderr, "%s %s: %d %%, %llu of %llu rows, %llu a second\n", t->doing, t->table,
		f->percent, (unsigned long long)t->rows, (unsigned long long)t->rows_in_all,
		(unsigned long long)f->rate);
}

static void show_json(const struct bulk_told *t, const struct figures *f)
{
	fprintf(stderr,
		"{\"doing\": \"%s\", \"table\": \"%s\", \"percent\": %d, \"rows\": %llu,"
		" \"rows_in_all\": %llu, \"rows_per_second\": %llu, \"seconds_left\": %lld}\n",
		t->doing, t->table, f->percent, (unsigned long long)t->rows,
		(unsigned long long)t->rows_in_all, (unsigned long long)f->rate,
		(long long)f->seconds_left);
}

static void tell(void *context, const struct bulk_told *t)
{
	struct progress *p = context;
	int64_t now = clock_monotonic_us();
	int64_t every = p->call->json ? JSON_US : p->terminal ? BAR_US : LINE_US;

	if (!p->doing || strcmp(p->doing, t->doing) != 0) {
		p->doing = t->doing;
		p->begun_us = p->told_us = now;
		p->rows_before = t->rows;
	}
	if (now - p->told_us < every && !FAIL_AT("progress.tell"))
		return;
	p->told_us = now;
	const struct figures f = reckon(p, t, now);

	if (p->call->json)
		show_json(t, &f);
	else if (p->terminal)
		show_bar(p, t, &f);
	else
		show_line(t, &f);
}

void progress_begin(struct progress *p, const struct call *call)
{
	*p = (struct progress){.call = call, .terminal = isatty(STDERR_FILENO) == 1};
	p->watch = (struct bulk_watch){tell, p};
}

void progress_end(struct progress *p)
{
	if (p->shown)
		clear_line();
	p->shown = false;
}
