/* The one clock. Everything that asks for the time asks a struct clock, so that tests and
 * rehearsals can move it. */
#ifndef LLAVERO_BASE_CLOCK_H
#define LLAVERO_BASE_CLOCK_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct clock {
	_Atomic int64_t offset_us; /* added to the system's time; 0 in production */
};

void clock_init(struct clock *c);
/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_now_us(const struct clock *c);
/* Seconds since 1970-01-01T00:00:00Z. */
int64_t clock_now_s(const struct clock *c);
/* Microseconds of a clock that never steps, for durations only; not moved by the offset. */
int64_t clock_monotonic_us(void);
/* Moves this clock by `us` microseconds (tests and rehearsals). */
void clock_advance(struct clock *c, int64_t us);
/* How far this clock is ahead of the system's time, in microseconds. */
int64_t clock_offset_us(const struct clock *c);
void clock_set_offset(struct clock *c, int64_t us);
/* "2026-04-01T12:00:00Z" for seconds since the epoch; `out` holds at least 21 bytes. */
void clock_format_iso(int64_t s, char out[24]);

#endif
