/* The PostgreSQL driver: prepared statements with binary arguments and results. A worker waits for
 * its own connection; what to do when a transaction was in another's way, or its connection is
 * lost, is its caller's (db_wants_again). */
#include "store/postgres.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/fail.h"
#include "base/log.h"

static struct postgres *self(struct db *db)
{
	return (struct postgres *)(void *)db;
}

static bool is_state(const char *state, const char *const *states, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(state, states[i]) == 0)
			return true;
	return false;
}

/* Failures by their SQLSTATE. */
enum db_status postgres_failure(struct postgres *p, const PGresult *result, const char *doing)
{
	/* serialization_failure, deadlock_detected */
	static const char *const in_the_way[] = {"40001", "40P01"};
	/* The server ends the session, is a standby now, or has forgotten what was prepared. */
	static const char *const useless[] = {
		"57P01", "57P02", "57P03", "25P03", "25006", "26000", "0A000"};
	/* duplicate_table, duplicate_object: two processes make the first tables */
	static const char *const just_made[] = {"42P07", "42710"};
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : "08006";

	if (!state)
		state = "";
	if (is_state(state, in_the_way, 2)) {
		p->db.again = true;
		return DB_RETRY;
	}
	if (strcmp(state, "23505") == 0) { /* unique_violation */
		/* Whoever has the key had not committed it when this transaction looked. */
		p->db.again = true;
		return DB_CONFLICT;
	}
	if (is_state(state, just_made, 2))
		return DB_CONFLICT;
	LOG(LOG_ERROR, "database failure", LOG_CSTR("doing", doing), LOG_CSTR("code", state),
		LOG_CSTR("message", result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)
					   : "the connection is lost"));
	if (!result || is_state(state, useless, sizeof useless / sizeof useless[0])) {
		p->db.again = true;
		postgres_drop(p);
		return DB_FAILED;
	}
	return strcmp(state, "55P03") == 0    ? DB_RETRY /* lock_not_available */
	       : strncmp(state, "23", 2) == 0 ? DB_CONFLICT
					      : DB_FAILED;
}

bool postgres_is_good(const PGresult *result)
{
	ExecStatusType status = result ? PQresultStatus(result) : PGRES_FATAL_ERROR;

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* How a command went that gives no rows. */
static enum db_status done(struct postgres *p, PGresult *result, const char *doing)
{
	enum db_status status =
		postgres_is_good(result) ? DB_OK : postgres_failure(p, result, doing);

	PQclear(result);
	return status;
}

/* After a failure within it a transaction takes nothing but its end. */
static bool is_broken(const struct postgres *p)
{
	return !p->conn || p->spoilt || p->db.again ||
	       PQtransactionStatus(p->conn) == PQTRANS_INERROR;
}

/* Begins with `sql`. The connection may have been lost since it was used last: a new one is as good
 * as long as nothing was done. */
static enum db_status begin(struct postgres *p, const char *sql)
{
	for (int i = 0; i < 2; i++) {
		if (!postgres_is_up(p))
			break;
		PGresult *result = FAIL_AT("postgres.begin") ? NULL : postgres_ask(p, sql);
		bool good = postgres_is_good(result);

		PQclear(result);
		if (good)
			return DB_OK;
		postgres_drop(p);
	}
	return DB_FAILED;
}

/* What waits to go out with something else goes out now. */
static enum db_status send_waiting(struct postgres *p)
{
	return p->waiting ? done(p, postgres_answer(p), "what waited") : DB_OK;
}

enum db_status postgres_catch_up(struct postgres *p)
{
	const char *begin_with = p->begin;

	p->begin = NULL;
	if (begin_with && begin(p, begin_with) != DB_OK)
		return DB_FAILED;
	return p->up ? send_waiting(p) : DB_FAILED;
}

static enum db_status run(struct db *db, const char *sql)
{
	struct postgres *p = self(db);
	enum db_status status = postgres_catch_up(p);

	if (status != DB_OK)
		return status;
	return done(p, postgres_ask(p, sql), sql);
}

/* With what waits, in one go: if that fails the server does not come to the commit. */
static enum db_status send_commit(struct postgres *p)
{
	return done(p, p->waiting ? postgres_ask_with(p, "COMMIT") : postgres_ask(p, "COMMIT"),
		"COMMIT");
}

/* Whether a commit that got no answer was done is not known: it is not tried again. Nor is it known
 * when the server warns: somebody ended its wait for a standby, and it calls that a success. A
 * broken transaction would be rolled back, and the server would call that one, too. */
static enum db_status commit(struct db *db)
{
	struct postgres *p = self(db);

	if (is_broken(p))
		return db->again ? DB_RETRY : DB_FAILED;
	if (p->begin) { /* nothing was asked in it */
		p->begin = NULL;
		return DB_OK;
	}
	bool lost = FAIL_AT("postgres.commit");

	p->warned = false;
	enum db_status status = send_commit(p);

	if (p->up && !lost && !p->warned)
		return status;
	db->again = false;
	return DB_FAILED;
}

static enum db_status rollback(struct db *db)
{
	struct postgres *p = self(db);
	bool begun = !p->begin;

	p->begin = NULL;
	/* With its connection a transaction is gone. */
	if (!p->up || !begun)
		return DB_OK;
	/* be it good or not: it is undone */
	send_waiting(p);
	return p->up ? run(db, "ROLLBACK") : DB_OK;
}

static int64_t number(struct db *db, const char *sql)
{
	struct postgres *p = self(db);
	bool up = db->state == DB_IDLE ? postgres_is_up(p) : postgres_catch_up(p) == DB_OK;
	PGresult *result = up ? postgres_ask(p, sql) : NULL;
	int64_t value = -1;

	if (postgres_is_good(result) && PQntuples(result) == 1)
		value = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return value;
}

/* Begins with the first statement, which takes it along: a round trip less. */
static enum db_status begin_write(struct db *db, enum db_isolation isolation)
{
	static const char *const words[] = {
		[DB_SERIAL] = "BEGIN ISOLATION LEVEL SERIALIZABLE",
		[DB_SNAPSHOT] = "BEGIN ISOLATION LEVEL REPEATABLE READ",
		[DB_LATEST] = "BEGIN ISOLATION LEVEL READ COMMITTED",
	};
	struct postgres *p = self(db);

	if (!postgres_is_up(p))
		return DB_FAILED;
	p->begin = words[isolation];
	p->spoilt = false;
	return DB_OK;
}

/* Nodes that start together wait here, one for the other, and see what the other did. A table that
 * is in use is not waited for like that. */
static enum db_status begin_schema(struct db *db, const char *turn)
{
	struct postgres *p = self(db);
	char sql[256];

	snprintf(sql, sizeof sql,
		"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; %s;"
		"SET LOCAL lock_timeout = %lld",
		turn ? turn : "", (long long)p->options.lock_ms);
	enum db_status status = begin(p, "BEGIN ISOLATION LEVEL READ COMMITTED");

	if (status != DB_OK)
		return status;
	p->patient = true;
	status = run(db, sql);
	if (status != DB_OK) {
		rollback(db);
		p->patient = false;
	}
	return status;
}

static void end_write(struct db *db)
{
	self(db)->patient = self(db)->always_patient;
	self(db)->spoilt = false;
}

static enum db_status begin_snapshot(struct db *db)
{
	return begin(self(db), "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

static bool is_known(Oid kind)
{
	return kind == KIND_INT || kind == KIND_TEXT || kind == KIND_BYTES;
}

/* What the server made of a statement. Columns and arguments of any other kind would be misread. */
static bool take_kinds(struct postgres *p, enum stmt stmt, const PGresult *result)
{
	bool known = PQnparams(result) <= DB_MAX_ARGS;

	for (int i = 0; known && i < PQnparams(result); i++) {
		p->kinds[stmt][i] = PQparamtype(result, i);
		known = is_known(p->kinds[stmt][i]);
	}
	for (int i = 0; known && i < PQnfields(result); i++)
		known = is_known(PQftype(result, i));
	return known;
}

static PGresult *prepare_as(struct postgres *p, const char *name, const char *sql)
{
	if (!FAIL_AT("postgres.prepare") && PQsendPrepare(p->conn, name, sql, 0, NULL))
		return postgres_answer(p);
	postgres_drop(p);
	return NULL;
}

static PGresult *describe(struct postgres *p, const char *name)
{
	if (PQsendDescribePrepared(p->conn, name))
		return postgres_answer(p);
	postgres_drop(p);
	return NULL;
}

static void name_of(enum stmt stmt, char name[16])
{
	snprintf(name, 16, "s%d", (int)stmt);
}

/* When it is first needed on a connection, which runs few of all that there are. */
static enum db_status prepare_now(struct postgres *p, enum stmt stmt)
{
	char name[16];

	if (p->prepared[stmt])
		return DB_OK;
	enum db_status status = send_waiting(p);

	if (status != DB_OK)
		return status;
	name_of(stmt, name);
	status = done(p, prepare_as(p, name, stmt_text(stmt)), stmt_name(stmt));
	if (status != DB_OK)
		return status;
	PGresult *result = describe(p, name);

	status = postgres_is_good(result) ? DB_OK : postgres_failure(p, result, stmt_name(stmt));
	if (status == DB_OK && !take_kinds(p, stmt, result)) {
		LOG(LOG_ERROR, "statement of unknown types", LOG_CSTR("name", stmt_name(stmt)));
		status = DB_FAILED;
	}
	PQclear(result);
	p->prepared[stmt] = status == DB_OK;
	return status;
}

/* False: it could not even be sent; the connection is dropped. */
static bool send_bound(struct postgres *p, enum stmt stmt, const struct binding *b, size_t n)
{
	char name[16];

	name_of(stmt, name);
	if (!FAIL_AT("postgres.lost") &&
		PQsendQueryPrepared(p->conn, name, (int)n, b->values, b->lengths, b->formats, 1))
		return true;
	postgres_drop(p);
	return false;
}

/* The transaction's beginning goes with the statement that comes after it. */
static bool queue_begin(struct postgres *p)
{
	const char *begin_with = p->begin;

	p->begin = NULL;
	if (!begin_with)
		return true;
	if (!FAIL_AT("postgres.begin"))
		return postgres_queue(p, begin_with);
	postgres_drop(p);
	return false;
}

/* To the server, or if `late` to the library, where it waits for what is sent next. `*sent` false:
 * the connection was lost. */
static enum db_status send(struct postgres *p, enum stmt stmt, const struct db_value *args,
	size_t n, bool late, bool *sent)
{
	struct binding b;
	enum db_status status = prepare_now(p, stmt);

	*sent = false;
	if (status != DB_OK)
		return status;
	if (p->db.state == DB_WRITING && FAIL_AT("postgres.in_the_way")) {
		p->db.again = true;
		return DB_RETRY;
	}
	bool bound = postgres_bind(&b, p->kinds[stmt], args, n);

	if (bound && queue_begin(p) && (!late || postgres_gather(p)))
		*sent = send_bound(p, stmt, &b, n);
	postgres_unbind(&b);
	if (bound)
		return DB_OK;
	LOG(LOG_ERROR, "argument of a wrong type", LOG_CSTR("name", stmt_name(stmt)));
	return DB_FAILED;
}

static enum db_status execute(
	struct postgres *p, enum stmt stmt, const struct db_value *args, size_t n)
{
	bool sent;
	enum db_status status = send(p, stmt, args, n, false, &sent);

	if (status != DB_OK)
		return status;
	PGresult *result = sent ? postgres_answer(p) : NULL;

	if (!postgres_is_good(result)) {
		status = postgres_failure(p, result, stmt_name(stmt));
		PQclear(result);
		return status;
	}
	p->changed = strtoul(PQcmdTuples(result), NULL, 10);
	if (strncmp(PQcmdStatus(result), "SELECT", 6) != 0)
		p->changed_in_all += (int64_t)p->changed;
	p->results[stmt] = result;
	p->rows[stmt] = -1;
	return DB_OK;
}

/* Outside a transaction. What only reads can be asked again on a new connection. */
static enum db_status execute_alone(
	struct postgres *p, enum stmt stmt, const struct db_value *args, size_t n)
{
	bool reads = strncmp(stmt_text(stmt), "SELECT", 6) == 0;

	p->db.again = false;
	if (!postgres_is_up(p))
		return DB_FAILED;
	enum db_status status = execute(p, stmt, args, n);

	return status != DB_OK && reads && !p->conn && postgres_is_up(p) ? execute(p, stmt, args, n)
									 : status;
}

/* The first of a transaction. The connection may have been lost since it was used last: a new one
 * is as good as long as nothing was done. */
static enum db_status execute_first(
	struct postgres *p, enum stmt stmt, const struct db_value *args, size_t n)
{
	const char *begin_with = p->begin;
	enum db_status status = execute(p, stmt, args, n);

	if (status == DB_OK || p->conn || !postgres_is_up(p))
		return status;
	p->db.again = false;
	p->begin = begin_with;
	return execute(p, stmt, args, n);
}

static void query(struct db_rows *r, const struct db_value *args, size_t n)
{
	struct postgres *p = self(r->db);

	PQclear(p->results[r->stmt]);
	p->results[r->stmt] = NULL;
	if (p->db.state == DB_IDLE)
		r->status = execute_alone(p, r->stmt, args, n);
	else if (is_broken(p))
		r->status = p->db.again ? DB_RETRY : DB_FAILED;
	else if (p->begin)
		r->status = execute_first(p, r->stmt, args, n);
	else
		r->status = execute(p, r->stmt, args, n);
	p->spoilt |= r->status != DB_OK && p->db.state == DB_WRITING;
}

static enum db_status exec_late(
	struct db *db, enum stmt stmt, const struct db_value *args, size_t n)
{
	struct postgres *p = self(db);
	bool sent;

	if (is_broken(p))
		return db->again ? DB_RETRY : DB_FAILED;
	enum db_status status = send(p, stmt, args, n, true, &sent);

	if (status == DB_OK && !sent)
		status = postgres_failure(p, NULL, stmt_name(stmt));
	p->waiting += sent;
	p->changed_in_all += sent; /* unless it fails, and everything with it */
	p->spoilt |= status != DB_OK;
	return status;
}

static void end(struct db_rows *r)
{
	struct postgres *p = self(r->db);

	PQclear(p->results[r->stmt]);
	p->results[r->stmt] = NULL;
}

static bool next(struct db_rows *r)
{
	struct postgres *p = self(r->db);
	PGresult *result = p->results[r->stmt];

	/* gone with its connection, while its rows were read */
	if (!result) {
		r->status = p->conn ? r->status : DB_FAILED;
		return false;
	}
	if (++p->rows[r->stmt] < PQntuples(result))
		return true;
	end(r);
	return false;
}

static int64_t col_int(const struct db_rows *r, int column)
{
	const struct postgres *p = self(r->db);
	const PGresult *result = p->results[r->stmt];
	int row = p->rows[r->stmt];
	uint64_t value;

	if (!result || PQgetisnull(result, row, column) || PQftype(result, column) != KIND_INT)
		return 0;
	memcpy(&value, PQgetvalue(result, row, column), sizeof value);
	return (int64_t)be64toh(value);
}

static struct str col_str(const struct db_rows *r, int column)
{
	const struct postgres *p = self(r->db);
	const PGresult *result = p->results[r->stmt];
	int row = p->rows[r->stmt];

	if (!result || PQgetisnull(result, row, column))
		return STR_NONE;
	return (struct str){
		PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
}

static size_t changed(struct db *db)
{
	return self(db)->changed;
}

static int64_t changed_in_all(struct db *db)
{
	return self(db)->changed_in_all;
}

static void end_all(struct db *db)
{
	struct postgres *p = self(db);

	for (int i = 0; i < STMTS; i++) {
		PQclear(p->results[i]);
		p->results[i] = NULL;
	}
}

/* The server does its own housekeeping. */
static void maintain(struct db *db)
{
	(void)db;
}

static void close_db(struct db *db)
{
	struct postgres *p = self(db);

	postgres_drop(p);
	postgres_hosts_free(&p->hosts);
	free(p->url);
	wipe(&p->random, sizeof p->random);
	free(p);
}

/* Order of text as SQLite has it, whatever the database's own is. */
static const struct db_driver driver = {
	.words = {"BIGINT", "TEXT COLLATE \"C\"", "BYTEA", "", ""},
	.close = close_db,
	.run = run,
	.commit = commit,
	.rollback = rollback,
	.number = number,
	.clock_sql = /* allow clock-and-chance: the server's clock is what it asks for */
	"SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT",
	.begin_write = begin_write,
	.begin_schema = begin_schema,
	.end_write = end_write,
	.query = query,
	.next = next,
	.end = end,
	.exec_late = exec_late,
	.col_int = col_int,
	.col_str = col_str,
	.changed = changed,
	.changed_in_all = changed_in_all,
	.end_all = end_all,
	.maintain = maintain,
	.is_durable = postgres_is_durable,
	.strict_text = true,
	.begin_snapshot = begin_snapshot,
	.be_patient = postgres_be_patient,
	.scan = postgres_scan,
	.load = postgres_load,
	.guard = postgres_guard,
	.scrub = postgres_scrub,
	.is_alone = postgres_is_alone,
};

struct db *postgres_open(
	const char *url, const struct db_options *options, bool create, char problem[256])
{
	struct postgres *p = FAIL_AT("postgres.open") ? NULL : calloc(1, sizeof *p);

	if (!p) {
		snprintf(problem, 256, "out of memory");
		return NULL;
	}
	p->db.driver = &driver;
	p->options = *options;
	random_init(&p->random);
	p->url = strdup(url);
	if (p->url && postgres_connect(p, create, problem))
		return &p->db;
	if (!p->url)
		snprintf(problem, 256, "out of memory");
	close_db(&p->db);
	return NULL;
}
