/* The one clock. Everything that asks for the time asks a struct clock, so that tests and
 * rehearsals can move it. */
#ifndef LLAVERO_BASE_CLOCK_H
#define LLAVERO_BASE_CLOCK_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* The latest time of the system that a clock has told. */
struct clock_floor {
	_Atomic int64_t latest_us;
};

struct clock {
	_Atomic int64_t offset_us; /* added to the system's time; 0 in production */
	struct clock_floor *floor; /* NULL: the system's time is followed wherever it goes */
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
/* From here on this clock never goes back: while the system's time is before what it has told, or
 * before `latest_us`, it stands still. `floor` is borrowed, and belongs to this clock alone. Not
 * for use while other threads ask it. */
void clock_hold(struct clock *c, struct clock_floor *floor, int64_t latest_us);
/* How far the system's time is behind what a clock that is held has told, in microseconds; 0: it is
 * not, or the clock is not held. */
int64_t clock_behind_us(const struct clock *c);
/* Follows the system's time again, for once also back. */
void clock_let_go(struct clock *c);
/* "2026-04-01T12:00:00Z" for seconds since the epoch; `out` holds at least 21 bytes. */
void clock_format_iso(int64_t s, char out[24]);

#endif
