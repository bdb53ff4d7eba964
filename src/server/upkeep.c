#include "server/upkeep.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "store/request_log.h"
#include "store/upkeep.h"

enum {
	TICK_US = 20000, /* how often the log's size is looked at */
	PURGE_EVERY_US = 30000000,
	PURGE_BATCH = 500, /* rows of each kind at once: a short transaction */
};

static enum db_status purge(struct store *s, void *context)
{
	const struct upkeep *u = context;

	const struct settings *settings = &u->server->config.settings;
	enum db_status status = store_purge(s, settings->session_idle_s, PURGE_BATCH);

	return status == DB_OK ? request_log_purge(s, settings->log_days, PURGE_BATCH) : status;
}

static void *run(void *arg)
{
	struct upkeep *u = arg;
	int64_t purged = clock_monotonic_us();

	while (!atomic_load_explicit(&u->server->stopping, memory_order_relaxed)) {
		usleep(TICK_US);
		db_maintain(u->store.db);
		if (clock_monotonic_us() - purged < PURGE_EVERY_US)
			continue;
		purged = clock_monotonic_us();
		if (store_write(&u->store, purge, u) != DB_OK)
			LOG(LOG_WARN, "clearing out failed", LOG_INT("batch", PURGE_BATCH));
	}
	return NULL;
}

bool upkeep_start(struct upkeep *u, struct server *server, char problem[256])
{
	u->server = server;
	random_init(&u->random);
	if (!store_open(&u->store, server->config.database_url, false, &u->random, &server->clock,
		    problem))
		return false;
	u->running = pthread_create(&u->thread, NULL, run, u) == 0;
	if (!u->running) {
		snprintf(problem, 256, "the housekeeping thread cannot start");
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
	store_close(&u->store);
}
