#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void clock_init(struct clock *c)
{
	atomic_init(&c->offset_us, 0);
}

int64_t clock_now_us(const struct clock *c)
{
	return read_us(CLOCK_REALTIME) + clock_offset_us(c);
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

void clock_format_iso(int64_t s, char out[24])
{
	time_t t = (time_t)s;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || strftime(out, 24, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, 24, "invalid");
}
