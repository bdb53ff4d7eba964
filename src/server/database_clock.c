#include "server/database_clock.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/log.h"
#include "core/clock_skew.h"

enum { US = 1000000 };

static int64_t skew_of(struct store *s)
{
	struct clock real;
	int64_t before, theirs;

	clock_init(&real);
	before = clock_now_us(&real);
	return db_server_clock(s->db, &theirs) ? clock_skew_us(before, theirs, clock_now_us(&real))
					       : 0;
}

static enum clock_skew judge(int64_t skew_us)
{
	enum clock_skew verdict = clock_skew_judge(skew_us);

	if (verdict != CLOCK_AGREES)
		LOG(LOG_WARN, "the clock differs from the database's",
			LOG_INT("ahead_ms", skew_us / 1000),
			LOG_INT("allowed_s", LIMIT_CLOCK_SKEW_TOLD));
	return verdict;
}

bool database_clock_agrees(struct store *s, char problem[256])
{
	int64_t skew_us = skew_of(s);

	if (judge(skew_us) != CLOCK_WRONG)
		return true;
	snprintf(problem, 256,
		"this machine's clock is %lld seconds %s the database server's, and %d are the "
		"most: "
		"set both by NTP. Until when a code, a session or a key is good is told by them",
		(long long)(skew_us < 0 ? -skew_us : skew_us) / US,
		skew_us < 0 ? "behind" : "ahead of", LIMIT_CLOCK_SKEW);
	return false;
}

void database_clock_watch(struct store *s)
{
	judge(skew_of(s));
}
