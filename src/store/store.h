/* What is remembered. A struct store is one connection with what every operation needs; each
 * thread has its own. Operations return enum db_status; DB_NONE means "no such row". None of them
 * opens or ends a transaction: the caller does (server/turn.c for requests, store_write for
 * commands), commits on DB_OK and DB_NONE, and rolls back on the others. */
#ifndef LLAVERO_STORE_STORE_H
#define LLAVERO_STORE_STORE_H

#include "base/clock.h"
#include "base/limits.h"
#include "base/random.h"
#include "core/refresh_token.h"
#include "store/db.h"

enum { STORE_WANTS = 4 };

/* What a resource asks of a sign-in, as it was a second ago at most: resource_wants. */
struct kept_wants {
	int64_t read_at;
	bool known;
	int64_t max_age_s;
	char acr_values[LIMIT_ACR_VALUES];
	size_t acr_values_n;
};

struct store {
	struct db *db;
	struct random *random;
	const struct clock *clock;
	struct locator_key locator;      /* masks row ids inside tokens, codes and cookies */
	struct refresh_keys refresh;     /* seals refresh tokens */
	uint8_t form_key[SHA256_LEN];    /* signs form tokens and throttling keys */
	uint8_t subject_key[SHA256_LEN]; /* names people and sessions to apps: core/subject.h */
	uint8_t audit_key[SHA256_LEN];   /* what the security log is proven with: store/audit.h */
	uint8_t vault_key[SHA256_LEN];   /* encrypts what must be read again: store/vault.h */
	/* Row ids are leased in blocks, so that no row is shared by all writers. */
	uint64_t next_id, last_id;
	uint64_t lease; /* ids taken at once */
	struct kept_wants wants[STORE_WANTS];
};

/* Opens the database at `url`, brings its schema up to date when `migrate`, and reads
 * the instance's keys (making them the first time). `random` and `clock` are borrowed.
 * On failure returns false with a sentence in `problem`. */
bool store_open(struct store *s, const char *url, bool migrate, struct random *random,
	const struct clock *clock, char problem[256]);
void store_close(struct store *s);
/* Seconds since 1970 by the store's clock. */
int64_t store_now(const struct store *s);
/* What is written with what may be used up once, and whether what was written with `fence` counts
 * no more: a standby has been promoted since, and may have forgotten that it was used. */
int64_t store_fence(const struct store *s);
bool store_is_fenced(const struct store *s, int64_t fence);
/* A fresh row id below 2^48, rising. Needs a write transaction. */
enum db_status store_next_id(struct store *s, uint64_t *id);
/* Leases ids if few are left, in a transaction of its own, where transactions run side by side: one
 * that leases them itself holds the counter's row until it commits, and all who wait for that row
 * would have to begin again. Not within a transaction. A failure shows when an id is needed. */
void store_lease_ids(struct store *s);
/* A fresh small id for an account or an app ("account", "app"). Needs a write transaction. */
enum db_status store_next_small_id(struct store *s, const char *counter, int64_t *id);
/* Forgets leased ids; after a transaction that may have taken them was rolled back. */
void store_drop_lease(struct store *s);
/* One transaction for a command: begins, runs `work`, and commits when that says DB_OK or DB_NONE,
 * else rolls back. When another transaction was in the way it is run again, a few times. */
enum db_status store_write(
	struct store *s, enum db_status (*work)(struct store *, void *), void *context);
/* The same, seeing of others what `isolation` says. */
enum db_status store_write_at(struct store *s, enum db_isolation isolation,
	enum db_status (*work)(struct store *, void *), void *context);
/* Waits for a random moment, a longer one with each of the tries so far: who was in another's way
 * is not to meet it again. */
void store_pause(struct store *s, unsigned tries);

#endif
