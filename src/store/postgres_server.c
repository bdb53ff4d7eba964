/* What a server tells of itself: which line of history it is on, and whether it keeps what it
 * commits. Assurance 6.3, M1, M2, M5. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/postgres.h"

/* A line of history: which database cluster it is, and in its low half how many promotions that has
 * had (the timeline). The largest that this process has seen, of the cluster it saw last. */
static _Atomic uint64_t newest;

enum { TIMELINE_BITS = 32 };

static bool is_same_cluster(uint64_t a, uint64_t b)
{
	return a >> TIMELINE_BITS == b >> TIMELINE_BITS;
}

bool postgres_is_left_behind(const struct postgres *p)
{
	uint64_t seen = atomic_load_explicit(&newest, memory_order_relaxed);

	return is_same_cluster(seen, p->line) && seen > p->line;
}

static void remember(uint64_t line)
{
	uint64_t seen = atomic_load(&newest);

	while ((!is_same_cluster(seen, line) || seen < line) &&
		!atomic_compare_exchange_weak(&newest, &seen, line))
		;
}

/* 31 bits of the cluster's own number, so that all of it is a number that is not negative. */
static uint64_t line_of(const char *cluster, const char *timeline)
{
	uint64_t id = strtoull(cluster, NULL, 10), n = strtoul(timeline, NULL, 16);

	id = (id ^ id >> TIMELINE_BITS) & INT32_MAX;
	return id << TIMELINE_BITS | n;
}

/* An engine that only speaks PostgreSQL's protocol may have no such functions; a standby has them,
 * and refuses (object_not_in_prerequisite_state). */
static bool does_without(struct postgres *p, const PGresult *result, char problem[256])
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	bool standby = state && strcmp(state, "55000") == 0;

	p->line = 0;
	p->db.fence = 0;
	snprintf(problem, 256,
		standby ? "the database server is a standby" : "the database does not answer");
	return state && !standby;
}

/* The control file tells of a promotion only after the next checkpoint; the log's own names do so
 * at once. */
bool postgres_read_line(struct postgres *p, char problem[256])
{
	PGresult *result = postgres_ask(p,
		"SELECT system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"
		" FROM pg_control_system()");
	uint64_t before = p->line;

	if (!result || PQntuples(result) != 1) {
		bool good = does_without(p, result, problem);

		PQclear(result);
		return good;
	}
	p->line = line_of(PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1));
	PQclear(result);
	remember(p->line);
	if (postgres_is_left_behind(p)) {
		p->line = before;
		snprintf(problem, 256, "the database server is a former primary");
		return false;
	}
	p->db.fence = p->options.fence ? (int64_t)p->line : 0;
	if (before && before != p->line)
		LOG(LOG_WARN, "the database goes on elsewhere",
			LOG_INT("timeline", p->line & UINT32_MAX));
	return true;
}

struct risk {
	const char *setting, *value;
};

/* The `n`th setting by which commits may be lost; false: there are no more. One that is written to
 * the standby's memory only is lost with the power of both. */
static bool next_risk(const struct postgres *p, const PGresult *result, int n, struct risk *out)
{
	static const char *const weak[] = {"off", "local", "remote_write"};
	const char *fsync = PQgetvalue(result, 0, 0), *commit = PQgetvalue(result, 0, 1),
		   *standbys = PQgetvalue(result, 0, 2), *replicas = PQgetvalue(result, 0, 3);
	bool is_weak = false, alone = strcmp(replicas, "0") == 0;

	for (size_t i = 0; i < sizeof weak / sizeof weak[0]; i++)
		is_weak = is_weak || strcmp(commit, weak[i]) == 0;
	if (strcmp(fsync, "on") != 0 && n-- == 0)
		*out = (struct risk){"fsync", fsync};
	else if (is_weak && n-- == 0)
		*out = (struct risk){"synchronous_commit", commit};
	else if (!*standbys && (!alone || p->options.durability == DB_REQUIRE) && n-- == 0)
		*out = (struct risk){"synchronous_standby_names", standbys};
	else
		return false;
	return true;
}

static bool tell_risks(const struct postgres *p, const PGresult *result, char problem[256])
{
	struct risk risk;

	for (int i = 0; next_risk(p, result, i, &risk); i++) {
		LOG(LOG_WARN, "the database may lose what it has committed",
			LOG_CSTR("setting", risk.setting), LOG_CSTR("value", risk.value));
		if (p->options.durability != DB_REQUIRE)
			continue;
		snprintf(problem, 256, "the database may lose what it has committed: %s is '%.60s'",
			risk.setting, risk.value);
		return false;
	}
	return true;
}

bool postgres_look_at_durability(struct postgres *p, char problem[256])
{
	PGresult *result = postgres_ask(p, "SELECT current_setting('fsync', true), "
					   "current_setting('synchronous_commit', true),"
					   " current_setting('synchronous_standby_names', true),"
					   " (SELECT COUNT(*) FROM pg_stat_replication)");
	bool told = result && PQntuples(result) == 1, good;

	if (!p->line && p->options.fence)
		LOG(LOG_WARN, "the database tells of no promotions", LOG_INT("host", p->host));
	if (told) {
		good = tell_risks(p, result, problem);
	} else {
		LOG(LOG_WARN, "the database does not say what it may lose",
			LOG_INT("host", p->host));
		good = p->options.durability != DB_REQUIRE;
		snprintf(problem, 256, "the database does not say how it is set up");
	}
	PQclear(result);
	return good;
}

bool postgres_is_durable(struct db *db, char problem[256])
{
	struct postgres *p = (struct postgres *)(void *)db;

	if (p->options.durability != DB_REQUIRE)
		return true;
	if (postgres_is_up(p))
		return postgres_look_at_durability(p, problem);
	snprintf(problem, 256, "the database does not answer");
	return false;
}
