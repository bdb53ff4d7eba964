#include "explain/pace.h"

#include <string.h>

#include "base/limits.h"

enum { ALL = 10 /* as much for all as for ten apps */, US_PER_MINUTE = 60000000 };

void pace_init(struct pace *p, int64_t per_minute)
{
	memset(p, 0, sizeof *p);
	p->per_minute = per_minute;
	p->all.tokens = (double)LIMIT_LOG_BURST * ALL;
}

/* The bucket of `who`; else the one that was used least lately. */
static struct pace_bucket *find(struct pace *p, uint64_t who)
{
	/* The lowest bit says nothing: it is set in each, so that none is 0. */
	struct pace_bucket *ways = p->buckets[(who >> 1) % PACE_BUCKETS], *oldest = &ways[0];

	for (int i = 0; i < PACE_WAYS; i++) {
		if (ways[i].who == who)
			return &ways[i];
		if (ways[i].at_us < oldest->at_us)
			oldest = &ways[i];
	}
	return oldest;
}

static bool fill(struct pace_bucket *b, double per_minute, double most, int64_t now_us)
{
	if (now_us > b->at_us)
		b->tokens += per_minute * (double)(now_us - b->at_us) / US_PER_MINUTE;
	b->at_us = now_us;
	if (b->tokens > most)
		b->tokens = most;
	return b->tokens >= 1;
}

bool pace_has_room(struct pace *p, uint64_t who, int64_t share, int64_t now_us)
{
	struct pace_bucket *b = find(p, who);
	double most = (double)LIMIT_LOG_BURST / (double)share;

	if (p->per_minute == 0)
		return false;
	if (b->who != who)
		*b = (struct pace_bucket){who, now_us, most};
	return fill(b, (double)p->per_minute / (double)share, most, now_us);
}

void pace_take(struct pace *p, uint64_t who)
{
	struct pace_bucket *b = find(p, who);

	if (b->who == who)
		b->tokens -= 1;
}

bool pace_all_has_room(struct pace *p, int64_t now_us)
{
	if (p->all.at_us == 0)
		p->all.at_us = now_us;
	return fill(&p->all, (double)p->per_minute * ALL, (double)LIMIT_LOG_BURST * ALL, now_us);
}

void pace_take_all(struct pace *p)
{
	p->all.tokens -= 1;
}
