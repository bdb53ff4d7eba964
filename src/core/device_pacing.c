#include "core/device_pacing.h"

int64_t device_pace_interval(const struct device_pace *p, int64_t interval_s)
{
	return interval_s + (p->slow ? DEVICE_SLOW_DOWN_S : 0);
}

enum device_poll device_pace_poll(
	struct device_pace *p, int64_t interval_s, int64_t now_us, bool *changed)
{
	int64_t waited_us = now_us - p->polled_at_us;
	int64_t required_us = device_pace_interval(p, interval_s) * 1000000;

	*changed = true;
	/* A clock that was set back tells nothing of the pace. */
	if (p->polled_at_us == 0 || waited_us < 0 || waited_us + DEVICE_SLACK_US >= required_us) {
		*p = (struct device_pace){.polled_at_us = now_us};
		return DEVICE_POLL_IN_TIME;
	}
	/* The next round is measured from its first half. */
	if (!p->slow && !p->twice && waited_us < DEVICE_TWICE_US) {
		p->twice = true;
		return DEVICE_POLL_IN_TIME;
	}
	*changed = !p->slow || waited_us >= DEVICE_FLOOD_WRITE_US;
	if (*changed)
		p->polled_at_us = now_us;
	p->slow = true;
	return DEVICE_POLL_TOO_EARLY;
}

void device_pace_slow(struct device_pace *p, int64_t now_us)
{
	p->polled_at_us = now_us;
	p->slow = true;
}
