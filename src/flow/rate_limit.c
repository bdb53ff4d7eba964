#include "flow/rate_limit.h"

#include "base/crypto.h"
#include "base/random.h"

void rate_limits_init(struct rate_limits *l, struct random *random)
{
	pthread_mutex_init(&l->lock, NULL);
	random_bytes(random, l->key, sizeof l->key);
}

/* The slot of `who`; else the one to take: an empty or ended one, or the least used. */
static struct rate_slot *find(struct rate_limits *l, uint64_t who, int64_t now)
{
	struct rate_slot *bucket = l->slots[who % RATE_BUCKETS], *best = &bucket[0];

	for (int i = 0; i < RATE_WAYS; i++) {
		if (bucket[i].who == who)
			return &bucket[i];
		int64_t used = bucket[i].reset_at <= now ? 0 : bucket[i].used;
		int64_t least = best->reset_at <= now ? 0 : best->used;

		if (used < least)
			best = &bucket[i];
	}
	return best;
}

struct rate_state rate_limits_count(
	struct rate_limits *l, struct str who, struct rate rate, int64_t cost, int64_t now_s)
{
	uint64_t id = keyed_hash64(l->key, who) | 1;
	struct rate_state state = {
		.limit = rate.limit, .used = 0, .reset_at = now_s + rate.window_s};

	pthread_mutex_lock(&l->lock);
	struct rate_slot *slot = find(l, id, now_s);
	/* A window that ends later than one from now was begun before the clock was set back. */
	bool known = slot->who == id && slot->reset_at > now_s &&
		     slot->reset_at <= now_s + rate.window_s;

	if (!known && cost > 0)
		*slot = (struct rate_slot){id, 0, now_s + rate.window_s};
	if (known || cost > 0) {
		state.over = slot->used + cost > rate.limit;
		if (!state.over)
			slot->used += cost;
		state.used = slot->used;
		state.reset_at = slot->reset_at;
	}
	pthread_mutex_unlock(&l->lock);
	return state;
}
