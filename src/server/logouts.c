#include "server/logouts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/log.h"
#include "flow/fetch.h"
#include "flow/logout_token.h"
#include "flow/signing.h"
#include "server/jobs.h"

enum {
	LOOK_EVERY_US = 200000,
	AFTER_FAILURE_US = 2000000,
	BATCH = 32,
	ARENA_MAX = 8 << 20,
	DELIVERY_ARENA = 64 << 10
};

/* One app that is being told. */
struct delivery {
	struct job job; /* first */
	struct delivery *next;
	struct logouts *owner;
	struct arena arena; /* of the fetch */
	struct fetch fetch;
	uint64_t id;
	int64_t app_id;
	bool last; /* there will be no other try */
};

struct logouts {
	struct store *store;
	const struct settings *settings;
	struct signing *signing;
	struct jobs *jobs;
	struct arena arena; /* of one look */
	int64_t looked_us;
	_Atomic bool stopping;
	struct delivery *ready; /* picked, and not yet handed to a thread */
	pthread_mutex_t lock;
	struct delivery *finished; /* below the lock */
};

struct logouts *logouts_new(struct store *store, const struct settings *settings)
{
	struct logouts *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	l->store = store;
	l->settings = settings;
	arena_init(&l->arena, ARENA_MAX);
	pthread_mutex_init(&l->lock, NULL);
	l->signing = signing_new();
	l->jobs = jobs_start(LIMIT_LOGOUT_THREADS, LIMIT_LOGOUT_QUEUE);
	if (l->signing && l->jobs)
		return l;
	logouts_free(l);
	return NULL;
}

static void drop(struct delivery *d)
{
	while (d) {
		struct delivery *next = d->next;

		arena_release(&d->arena);
		free(d);
		d = next;
	}
}

void logouts_free(struct logouts *l)
{
	if (!l)
		return;
	atomic_store(&l->stopping, true);
	jobs_stop(l->jobs);
	drop(l->ready);
	drop(l->finished);
	signing_free(l->signing);
	arena_release(&l->arena);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* On a job thread. */
static void tell(void *arg)
{
	struct delivery *d = arg;

	if (atomic_load(&d->owner->stopping))
		d->fetch.fault = FETCH_CONNECT;
	else
		fetch_work(&d->fetch);
}

static void finish(struct job *job)
{
	struct delivery *d = (struct delivery *)(void *)job;
	struct logouts *l = d->owner;

	pthread_mutex_lock(&l->lock);
	d->next = l->finished;
	l->finished = d;
	pthread_mutex_unlock(&l->lock);
}

/* Later and later. */
static int64_t wait_after(int64_t tries)
{
	static const int64_t waits_s[] = {15, 60, 600, 3600};
	size_t n = sizeof waits_s / sizeof waits_s[0];

	return waits_s[tries < (int64_t)n ? (size_t)tries : n - 1];
}

static bool make_delivery(
	struct logouts *l, const struct logout *row, struct str uri, struct str token)
{
	struct delivery *d = calloc(1, sizeof *d);
	bool local = l->settings->rehearsal || l->settings->demo;
	struct buf form;

	if (!d)
		return false;
	d->next = l->ready;
	l->ready = d;
	d->owner = l;
	d->id = row->id;
	d->app_id = row->app_id;
	d->last = row->tries + 1 >= LIMIT_LOGOUT_TRIES;
	d->job = (struct job){.work = tell, .arg = d, .done = finish};
	arena_init(&d->arena, DELIVERY_ARENA);
	d->arena.escape = l->arena.escape;
	fetch_init(&d->fetch, &d->arena, uri, local, LIMIT_LOGOUT_REPLY);
	buf_init(&form, &d->arena, DELIVERY_ARENA / 2);
	buf_add_c(&form, "logout_token=");
	buf_add_form(&form, token);
	d->fetch.form = str_c(&d->arena, buf_str(&form));
	d->arena.escape = NULL;
	return true;
}

/* An app that has taken its address back is told nothing. */
static enum db_status pick_one(struct logouts *l, const struct logout *row)
{
	struct context c = {.store = l->store,
		.settings = l->settings,
		.arena = &l->arena,
		.random = l->store->random,
		.request_id = STR("logout"),
		.signing = l->signing};
	const struct app app = {.metadata = row->metadata};
	const struct client_metadata *m = app_metadata_of(&l->arena, &app);
	struct str token;

	if (!str_is_set(m->backchannel_logout_uri))
		return logout_done(l->store, row->id);
	enum db_status status =
		logout_try(l->store, row->id, store_now(l->store) + wait_after(row->tries));

	if (status != DB_OK)
		return status;
	return logout_token(&c, row, m, &token) &&
			       make_delivery(l, row, m->backchannel_logout_uri, token)
		       ? DB_OK
		       : DB_FAILED;
}

static enum db_status pick(struct store *s, void *arg)
{
	struct logouts *l = arg;
	struct logout *rows;
	size_t n;
	enum db_status status = logout_due(s, &l->arena, BATCH, &rows, &n);

	drop(l->ready);
	l->ready = NULL;
	for (size_t i = 0; i < n && status == DB_OK; i++)
		status = pick_one(l, &rows[i]);
	return status;
}

static void log_end(const struct delivery *d, bool heard)
{
	if (heard)
		LOG(LOG_DEBUG, "app told of logout", LOG_INT("app", d->app_id));
	else
		LOG(LOG_WARN, "app cannot be told of logout", LOG_INT("app", d->app_id),
			LOG_CSTR("fault", fetch_fault_word(d->fetch.fault)),
			LOG_INT("status", d->fetch.status), LOG_INT("last_try", d->last));
}

static enum db_status strike_out(struct store *s, void *arg)
{
	enum db_status status = DB_OK;

	for (const struct delivery *d = arg; d && status == DB_OK; d = d->next)
		if (d->fetch.fault == FETCH_OK || d->last)
			status = logout_done(s, d->id);
	return status;
}

static void take_finished(struct logouts *l)
{
	pthread_mutex_lock(&l->lock);
	struct delivery *finished = l->finished;

	l->finished = NULL;
	pthread_mutex_unlock(&l->lock);
	if (!finished)
		return;
	for (const struct delivery *d = finished; d; d = d->next)
		log_end(d, d->fetch.fault == FETCH_OK);
	if (store_write(l->store, strike_out, finished) != DB_OK)
		LOG(LOG_WARN, "logouts cannot be struck out", LOG_INT("app", finished->app_id));
	drop(finished);
}

static bool is_any_due(struct logouts *l)
{
	struct logout *rows;
	size_t n;

	bool due = logout_due(l->store, &l->arena, 1, &rows, &n) == DB_OK && n > 0;

	/* What was read began a view of the database, which does not move on by itself. */
	db_rollback(l->store->db);
	return due;
}

/* Running out of memory is no reason to end the process here either. */
static enum db_status pick_guarded(struct logouts *l)
{
	jmp_buf out_of_memory;

	if (setjmp(out_of_memory)) {
		db_rollback(l->store->db);
		store_drop_lease(l->store);
		return DB_FAILED;
	}
	l->arena.escape = &out_of_memory;
	return is_any_due(l) ? store_write(l->store, pick, l) : DB_OK;
}

/* What no thread has room for is due again after its wait. */
static void hand_out(struct logouts *l)
{
	while (l->ready) {
		struct delivery *d = l->ready;

		l->ready = d->next;
		d->next = NULL;
		if (!jobs_submit(l->jobs, &d->job))
			drop(d);
	}
}

void logouts_tend(struct logouts *l)
{
	int64_t now_us = clock_monotonic_us();

	take_finished(l);
	if (now_us - l->looked_us < LOOK_EVERY_US)
		return;
	l->looked_us = now_us;
	if (pick_guarded(l) == DB_OK) {
		hand_out(l);
	} else {
		LOG(LOG_WARN, "logouts cannot be sent", LOG_INT("now", store_now(l->store)));
		l->looked_us += AFTER_FAILURE_US;
		drop(l->ready);
		l->ready = NULL;
	}
	l->arena.escape = NULL;
	arena_reset(&l->arena);
}
