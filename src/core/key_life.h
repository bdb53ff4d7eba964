/* The life of a signing key (OpenID Discovery's key rotation; assurance 6.6): published before it
 * signs, signs for its period, stays published until what it signed has expired, is removed. All of
 * it follows from times that stand in the database, so nodes agree without a message, and from
 * clocks that may differ by much less than the times between. */
#ifndef LLAVERO_CORE_KEY_LIFE_H
#define LLAVERO_CORE_KEY_LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0: not known yet, or never. */
struct key_times {
	int64_t created_at; /* published from here on */
	int64_t active_at;  /* signs from here on */
	int64_t ends_at;    /* signs no more: its successor's active_at */
	int64_t leaves_at;  /* published no more */
	int64_t revoked_at; /* leaked: counts for nothing from here on */
};

enum key_state {
	KEY_PUBLISHED, /* waits until everyone can know it */
	KEY_ACTIVE,    /* signs; of two, the newer does */
	KEY_RETIRING,  /* verifies what it signed */
	KEY_REMOVED,   /* known for id_token_hint only */
	KEY_REVOKED,
	KEY_STATES,
};

enum {
	/* How long the JWKS may be kept, and so how long a leaked key is trusted yet by who kept
	 * it. A new key is published KEY_LEAD_S before it signs, or half its period when that is
	 * less: relying parties often keep keys for a day, whatever they are told. */
	KEY_JWKS_MAX_AGE_S = 300,
	KEY_LEAD_S = 86400,
	KEY_WIPE_AFTER_S = 600,       /* after it ends its private half is forgotten */
	KEY_KEPT_S = 90 * KEY_LEAD_S, /* after it left, its row is deleted */
	KEY_OVERLAP_SPARE_S = 300,    /* clocks of others, beyond the longest token */
};

struct key_policy {
	int64_t period_s;  /* how long a key signs */
	int64_t lead_s;    /* how long it is published before */
	int64_t overlap_s; /* and after */
};

struct key_policy key_policy_make(int64_t period_days, int64_t token_lifetime_s);
enum key_state key_state_at(const struct key_times *t, int64_t now);
/* "active" */
const char *key_state_word(enum key_state s);
/* May it sign where none is active? It will be within LIMIT_CLOCK_SKEW: a first key, or one that
 * takes a leaked one's place, signs from the moment that it was made, by the clock of who made it.
 */
bool key_is_about_to_sign(const struct key_times *t, int64_t now);
/* Is it in the JWKS? */
bool key_is_published(enum key_state s);

enum key_need {
	KEY_NEED_NOTHING,
	KEY_NEED_NOW,  /* nothing can sign: one that signs at once */
	KEY_NEED_NEXT, /* a successor, which signs from `*active_at` on */
};
/* What the keys of one algorithm (in any order) need, if any of them is to go on. */
enum key_need key_need_at(const struct key_times *keys, size_t n, const struct key_policy *p,
	int64_t now, int64_t *active_at);
/* The same for a rotation that somebody asks for: KEY_NEED_NOTHING when a successor waits. */
enum key_need key_need_asked(const struct key_times *keys, size_t n, const struct key_policy *p,
	int64_t now, int64_t *active_at);

#endif
