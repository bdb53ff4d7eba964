#include "store/store.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "store/instance_keys.h"
#include "store/move_mark.h"

enum { SERVER_LEASE = 1024, LEASE_LOW = 64, TRIES = 8, PAUSE_GROWS = 6 };

int64_t store_now(const struct store *s)
{
	return clock_now_s(s->clock);
}

int64_t store_fence(const struct store *s)
{
	return db_fence(s->db);
}

bool store_is_fenced(const struct store *s, int64_t fence)
{
	return fence != 0 && fence != db_fence(s->db);
}

bool store_open(struct store *s, const char *url, bool migrate, struct random *random,
	const struct clock *clock, char problem[256])
{
	int applied;

	*s = (struct store){.random = random, .clock = clock, .lease = SERVER_LEASE};
	s->db = db_open(url, migrate, problem);
	if (!s->db)
		return false;
	if (!move_mark_allows(s->db, problem))
		goto fail;
	if (migrate && db_migrate(s->db, &applied, problem) != DB_OK)
		goto fail;
	if (!instance_keys_load(s, problem))
		goto fail;
	/* The instance's keys are never written to a disk with other memory. */
	sodium_mlock(s, sizeof *s);
	return true;
fail:
	store_close(s);
	return false;
}

void store_close(struct store *s)
{
	db_close(s->db);
	wipe(s, sizeof *s);
	sodium_munlock(s, sizeof *s);
}

static enum db_status take(struct store *s, const char *counter, uint64_t count, uint64_t *first)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_COUNTER_TAKE, DB_ARGS(db_text(str_from(counter)), DB_INT(count)));
	bool found = db_next(&r);

	if (found)
		*first = (uint64_t)db_int(&r, 0) - count;
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_FAILED;
}

static enum db_status lease_ids(struct store *s, void *unused)
{
	uint64_t first;
	enum db_status status = take(s, "object", s->lease, &first);

	(void)unused;
	if (status == DB_OK) {
		s->next_id = first;
		s->last_id = first + s->lease;
	}
	return status;
}

enum db_status store_next_id(struct store *s, uint64_t *id)
{
	enum db_status status = s->next_id == s->last_id ? lease_ids(s, NULL) : DB_OK;

	if (status == DB_OK)
		*id = s->next_id++;
	return status;
}

enum db_status store_next_small_id(struct store *s, const char *counter, int64_t *id)
{
	uint64_t first;
	enum db_status status = take(s, counter, 1, &first);

	*id = status == DB_OK ? (int64_t)first : 0;
	return status;
}

void store_drop_lease(struct store *s)
{
	s->next_id = s->last_id = 0;
}

void store_pause(struct store *s, unsigned tries)
{
	usleep(random_below(s->random, 1000U << (tries < PAUSE_GROWS ? tries : PAUSE_GROWS)));
}

static enum db_status write_once(struct store *s, enum db_isolation isolation,
	enum db_status (*work)(struct store *, void *), void *context)
{
	enum db_status status = db_begin_write_at(s->db, isolation);

	if (status == DB_OK)
		status = work(s, context);
	if (status == DB_OK || status == DB_NONE) {
		bool changed = db_has_changed(s->db);
		enum db_status committed = db_commit(s->db);

		/* Nothing that was changed could be lost, and what was read was nobody's. */
		if (committed == DB_OK || (!changed && !db_wants_again(s->db)))
			return status;
		status = committed;
	}
	db_rollback(s->db);
	store_drop_lease(s);
	return status;
}

void store_lease_ids(struct store *s)
{
	if (!db_shares_commit(s->db) && s->last_id - s->next_id < LEASE_LOW)
		write_once(s, DB_LATEST, lease_ids, NULL);
}

enum db_status store_write_at(struct store *s, enum db_isolation isolation,
	enum db_status (*work)(struct store *, void *), void *context)
{
	for (unsigned tries = 1;; tries++) {
		enum db_status status = write_once(s, isolation, work, context);

		if (status == DB_OK || status == DB_NONE || tries == TRIES ||
			(status != DB_RETRY && !db_wants_again(s->db)))
			return status;
		store_pause(s, tries);
	}
}

enum db_status store_write(
	struct store *s, enum db_status (*work)(struct store *, void *), void *context)
{
	return store_write_at(s, DB_SERIAL, work, context);
}
