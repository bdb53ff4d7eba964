#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* So seldom is it noted how late it is: threads share the note. */
enum { NOTE_US = 1000 };

void clock_init(struct clock *c)
{
	atomic_init(&c->offset_us, 0);
	c->floor = NULL;
}

static int64_t held_us(struct clock_floor *floor, int64_t system_us)
{
	int64_t latest = atomic_load_explicit(&floor->latest_us, memory_order_relaxed);

	if (system_us < latest)
		return latest;
	if (system_us - latest >= NOTE_US)
		atomic_compare_exchange_strong(&floor->latest_us, &latest, system_us);
	return system_us;
}

int64_t clock_now_us(const struct clock *c)
{
	int64_t system_us = read_us(CLOCK_REALTIME);

	return (c->floor ? held_us(c->floor, system_us) : system_us) + clock_offset_us(c);
}

int64_t clock_now_s(const struct clock *c)
{
	return clock_now_us(c) / 1000000;
}

int64_t clock_monotonic_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

void clock_advance(struct clock *c, int64_t us)
{
	atomic_fetch_add(&c->offset_us, us);
}

int64_t clock_offset_us(const struct clock *c)
{
	return atomic_load_explicit(&c->offset_us, memory_order_relaxed);
}

void clock_set_offset(struct clock *c, int64_t us)
{
	atomic_store(&c->offset_us, us);
}

void clock_hold(struct clock *c, struct clock_floor *floor, int64_t latest_us)
{
	int64_t system_us = read_us(CLOCK_REALTIME);

	atomic_init(&floor->latest_us, latest_us > system_us ? latest_us : system_us);
	c->floor = floor;
}

int64_t clock_behind_us(const struct clock *c)
{
	int64_t behind = c->floor ? atomic_load(&c->floor->latest_us) - read_us(CLOCK_REALTIME) : 0;

	return behind > 0 ? behind : 0;
}

void clock_let_go(struct clock *c)
{
	if (c->floor)
		atomic_store(&c->floor->latest_us, read_us(CLOCK_REALTIME));
}

void clock_format_iso(int64_t s, char out[24])
{
	time_t t = (time_t)s;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || strftime(out, 24, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, 24, "invalid");
}
