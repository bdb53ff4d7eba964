#include "server/transaction.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/memory.h"
#include "flow/sandboxes.h"
#include "store/move_mark.h"

enum {
	USES_EVERY_US = 60000000,
	USES_FULL_US = 1000000,
	COUNTS_EVERY_US = 1000000,
};

static void count(_Atomic uint64_t *n)
{
	atomic_fetch_add_explicit(n, 1, memory_order_relaxed);
}

static void count_commit(struct worker *w, bool good)
{
	count(good ? &w->server->http.commits : &w->server->http.commit_failures);
}

static enum db_status end_sandboxes_due(struct store *s, void *worker)
{
	struct worker *w = worker;

	return sandboxes_end_due(s, &w->server->rehearsal, &w->sandboxes);
}

static bool end_sandboxes_alone(struct worker *w)
{
	if (store_write(&w->store, end_sandboxes_due, w) != DB_OK)
		return false;
	sandboxes_ended(&w->server->rehearsal, &w->sandboxes);
	return true;
}

/* A sandbox whose time is over is gone before the request looks. False: it could not be ended, so
 * that nothing may be done. */
static bool end_sandboxes(struct work *work)
{
	struct rehearsal *r = work->context.rehearsal;
	struct worker *w = work->worker;
	struct db *db = w->store.db;

	if (!r || !sandboxes_are_due(r, &w->store))
		return true;
	if (!db_shares_commit(db))
		return end_sandboxes_alone(w);
	if (db_begin_write(db) != DB_OK || db_savepoint(db) != DB_OK)
		return false;
	w->ended_sandboxes = end_sandboxes_due(&w->store, w) == DB_OK && db_release(db) == DB_OK;
	if (!w->ended_sandboxes)
		db_rollback_to(db);
	return w->ended_sandboxes;
}

static bool is_moving(const struct worker *w)
{
	return atomic_load_explicit(&w->server->moving, memory_order_relaxed) != MOVE_NONE;
}

static bool is_for_operators(const struct http_route *route)
{
	for (const struct http_route *r = server_routes; r->path; r++)
		if (r == route)
			return true;
	return false;
}

/* A database that takes no changes is asked for none; one that has moved is asked for nothing: what
 * it knows may be revoked where it has moved to. */
static bool is_closed(const struct work *w, bool writes)
{
	int state = atomic_load_explicit(&w->worker->server->moving, memory_order_relaxed);

	return (state == MOVE_CLOSED && writes) ||
	       ((state == MOVE_MOVED || state == MOVE_FILLING) &&
		       !is_for_operators(w->exchange->request.route));
}

static bool begin(struct work *w, bool writes)
{
	struct db *db = w->worker->store.db;

	if (!writes)
		return true;
	if (db_shares_commit(db)) {
		w->context.part = db_begin_write(db) == DB_OK && db_savepoint(db) == DB_OK;
		return w->context.part;
	}
	store_lease_ids(&w->worker->store);
	return db_begin_write_at(db, w->exchange->request.route->flags & ROUTE_SNAPSHOT
					     ? DB_SNAPSHOT
					     : DB_SERIAL) == DB_OK;
}

/* Runs `step`; running out of memory is a failure of ours like any other. */
static void run_guarded(struct work *w, void (*step)(struct work *))
{
	struct arena *arena = w->context.arena;
	jmp_buf out_of_memory;

	w->context.failed = false;
	memory_forget();
	if (setjmp(out_of_memory)) {
		w->context.failed = true;
	} else {
		arena->escape = &out_of_memory;
		step(w);
	}
	if (memory_ran_out())
		w->context.failed = true;
	w->context.arena->escape = NULL;
}

/* What cannot be undone by itself takes the whole turn with it: it would be committed with what the
 * others did, though its client is told of a failure. */
static void settle_part_of_turn(struct work *w)
{
	struct db *db = w->worker->store.db;
	bool had = w->context.part;

	w->context.part = false;
	if (!had || (!w->context.failed && db_release(db) == DB_OK))
		return;
	w->context.failed = true;
	if (db_rollback_to(db) == DB_OK)
		return;
	db_rollback(db);
	w->worker->turn_is_lost = true;
}

/* It may have begun only while the request ran: flow/signing.c, flow/seen_once.c. When nothing was
 * changed there is nothing to lose: a commit that fails takes back no reply, unless what was read
 * was in another's way. */
static void settle_alone(struct work *w)
{
	struct db *db = w->worker->store.db;
	bool changed = db_has_changed(db), good = false;

	if (!db_is_writing(db))
		return;
	if (w->context.failed)
		db_rollback(db);
	else
		good = db_commit(db) == DB_OK;
	count_commit(w->worker, good);
	if (!good && (changed || db_wants_again(db)))
		w->context.failed = true;
}

static void settle(struct work *w)
{
	if (db_shares_commit(w->worker->store.db))
		settle_part_of_turn(w);
	else
		settle_alone(w);
	if (w->context.failed) {
		store_drop_lease(&w->worker->store);
		notes_undo(w->worker->notes);
	}
}

bool transaction_run(struct work *w, void (*step)(struct work *))
{
	const struct context context = w->context;
	const struct http_reply reply = w->exchange->reply;
	const struct http_route *route = w->exchange->request.route;
	bool writes = route && (route->flags & ROUTE_WRITES);

	if (is_closed(w, writes) || !end_sandboxes(w))
		return false;
	for (unsigned tries = 1;; tries++) {
		if (!begin(w, writes))
			return false;
		notes_begin(w->worker->notes);
		run_guarded(w, step);
		settle(w);
		if (!w->context.failed || !db_wants_again(w->worker->store.db) ||
			tries == LIMIT_TRANSACTION_TRIES)
			return true;
		count(&w->worker->server->http.retries);
		w->context = context;
		w->exchange->reply = reply;
		store_pause(&w->worker->store, tries);
	}
}

static bool may_write(struct worker *w)
{
	return !is_moving(w) &&
	       (!db_shares_commit(w->store.db) || db_begin_write(w->store.db) == DB_OK);
}

bool transaction_takes_notes(struct worker *w)
{
	return notes_wait(w->notes) && may_write(w);
}

/* Runs `write` in the turn's transaction, or in one of its own. */
static bool write_aside(struct worker *w, enum db_status (*write)(struct store *, void *))
{
	struct db *db = w->store.db;

	if (!db_shares_commit(db)) {
		bool good = store_write_at(&w->store, DB_LATEST, write, w) == DB_OK;

		count_commit(w, good);
		return good;
	}
	if (db_savepoint(db) == DB_OK && write(&w->store, w) == DB_OK)
		return db_release(db) == DB_OK;
	db_rollback_to(db);
	store_drop_lease(&w->store);
	return false;
}

static enum db_status put_uses(struct store *s, void *worker)
{
	return token_uses_write(&((struct worker *)worker)->uses, s);
}

static enum db_status put_notes(struct store *s, void *worker)
{
	return notes_write(((struct worker *)worker)->notes, s);
}

/* Uses of tokens are written with a turn that writes anyway, or once in a while by themselves. */
static void write_uses(struct worker *w)
{
	int64_t now = clock_monotonic_us();
	int64_t wait = w->uses.n == TOKEN_USES_FULL ? USES_FULL_US : USES_EVERY_US;

	if (w->uses.n == 0 || now - w->uses_written_us <= wait || !may_write(w))
		return;
	w->uses_written_us = now;
	write_aside(w, put_uses);
}

/* A log that cannot be written costs nobody a reply. */
static void write_notes(struct worker *w)
{
	int64_t now = clock_monotonic_us();
	bool due = notes_wait(w->notes) || db_is_writing(w->store.db) || notes_full(w->notes) ||
		   now - w->notes_written_us > COUNTS_EVERY_US ||
		   atomic_load_explicit(&w->server->stopping, memory_order_relaxed);

	if (!notes_any(w->notes) || !due || !may_write(w))
		return;
	w->notes_written_us = now;
	write_aside(w, put_notes);
	notes_clear(w->notes);
}

bool transaction_end_turn(struct worker *w)
{
	struct db *db = w->store.db;

	write_uses(w);
	write_notes(w);
	bool wrote = db_is_writing(db), good = !w->turn_is_lost && db_commit(db) == DB_OK;

	if (w->turn_is_lost)
		db_rollback(db);
	w->turn_is_lost = false;

	if (wrote)
		count_commit(w, good);
	if (!good)
		store_drop_lease(&w->store);
	if (good && w->ended_sandboxes)
		sandboxes_ended(&w->server->rehearsal, &w->sandboxes);
	w->ended_sandboxes = false;
	return good;
}
