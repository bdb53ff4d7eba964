#include "server/upkeep.h"

#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "flow/sandboxes.h"
#include "flow/signing_keys.h"
#include "server/database_clock.h"
#include "server/set_back.h"
#include "store/app.h"
#include "store/audit.h"
#include "store/move_mark.h"
#include "store/remote_document.h"
#include "store/request_log.h"
#include "store/upkeep.h"

static const int64_t head_every_us = INT64_C(3600) * 1000000; /* the log tells it so often */

enum {
	MOVE_LOOK_US = 1000000, /* command/move.c waits for two of them */
	CLOCK_AGAIN_US = 1000000,
	TICK_US = 20000, /* how often the log's size is looked at */
	PURGE_EVERY_US = 30000000,
	SEAL_EVERY_US = 500000, /* the security log: so long an entry may wait for its place */
	KEYS_ARENA = 8 << 20,
	PURGE_AGAIN_US = 1000000, /* while the request log is filled faster than that clears out */
	PURGE_BATCH = 500,        /* rows of each kind at once: a short transaction */
};

/* Apps that registered themselves and are used by nobody. */
static enum db_status purge_unused_apps(struct store *s, void *context)
{
	enum { DAY = 86400 };
	const struct upkeep *u = context;
	int64_t days = u->server->config.settings.registration_unused_days;

	return days ? app_delete_unused(s, store_now(s) - days * DAY, PURGE_BATCH) : DB_OK;
}

static enum db_status purge_codes(struct store *s, void *context)
{
	struct upkeep *u = context;

	return store_purge_codes(s, PURGE_BATCH, &u->codes_left);
}

static enum db_status purge_sessions(struct store *s, void *context)
{
	struct upkeep *u = context;
	enum db_status status = store_purge_sessions(
		s, u->server->config.settings.session_idle_s, PURGE_BATCH, &u->session_after);

	u->sessions_left = status == DB_OK && u->session_after != 0;
	return status;
}

/* What is over, whatever else goes on: nobody has to wait for it, nor it for anybody. */
static enum db_status purge(struct store *s, void *context)
{
	struct upkeep *u = context;
	const struct settings *settings = &u->server->config.settings;
	enum db_status status = store_purge(s, PURGE_BATCH);

	if (status == DB_OK)
		status = purge_codes(s, u);
	if (status == DB_OK && !u->sessions_left)
		status = purge_sessions(s, u);
	if (status == DB_OK)
		status = request_log_purge(s, settings->log_days, PURGE_BATCH, &u->log_is_full);
	if (status == DB_OK)
		status = remote_document_purge(s, store_now(s) - LIMIT_REMOTE_KEPT, PURGE_BATCH);
	return status == DB_OK ? set_back_note(u->server, s) : status;
}

static enum db_status end_sandboxes(struct store *s, void *context)
{
	struct upkeep *u = context;

	return sandboxes_end_due(s, &u->server->rehearsal, &u->sandboxes);
}

static enum db_status sweep(struct store *s, void *context)
{
	struct upkeep *u = context;

	return store_sweep(s, &u->sweep, PURGE_BATCH, &u->sweeping);
}

static void clear_out(struct upkeep *u, enum db_isolation isolation,
	enum db_status (*work)(struct store *, void *))
{
	if (store_write_at(&u->store, isolation, work, u) != DB_OK)
		LOG(LOG_WARN, "clearing out failed", LOG_INT("batch", PURGE_BATCH));
}

/* A rehearsal's sandboxes end on time though nobody asks for them, and their rows soon after. */
static void tend_rehearsal(struct upkeep *u)
{
	struct rehearsal *r = &u->server->rehearsal;

	if (!u->server->config.settings.rehearsal)
		return;
	if (sandboxes_are_due(r, &u->store)) {
		if (store_write(&u->store, end_sandboxes, u) == DB_OK)
			sandboxes_ended(r, &u->sandboxes);
		else
			LOG(LOG_WARN, "sandboxes cannot be ended",
				LOG_INT("now", store_now(&u->store)));
	}
	if (atomic_exchange(&r->sweep, false)) {
		u->sweep = (struct sweep){0};
		u->sweeping = true;
	}
	if (u->sweeping)
		clear_out(u, DB_LATEST, sweep);
}

/* Running out of memory is no reason to end the process here either. */
static enum db_status tend_guarded(struct upkeep *u, bool first)
{
	const struct key_change change = {
		&u->store, &u->arena, &u->server->config.settings, STR("housekeeping")};
	jmp_buf out_of_memory;

	if (setjmp(out_of_memory))
		return DB_FAILED;
	u->arena.escape = &out_of_memory;
	return signing_keys_tend(&change, first);
}

/* Successors are made, and first keys as soon as a request foresees that they will be needed: a
 * server that signs nothing makes none. Here, because RSA takes a tenth of a second. */
static void tend_keys(struct upkeep *u, bool first)
{
	if (tend_guarded(u, first) != DB_OK) {
		db_rollback(u->store.db);
		store_drop_lease(&u->store);
		LOG(LOG_WARN, "signing keys cannot be tended", LOG_INT("first", first));
	}
	u->arena.escape = NULL;
	arena_reset(&u->arena);
}

/* The log of the process goes elsewhere, as a rule: there the head is out of reach for who changes
 * the database. */
static void tell_head(struct upkeep *u, bool now)
{
	struct audit_head head;
	char link[2 * AUDIT_MAC + 1];

	if (!now && u->head_told && clock_monotonic_us() - u->head_told_us < head_every_us)
		return;
	enum db_status status = audit_head_read(&u->store, &head);

	db_rollback(u->store.db);
	if (status != DB_OK || head.seq == u->head_told)
		return;
	u->head_told = head.seq;
	u->head_told_us = clock_monotonic_us();
	hex_encode(head.link, sizeof head.link, link);
	LOG(LOG_INFO, "head of the security log", LOG_INT("entries", head.seq),
		LOG_CSTR("link", link));
}

static enum db_status seal_guarded(struct upkeep *u)
{
	jmp_buf out_of_memory;

	if (setjmp(out_of_memory))
		return DB_FAILED;
	u->arena.escape = &out_of_memory;
	return audit_seal_all(&u->store, &u->arena);
}

/* What was written to the security log gets its place: store/audit.h. */
static void seal(struct upkeep *u, bool last)
{
	u->sealed_us = clock_monotonic_us();
	enum db_status status = seal_guarded(u);

	db_rollback(u->store.db);
	if (status != DB_OK && status != DB_CONFLICT)
		LOG(LOG_WARN, "the security log cannot be sealed", LOG_INT("batch", AUDIT_BATCH));
	if (status == DB_CONFLICT && !u->audit_changed)
		LOG(LOG_ERROR, "the security log was changed: see llavero audit verify",
			LOG_INT("entry", 0));
	u->audit_changed = status == DB_CONFLICT;
	u->arena.escape = NULL;
	arena_reset(&u->arena);
	tell_head(u, last);
}

static enum db_status clear_audit_batch(struct store *s, void *context)
{
	enum { DAY = 86400 };
	struct upkeep *u = context;
	int64_t days = u->server->config.settings.audit_days;
	enum db_status status = days ? audit_clear(s, &u->arena, store_now(s) - days * DAY) : DB_OK;

	return status == DB_CONFLICT ? DB_OK : status; /* its head was changed: told already */
}

static void clear_audit(struct upkeep *u)
{
	jmp_buf out_of_memory;

	if (setjmp(out_of_memory) == 0) {
		u->arena.escape = &out_of_memory;
		clear_out(u, DB_SNAPSHOT, clear_audit_batch);
	}
	db_rollback(u->store.db);
	u->arena.escape = NULL;
	arena_reset(&u->arena);
}

/* While this server ran, somebody may have taken away what it needs (llavero migrate --finish). */
static void look_at_schema(struct upkeep *u)
{
	bool outdated = !db_fits(u->store.db);

	if (atomic_exchange(&u->server->outdated, outdated) != outdated && outdated)
		LOG(LOG_ERROR, "the schema is too new for this version",
			LOG_INT("schema", db_schema_version(u->store.db)));
}

/* Is the database being moved, or has it? A database that does not answer has said what it is. */
static bool look_at_move(struct upkeep *u)
{
	int64_t now = clock_monotonic_us();
	struct move_mark mark;

	if (now - u->looked_at_move_us < MOVE_LOOK_US)
		return u->moving;
	u->looked_at_move_us = now;
	if (move_mark_read(u->store.db, &mark) != DB_OK)
		return u->moving;
	if (atomic_exchange(&u->server->moving, (int)mark.state) != (int)mark.state)
		LOG(LOG_WARN,
			mark.state == MOVE_NONE     ? "the database is open again"
			: mark.state == MOVE_CLOSED ? "the database is closed: it is being moved"
						    : "the database has moved",
			LOG_CSTR("to", mark.other));
	return u->moving = mark.state != MOVE_NONE;
}

static void look_at_clock(struct upkeep *u)
{
	int64_t now = clock_monotonic_us();

	if (now >= u->clock_again_us && !set_back_look(u->server, &u->store))
		u->clock_again_us = now + CLOCK_AGAIN_US;
}

/* By the server's clock, which a rehearsal may move: what is over then is cleared out soon. */
static void *run(void *arg)
{
	struct upkeep *u = arg;
	const struct clock *clock = &u->server->clock;
	int64_t purged = clock_now_us(clock);

	while (!atomic_load_explicit(&u->server->stopping, memory_order_relaxed)) {
		usleep(TICK_US);
		db_maintain(u->store.db);
		if (look_at_move(u))
			continue;
		look_at_clock(u);
		tend_rehearsal(u);
		/* As fast as codes come. */
		if (u->codes_left)
			clear_out(u, DB_LATEST, purge_codes);
		/* Once round, a batch at a time. */
		if (u->sessions_left)
			clear_out(u, DB_LATEST, purge_sessions);
		if (clock_monotonic_us() - u->sealed_us >= SEAL_EVERY_US)
			seal(u, false);
		logouts_tend(u->logouts);
		if (atomic_exchange(&u->server->keys_needed, false))
			tend_keys(u, true);
		int64_t waited = clock_now_us(clock) - purged;

		if (waited >= 0 && waited < (u->log_is_full ? PURGE_AGAIN_US : PURGE_EVERY_US))
			continue;
		purged = clock_now_us(clock);
		clear_out(u, DB_LATEST, purge);
		clear_out(u, DB_SERIAL, purge_unused_apps);
		clear_audit(u);
		look_at_schema(u);
		tend_keys(u, false);
		database_clock_watch(&u->store);
	}
	return NULL;
}

bool upkeep_start(struct upkeep *u, struct server *server, char problem[256])
{
	u->server = server;
	arena_init(&u->arena, KEYS_ARENA);
	random_init(&u->random);
	if (!store_open(&u->store, server->config.database_url, false, &u->random, &server->clock,
		    problem))
		return false;
	u->logouts = logouts_new(&u->store, &server->config.settings);
	u->running = u->logouts && pthread_create(&u->thread, NULL, run, u) == 0;
	if (!u->running) {
		snprintf(problem, 256, "the housekeeping thread cannot start");
		logouts_free(u->logouts);
		store_close(&u->store);
	}
	return u->running;
}

void upkeep_stop(struct upkeep *u)
{
	if (!u->running)
		return;
	atomic_store(&u->server->stopping, true);
	pthread_join(u->thread, NULL);
	/* Workers have stopped: nothing is written any more. */
	if (!u->moving)
		seal(u, true);
	logouts_free(u->logouts);
	store_close(&u->store);
	arena_release(&u->arena);
}
