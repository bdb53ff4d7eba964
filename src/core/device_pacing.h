/* How often a device may poll: RFC 8628 3.5; GitHub reference 5.5. Pure: the caller keeps the state
 * with the device code.
 *
 * The first poll may come at once. Later ones are measured against the one before, with half a
 * second's slack for networks and timers. One immediate second poll is let through, because
 * golang.org/x/oauth2 asks twice in a row. One that comes too early makes the required wait five
 * seconds longer until a poll has kept to that once: never more, and never for good, since a client
 * that goes back to its old pace would starve. */
#ifndef LLAVERO_CORE_DEVICE_PACING_H
#define LLAVERO_CORE_DEVICE_PACING_H

#include <stdbool.h>
#include <stdint.h>

enum {
	DEVICE_SLOW_DOWN_S = 5,
	DEVICE_SLACK_US = 500000,
	DEVICE_TWICE_US = 2000000, /* a second poll within this may be a client's double send */
	DEVICE_FLOOD_WRITE_US = 1000000 /* a flood's polls are noted this often at most */
};

struct device_pace {
	int64_t polled_at_us; /* the poll to measure against; 0: none yet */
	bool slow;            /* slow_down was answered, and not yet kept to */
	bool twice;           /* the double send was used */
};

enum device_poll {
	DEVICE_POLL_IN_TIME,
	DEVICE_POLL_TOO_EARLY, /* answer slow_down */
};

/* Judges a poll at `now_us` (microseconds since 1970) with the code's interval in seconds. Changes
 * `p`, and says in `*changed` whether that has to be remembered: a flood changes it once a second
 * at most, so that it costs no writes (assurance A111). */
enum device_poll device_pace_poll(
	struct device_pace *p, int64_t interval_s, int64_t now_us, bool *changed);
/* Answers slow_down whatever the pace is, as if the poll had come too early (rehearsals). */
void device_pace_slow(struct device_pace *p, int64_t now_us);
/* The wait that `slow_down` asks for, in seconds. */
int64_t device_pace_interval(const struct device_pace *p, int64_t interval_s);

#endif
