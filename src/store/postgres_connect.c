#include "store/postgres.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/log.h"
#include "base/str.h"

enum {
	CONNECT_US = 5000000, /* an attempt may take */
	HOST_US = 1500000,    /* when there are other hosts to try */
	LOOK_US = 50000,      /* of which one request waits */
	AGAIN_US = 100000,    /* until the next attempt at first */
	AGAIN_MOST_US = 2000000,
	ANSWER_LATE_US = 2000000, /* after the server should have given up by itself */
	NO_END = 0,               /* of waiting for an answer */
	VERSION_LEAST = 120000,
};

/* Quiet: what goes wrong comes as a result too, but for what the server calls a success. */
static void take_notice(void *postgres, const PGresult *result)
{
	const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (!severity || strcmp(severity, "WARNING") != 0)
		return;
	((struct postgres *)postgres)->warned = true;
	LOG(LOG_WARN, "database warning",
		LOG_CSTR("message", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)));
}

void postgres_drop(struct postgres *p)
{
	for (int i = 0; i < STMTS; i++) {
		PQclear(p->results[i]);
		p->results[i] = NULL;
		p->prepared[i] = false;
	}
	PQfinish(p->conn);
	p->conn = NULL;
	p->waiting = 0;
	p->up = false;
}

static bool go_to_next_host(struct postgres *p)
{
	if (p->hosts.n < 2)
		return false;
	p->host = (p->host + 1) % p->hosts.n;
	p->tried = (p->tried + 1) % p->hosts.n;
	return p->tried != 0;
}

/* The server is gone, or of no use: so every next request does not wait for it. Another host may be
 * tried at once. */
static void put_off(struct postgres *p)
{
	int64_t wait = AGAIN_US;

	if (go_to_next_host(p)) {
		postgres_drop(p);
		return;
	}
	for (unsigned i = 0; i < p->failures && wait < AGAIN_MOST_US; i++)
		wait *= 2;
	wait = wait < AGAIN_MOST_US ? wait : AGAIN_MOST_US;
	p->failures++;
	p->again_us = clock_monotonic_us() + wait / 2 +
		      (int64_t)random_below(&p->random, (uint32_t)wait / 2);
	postgres_drop(p);
}

/* Waits until the connection's socket is ready; false when that takes until `until_us`. */
static bool wait_for(const struct postgres *p, short events, int64_t until_us)
{
	struct pollfd fd = {.fd = PQsocket(p->conn), .events = events};
	int64_t left = until_us - clock_monotonic_us();

	if (until_us == NO_END)
		return poll(&fd, 1, -1) > 0;
	return left > 0 && poll(&fd, 1, (int)(left / 1000 + 1)) > 0;
}

/* A hung server counts as lost: it is told nothing, so that a restart of it changes nothing here.
 */
static bool read_some(struct postgres *p, int64_t until_us)
{
	while (PQisBusy(p->conn)) {
		if (!wait_for(p, POLLIN, until_us) || !PQconsumeInput(p->conn))
			return false;
	}
	return true;
}

bool postgres_gather(struct postgres *p)
{
	if (PQpipelineStatus(p->conn) != PQ_PIPELINE_OFF || PQenterPipelineMode(p->conn))
		return true;
	postgres_drop(p);
	return false;
}

bool postgres_queue(struct postgres *p, const char *sql)
{
	if (!postgres_gather(p))
		return false;
	if (PQsendQueryParams(p->conn, sql, 0, NULL, NULL, NULL, NULL, 1)) {
		p->waiting++;
		return true;
	}
	postgres_drop(p);
	return false;
}

enum taken { TAKEN_ONE, TAKEN_ALL, TAKEN_LOST };

/* The next result, `*one`; or all have been taken, or the connection is lost. */
static enum taken take(struct postgres *p, int64_t until_us, PGresult **one)
{
	bool several = PQpipelineStatus(p->conn) != PQ_PIPELINE_OFF;

	/* Between the results of several commands stands one that is none. */
	for (int nones = 0; nones < 2; nones++) {
		if (!read_some(p, until_us))
			return TAKEN_LOST;
		*one = PQgetResult(p->conn);
		if (*one && PQresultStatus(*one) == PGRES_PIPELINE_SYNC) {
			PQclear(*one);
			return PQexitPipelineMode(p->conn) ? TAKEN_ALL : TAKEN_LOST;
		}
		if (*one || !several)
			return *one ? TAKEN_ONE : TAKEN_ALL;
	}
	return TAKEN_LOST;
}

/* Of two results the one that counts. */
static PGresult *choose(PGresult *kept, PGresult *one)
{
	if (kept && PQresultStatus(kept) == PGRES_FATAL_ERROR) {
		PQclear(one);
		return kept;
	}
	PQclear(kept);
	return one;
}

PGresult *postgres_answer(struct postgres *p)
{
	int64_t until = p->patient ? NO_END
				   : clock_monotonic_us() +
					     p->options.statement_ms * 1000 * (p->waiting + 1) +
					     ANSWER_LATE_US;
	bool sent = PQpipelineStatus(p->conn) == PQ_PIPELINE_OFF || PQpipelineSync(p->conn);
	enum taken taken = TAKEN_LOST;
	PGresult *kept = NULL, *one;

	p->waiting = 0;
	while (sent && (taken = take(p, until, &one)) == TAKEN_ONE)
		kept = choose(kept, one);
	if (taken == TAKEN_ALL && kept && PQstatus(p->conn) == CONNECTION_OK)
		return kept;
	PQclear(kept);
	postgres_drop(p);
	return NULL;
}

PGresult *postgres_ask(struct postgres *p, const char *sql)
{
	if (!FAIL_AT("postgres.lost") && PQsendQuery(p->conn, sql))
		return postgres_answer(p);
	postgres_drop(p);
	return NULL;
}

PGresult *postgres_ask_with(struct postgres *p, const char *sql)
{
	if (!FAIL_AT("postgres.lost"))
		return postgres_queue(p, sql) ? postgres_answer(p) : NULL;
	postgres_drop(p);
	return NULL;
}

static bool set_up(struct postgres *p, char problem[256])
{
	char sql[256];

	/* A node that hangs within a transaction must not hold its rows for ever. */
	snprintf(sql, sizeof sql,
		"SET statement_timeout = %lld; SET lock_timeout = %lld;"
		"SET idle_in_transaction_session_timeout = %lld",
		(long long)p->options.statement_ms, (long long)p->options.lock_ms,
		(long long)p->options.statement_ms * 2);
	PGresult *result = postgres_ask(p, sql);
	bool good = result && PQresultStatus(result) == PGRES_COMMAND_OK;

	PQclear(result);
	snprintf(problem, 256, "the database takes no settings of a connection");
	return good && postgres_read_line(p, problem);
}

static int64_t patience_us(const struct postgres *p)
{
	return p->hosts.n > 1 ? HOST_US : CONNECT_US;
}

/* What stands later counts: the URL has the last word, but for which of its hosts it is. libpq
 * would try one after the other, each until the kernel gives up. */
static bool start(struct postgres *p)
{
	char host[256], address[256], port[256];
	const char *const names[] = {"application_name", "client_encoding", "target_session_attrs",
		"keepalives_idle", "keepalives_interval", "keepalives_count", "dbname",
		p->hosts.n > 1 ? "host" : NULL, "hostaddr", "port", NULL};
	const char *const values[] = {"llavero", "UTF8", "read-write", "5", "5", "3", p->url,
		postgres_hosts_part(p->hosts.names, p->host, host),
		postgres_hosts_part(p->hosts.addresses, p->host, address),
		postgres_hosts_part(p->hosts.ports, p->host, port), NULL};

	p->connecting_us = clock_monotonic_us();
	p->stands = PGRES_POLLING_WRITING;
	p->conn = FAIL_AT("postgres.connect") ? NULL : PQconnectStartParams(names, values, 1);
	if (!p->conn || PQstatus(p->conn) == CONNECTION_BAD)
		return false;
	PQsetNoticeReceiver(p->conn, take_notice, p);
	return true;
}

/* Goes on with connecting until `until_us`; how it stands then. */
static PostgresPollingStatusType go_on(struct postgres *p, int64_t until_us)
{
	while (p->stands != PGRES_POLLING_OK && p->stands != PGRES_POLLING_FAILED) {
		bool reads = p->stands == PGRES_POLLING_READING;

		if (!wait_for(p, reads ? POLLIN : POLLOUT, until_us))
			break;
		p->stands = PQconnectPoll(p->conn);
	}
	return p->stands;
}

/* A number or word that the server shows; false: it does not. */
static bool shown(struct postgres *p, const char *name, char out[64])
{
	char sql[96];

	snprintf(sql, sizeof sql, "SHOW %s", name);
	PGresult *result = postgres_ask(p, sql);
	bool good = result && PQntuples(result) == 1;

	if (good)
		snprintf(out, 64, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return good;
}

static bool look_at(struct postgres *p, char problem[256])
{
	char encoding[64];

	if (PQserverVersion(p->conn) < VERSION_LEAST) {
		snprintf(problem, 256, "the database server is older than PostgreSQL %d",
			VERSION_LEAST / 10000);
		return false;
	}
	postgres_name_engine(p);
	if (!shown(p, "server_encoding", encoding)) {
		snprintf(problem, 256, "the database does not say how it is set up");
		return false;
	}
	if (strcmp(encoding, "UTF8") != 0) {
		snprintf(problem, 256, "the database's encoding is %.40s, but must be UTF8",
			encoding);
		return false;
	}
	return postgres_look_at_durability(p, problem);
}

/* The library's words, which may be several lines. They name the host, and no password. */
static void say(const struct postgres *p, char problem[256])
{
	struct str words = str_from(p->conn ? PQerrorMessage(p->conn) : "out of memory");

	words = str_trim(str_slice(words, 0, str_find(words, '\n')));
	snprintf(problem, 256, "the database cannot be reached: %.*s",
		(int)(words.n < 180 ? words.n : 180), words.p);
}

static bool connect_once(struct postgres *p, char problem[256])
{
	if (!start(p) || go_on(p, p->connecting_us + patience_us(p)) != PGRES_POLLING_OK) {
		say(p, problem);
		return false;
	}
	return p->up = set_up(p, problem);
}

bool postgres_connect(struct postgres *p, bool look, char problem[256])
{
	if (!postgres_hosts_read(&p->hosts, p->url)) {
		snprintf(problem, 256, "out of memory");
		return false;
	}
	while (!connect_once(p, problem)) {
		postgres_drop(p);
		if (!go_to_next_host(p))
			return false;
	}
	p->tried = 0;
	return !look || look_at(p, problem);
}

bool postgres_is_up(struct postgres *p)
{
	if (p->up && !postgres_is_left_behind(p))
		return true;
	if (p->up)
		postgres_drop(p);
	int64_t now = clock_monotonic_us();

	if (!p->conn) {
		if (now < p->again_us)
			return false;
		if (!start(p)) {
			put_off(p);
			return false;
		}
	}
	PostgresPollingStatusType stands = go_on(p, now + LOOK_US);
	uint64_t before = p->line;
	char problem[256];

	if (stands == PGRES_POLLING_OK && set_up(p, problem)) {
		LOG(LOG_INFO, "database connected again", LOG_INT("failures", p->failures));
		p->failures = p->tried = 0;
		p->up = true;
		/* Another server may be set up in another way; /readyz is who acts on it. */
		if (p->line != before)
			postgres_look_at_durability(p, problem);
		return p->up;
	}
	if (stands == PGRES_POLLING_OK)
		LOG(LOG_WARN, "database of no use", LOG_CSTR("problem", problem));
	if (stands == PGRES_POLLING_OK || stands == PGRES_POLLING_FAILED ||
		now - p->connecting_us > patience_us(p))
		put_off(p);
	return false;
}
