/* Whole tables in PostgreSQL: rows are read in the binary format, and written by COPY in its own.
 */
#include "store/postgres.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { PIECE = 65536, COPY_HEAD = 19, COPY_WIDTH = 4 };

static struct postgres *self(struct db *db)
{
	return (struct postgres *)(void *)db;
}

enum db_status postgres_be_patient(struct db *db)
{
	struct postgres *p = self(db);

	p->patient = p->always_patient = true;
	return db->driver->run(
		db, "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
}

static struct db_value value_of(const PGresult *result, int row, int column)
{
	struct str s = {PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
	uint64_t number;

	if (PQgetisnull(result, row, column))
		return DB_NULL;
	switch (PQftype(result, column)) {
	case KIND_INT:
		memcpy(&number, s.p, sizeof number);
		return DB_INT(be64toh(number));
	case KIND_TEXT:
		return db_text(s);
	default:
		return DB_BYTES(s.p, s.n);
	}
}

static enum db_status take_rows(const PGresult *result, db_take_row *take, void *context)
{
	struct db_value row[DB_MAX_COLUMNS];
	int columns = PQnfields(result);
	enum db_status status = DB_OK;

	if (PQntuples(result) > 0 && (!take || columns > DB_MAX_COLUMNS))
		return DB_FAILED;
	for (int i = 0; i < PQntuples(result) && status == DB_OK; i++) {
		for (int c = 0; c < columns; c++)
			row[c] = value_of(result, i, c);
		status = take(context, row, (size_t)columns);
	}
	return status == DB_NONE ? DB_OK : status;
}

static PGresult *ask_with(
	struct postgres *p, const char *sql, const struct db_value *args, size_t n)
{
	static const Oid kinds[] = {
		[DB_TYPE_INT] = KIND_INT, [DB_TYPE_TEXT] = KIND_TEXT, [DB_TYPE_BYTES] = KIND_BYTES};
	Oid types[DB_MAX_ARGS] = {0};
	const char *values[DB_MAX_ARGS] = {NULL};
	int lengths[DB_MAX_ARGS] = {0}, formats[DB_MAX_ARGS] = {0};
	uint64_t numbers[DB_MAX_ARGS];

	for (size_t i = 0; i < n && i < DB_MAX_ARGS; i++) {
		formats[i] = 1;
		types[i] = kinds[args[i].type];
		numbers[i] = htobe64((uint64_t)args[i].i);
		if (args[i].type == DB_TYPE_NULL)
			continue;
		bool number = args[i].type == DB_TYPE_INT;

		values[i] = number ? (const char *)&numbers[i] : args[i].s.p;
		lengths[i] = number ? (int)sizeof numbers[i] : (int)args[i].s.n;
	}
	if (PQsendQueryParams(p->conn, sql, (int)n, types, values, lengths, formats, 1))
		return postgres_answer(p);
	postgres_drop(p);
	return NULL;
}

enum db_status postgres_scan(struct db *db, const char *sql, const struct db_value *args, size_t n,
	db_take_row *take, void *context)
{
	struct postgres *p = self(db);

	if (db->state == DB_IDLE ? !postgres_is_up(p) : postgres_catch_up(p) != DB_OK)
		return DB_FAILED;
	PGresult *result = ask_with(p, sql, args, n);
	enum db_status status = postgres_is_good(result) ? take_rows(result, take, context)
							 : postgres_failure(p, result, sql);

	PQclear(result);
	return status;
}

/* What is to be sent, in pieces. */
struct copy {
	struct postgres *p;
	char piece[PIECE];
	size_t n;
	bool good;
};

static void flush(struct copy *c)
{
	c->good = c->good && PQputCopyData(c->p->conn, c->piece, (int)c->n) == 1;
	c->n = 0;
}

static void add(struct copy *c, const void *data, size_t n)
{
	const char *from = data;

	while (n > 0) {
		size_t room = PIECE - c->n, part = n < room ? n : room;

		memcpy(c->piece + c->n, from, part);
		c->n += part;
		from += part;
		n -= part;
		if (c->n == PIECE)
			flush(c);
	}
}

static void add_width(struct copy *c, int32_t width)
{
	uint32_t number = htobe32((uint32_t)width);

	add(c, &number, COPY_WIDTH);
}

static void add_value(struct copy *c, const struct db_value *v)
{
	uint64_t number = htobe64((uint64_t)v->i);

	switch (v->type) {
	case DB_TYPE_NULL:
		add_width(c, -1);
		break;
	case DB_TYPE_INT:
		add_width(c, sizeof number);
		add(c, &number, sizeof number);
		break;
	case DB_TYPE_TEXT:
	case DB_TYPE_BYTES:
		add_width(c, (int32_t)v->s.n);
		add(c, v->s.p, v->s.n);
		break;
	}
}

static void add_rows(struct copy *c, const struct db_load *load)
{
	const uint16_t columns = htobe16((uint16_t)load->columns_n), end = 0xFFFF;

	add(c, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", COPY_HEAD);
	for (size_t row = 0; row < load->n && c->good; row++) {
		add(c, &columns, sizeof columns);
		for (size_t i = 0; i < load->columns_n; i++)
			add_value(c, &load->rows[row * load->columns_n + i]);
	}
	add(c, &end, sizeof end);
	flush(c);
}

/* The server waits for rows from then on; any other answer is left to postgres_answer. */
static PGresult *begin_copy(struct postgres *p, const char *into)
{
	char sql[DB_INTO_MAX + 64];

	snprintf(sql, sizeof sql, "COPY %s FROM STDIN (FORMAT binary)", into);
	if (FAIL_AT("postgres.copy") || !PQsendQuery(p->conn, sql)) {
		postgres_drop(p);
		return NULL;
	}
	PGresult *result = PQgetResult(p->conn);

	if (PQresultStatus(result) == PGRES_COPY_IN)
		return result;
	for (PGresult *rest; (rest = PQgetResult(p->conn));)
		PQclear(rest);
	return result;
}

enum db_status postgres_load(struct db *db, const struct db_load *load)
{
	struct postgres *p = self(db);
	enum db_status status = postgres_catch_up(p);

	if (status != DB_OK)
		return status;
	PGresult *result = begin_copy(p, load->into);

	if (!result || PQresultStatus(result) != PGRES_COPY_IN) {
		status = postgres_failure(p, result, load->into);
		PQclear(result);
		return status;
	}
	PQclear(result);
	struct copy *c = calloc(1, sizeof *c);

	if (c) {
		c->p = p;
		c->good = true;
		add_rows(c, load);
	}
	bool good = c && c->good;

	free(c);
	good = PQputCopyEnd(p->conn, good ? NULL : "gave up") == 1 && good;
	result = postgres_answer(p);
	status = postgres_is_good(result) && good ? DB_OK : postgres_failure(p, result, load->into);

	PQclear(result);
	return status;
}

/* Making a trigger waits for those who are changing the table, and is seen by all who come after,
 * whatever they saw of the rows. */
enum db_status postgres_guard(struct db *db, const char *table, bool on)
{
	char sql[512];

	snprintf(sql, sizeof sql, "DROP TRIGGER IF EXISTS llavero_closed ON %s", table);
	enum db_status status = db->driver->run(db, sql);

	if (status != DB_OK || !on)
		return status;
	snprintf(sql, sizeof sql,
		"CREATE OR REPLACE FUNCTION llavero_closed() RETURNS trigger LANGUAGE plpgsql"
		" AS $$ BEGIN RAISE EXCEPTION '%s'; END $$;"
		"CREATE TRIGGER llavero_closed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s"
		" FOR EACH STATEMENT EXECUTE FUNCTION llavero_closed()",
		DB_GUARDED, table);
	return db->driver->run(db, sql);
}

/* The log keeps what it has: that is the operator's to rotate. */
enum db_status postgres_scrub(struct db *db, const char *table)
{
	char sql[64];

	snprintf(sql, sizeof sql, "VACUUM FULL %s", table);
	return db->driver->run(db, sql) == DB_OK ? DB_OK : DB_RETRY;
}

bool postgres_is_alone(struct db *db)
{
	return db->driver->number(db,
		       "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
		       " AND backend_type = 'client backend' AND pid <> pg_backend_pid()") == 0;
}
