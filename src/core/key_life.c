#include "core/key_life.h"

#include "base/limits.h"

enum { DAY_S = 86400 };

struct key_policy key_policy_make(int64_t period_days, int64_t token_lifetime_s)
{
	int64_t period_s = period_days * DAY_S;

	return (struct key_policy){.period_s = period_s,
		.lead_s = period_s / 2 < KEY_LEAD_S ? period_s / 2 : KEY_LEAD_S,
		.overlap_s = token_lifetime_s + KEY_OVERLAP_SPARE_S};
}

static bool is_past(int64_t at, int64_t now)
{
	return at && now >= at;
}

enum key_state key_state_at(const struct key_times *t, int64_t now)
{
	if (t->revoked_at)
		return KEY_REVOKED;
	if (is_past(t->leaves_at, now))
		return KEY_REMOVED;
	if (is_past(t->ends_at, now))
		return KEY_RETIRING;
	return now >= t->active_at ? KEY_ACTIVE : KEY_PUBLISHED;
}

const char *key_state_word(enum key_state s)
{
	static const char *const words[KEY_STATES] = {
		[KEY_PUBLISHED] = "published",
		[KEY_ACTIVE] = "active",
		[KEY_RETIRING] = "retiring",
		[KEY_REMOVED] = "removed",
		[KEY_REVOKED] = "revoked",
	};

	return words[s];
}

bool key_is_about_to_sign(const struct key_times *t, int64_t now)
{
	return key_state_at(t, now) == KEY_PUBLISHED && now + LIMIT_CLOCK_SKEW >= t->active_at;
}

bool key_is_published(enum key_state s)
{
	return s == KEY_PUBLISHED || s == KEY_ACTIVE || s == KEY_RETIRING;
}

static enum key_need need(const struct key_times *keys, size_t n, const struct key_policy *p,
	int64_t now, bool asked, int64_t *active_at)
{
	int64_t began = 0;
	bool signs = false, waits = false;

	for (size_t i = 0; i < n; i++) {
		enum key_state s = key_state_at(&keys[i], now);

		waits |= s == KEY_PUBLISHED;
		signs |= s == KEY_ACTIVE || key_is_about_to_sign(&keys[i], now);
		if (s == KEY_ACTIVE && keys[i].active_at > began)
			began = keys[i].active_at;
	}
	*active_at = now;
	if (!signs)
		return KEY_NEED_NOW;
	if (waits || (!asked && now < began + p->period_s - p->lead_s))
		return KEY_NEED_NOTHING;
	*active_at = now + p->lead_s;
	if (!asked && began + p->period_s > *active_at)
		*active_at = began + p->period_s;
	return KEY_NEED_NEXT;
}

enum key_need key_need_at(const struct key_times *keys, size_t n, const struct key_policy *p,
	int64_t now, int64_t *active_at)
{
	return need(keys, n, p, now, false, active_at);
}

enum key_need key_need_asked(const struct key_times *keys, size_t n, const struct key_policy *p,
	int64_t now, int64_t *active_at)
{
	return need(keys, n, p, now, true, active_at);
}
