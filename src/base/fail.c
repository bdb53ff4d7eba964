#include "base/fail.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

enum { MAX_POINTS = 16, MAX_NAME = 48 };

struct point {
	char name[MAX_NAME];
	unsigned long at; /* passage that fails, counted from 1 */
	bool for_ever;    /* and all later ones */
	bool kill;        /* end the process instead */
	_Atomic unsigned long passages;
};

/* Process-wide by nature: the calls that fail are deep inside everything. */
static struct point points[MAX_POINTS];
static _Atomic size_t points_n;

#ifndef LLAVERO_RELEASE
static bool parse_point(struct str text, struct point *p)
{
	size_t colon = str_find(text, ':');
	struct str name = str_slice(text, 0, colon), when = str_slice(text, colon + 1, text.n);
	int64_t at;

	if (colon >= text.n || name.n == 0 || name.n >= MAX_NAME || when.n == 0)
		return false;
	memset(p, 0, sizeof *p);
	memcpy(p->name, name.p, name.n);
	p->for_ever = when.p[when.n - 1] == '+';
	p->kill = when.p[when.n - 1] == '!';
	if (p->for_ever || p->kill)
		when.n--;
	if (!str_to_i64(when, &at) || at < 1)
		return false;
	p->at = (unsigned long)at;
	return true;
}

static bool configure(struct str rest)
{
	struct str piece;

	for (size_t n = 0; str_next(&rest, ',', &piece); n++) {
		if (n == MAX_POINTS || !parse_point(piece, &points[n])) {
			atomic_store(&points_n, 0);
			return false;
		}
		atomic_store(&points_n, n + 1);
	}
	return true;
}
#endif

bool fail_configure(const char *spec)
{
	struct str text = str_from(spec);

	atomic_store(&points_n, 0);
	if (!str_has_text(text))
		return true;
#ifdef LLAVERO_RELEASE
	return false;
#else
	return configure(text);
#endif
}

static struct point *find(const char *name)
{
	size_t n = atomic_load_explicit(&points_n, memory_order_acquire);

	for (size_t i = 0; i < n; i++)
		if (strcmp(points[i].name, name) == 0)
			return &points[i];
	return NULL;
}

bool fail_at(const char *name)
{
	struct point *p = find(name);

	if (!p)
		return false;
	unsigned long passage = atomic_fetch_add(&p->passages, 1) + 1;
	bool now = passage == p->at || (p->for_ever && passage > p->at);

	if (now && p->kill)
		kill(getpid(), SIGKILL);
	return now;
}

bool fail_is_configured(void)
{
	return atomic_load_explicit(&points_n, memory_order_relaxed) > 0;
}

unsigned long fail_passages(const char *name)
{
	struct point *p = find(name);

	return p ? atomic_load(&p->passages) : 0;
}
