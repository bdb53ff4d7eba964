#include "store/db.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/log.h"
#include "store/driver.h"

enum {
	STATEMENT_MS = 5000, /* unless db_configure says otherwise */
	LOCK_MS = 2000,
};

#define STMT(id, text) {#id, text},
static const struct {
	const char *name, *text;
} statements[STMTS] = {
#include "store/statements.def"
};
#undef STMT

const char *stmt_text(enum stmt stmt)
{
	return statements[stmt].text;
}

const char *stmt_name(enum stmt stmt)
{
	return statements[stmt].name;
}

struct db_value db_text(struct str s)
{
	return str_is_set(s) ? (struct db_value){DB_TYPE_TEXT, 0, s} : DB_NULL;
}

struct db_value db_time(int64_t s)
{
	return s ? DB_INT(s) : DB_NULL;
}

static struct db_options options = {STATEMENT_MS, LOCK_MS, DB_WARN, true};

void db_configure(const struct db_options *wanted)
{
	options = *wanted;
}

const char *db_file_of(const char *url)
{
	if (strncmp(url, "sqlite:", 7) == 0)
		return url + 7;
	/* A path may hold a colon, but not before its first slash. */
	return strcspn(url, ":") >= strcspn(url, "/") ? url : NULL;
}

struct db *db_open(const char *url, bool create, char problem[256])
{
	const char *file = db_file_of(url);

	if (file)
		return sqlite_open(file, create, problem);
	if (strncmp(url, "postgres:", 9) == 0 || strncmp(url, "postgresql:", 11) == 0)
		return postgres_open(url, &options, create, problem);
	snprintf(problem, 256, "this build has no driver for the database '%.*s:'",
		(int)strcspn(url, ":"), url);
	return NULL;
}

int64_t db_fence(const struct db *db)
{
	return db->fence;
}

bool db_is_durable(struct db *db, char problem[256])
{
	return !db->driver->is_durable || db->driver->is_durable(db, problem);
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_rollback(db);
	db->driver->close(db);
}

bool db_server_clock(struct db *db, int64_t *us)
{
	*us = db->driver->clock_sql ? db->driver->number(db, db->driver->clock_sql) : -1;
	return *us >= 0;
}

static enum db_status began(struct db *db, enum db_status status)
{
	if (status != DB_OK)
		return status;
	db->state = DB_WRITING;
	db->again = false;
	db->changed_before = db->driver->changed_in_all(db);
	return DB_OK;
}

enum db_status db_begin_schema(struct db *db, const char *turn)
{
	enum db_status status = db_commit(db);

	return status == DB_OK ? began(db, db->driver->begin_schema(db, turn)) : status;
}

enum db_status db_begin_write(struct db *db)
{
	return db_begin_write_at(db, DB_SERIAL);
}

enum db_status db_begin_write_at(struct db *db, enum db_isolation isolation)
{
	if (db->state == DB_WRITING)
		return DB_OK;
	if (db->state == DB_READING) {
		enum db_status status = db_commit(db);

		if (status != DB_OK)
			return status;
	}
	db->again = false;
	if (FAIL_AT("store.begin"))
		return DB_FAILED;
	return began(db, db->driver->begin_write(db, isolation));
}

enum db_status db_begin_snapshot(struct db *db)
{
	enum db_status status = db_commit(db);

	if (status == DB_OK)
		status = db->driver->begin_snapshot(db);
	if (status == DB_OK)
		db->state = DB_READING;
	return status;
}

enum db_status db_be_patient(struct db *db)
{
	return db->driver->be_patient(db);
}

enum db_status db_scrub(struct db *db, const char *table)
{
	db_rollback(db);
	return db->driver->scrub(db, table);
}

bool db_is_alone(struct db *db)
{
	return db->driver->is_alone(db);
}

bool db_shares_commit(const struct db *db)
{
	return db->driver->shares_commit;
}

bool db_wants_again(const struct db *db)
{
	return db->again;
}

enum db_status db_commit(struct db *db)
{
	enum db_state was = db->state;

	if (was == DB_IDLE)
		return DB_OK;
	db->driver->end_all(db);
	enum db_status status =
		was == DB_WRITING && FAIL_AT("store.commit") ? DB_FAILED : db->driver->commit(db);

	if (status != DB_OK) {
		db_rollback(db);
		return status;
	}
	if (was == DB_WRITING)
		KILL_AT("store.committed");
	db->state = DB_IDLE;
	if (was == DB_WRITING)
		db->driver->end_write(db);
	return DB_OK;
}

void db_rollback(struct db *db)
{
	enum db_state was = db->state;

	if (was == DB_IDLE)
		return;
	db->driver->end_all(db);
	/* When even this fails it went with its connection, or the driver tries again before it
	 * begins another. */
	if (db->driver->rollback(db) != DB_OK)
		LOG(LOG_WARN, "rollback failed", LOG_INT("state", was));
	db->state = DB_IDLE;
	if (was == DB_WRITING)
		db->driver->end_write(db);
}

bool db_is_writing(const struct db *db)
{
	return db->state == DB_WRITING;
}

bool db_has_changed(struct db *db)
{
	return db->state == DB_WRITING && db->driver->changed_in_all(db) != db->changed_before;
}

enum db_status db_savepoint(struct db *db)
{
	return db->driver->run(db, "SAVEPOINT request");
}

enum db_status db_release(struct db *db)
{
	db->driver->end_all(db);
	if (FAIL_AT("store.release"))
		return DB_FAILED;
	return db->driver->run(db, "RELEASE SAVEPOINT request");
}

enum db_status db_rollback_to(struct db *db)
{
	db->driver->end_all(db);
	if (FAIL_AT("store.rollback_to"))
		return DB_FAILED;
	enum db_status status = db->driver->run(db, "ROLLBACK TO SAVEPOINT request");

	return status == DB_OK ? db->driver->run(db, "RELEASE SAVEPOINT request") : status;
}

void db_query(
	struct db_rows *r, struct db *db, enum stmt stmt, const struct db_value *args, size_t n)
{
	*r = (struct db_rows){db, stmt, DB_OK};
	if (FAIL_AT("store.query")) {
		r->status = DB_FAILED;
		return;
	}
	if (db->state == DB_IDLE && db->driver->shares_commit) {
		r->status = db->driver->run(db, "BEGIN");
		if (r->status != DB_OK)
			return;
		db->state = DB_READING;
	}
	db->driver->query(r, args, n);
}

bool db_next(struct db_rows *r)
{
	if (r->status == DB_OK && FAIL_AT("store.step")) {
		db_end(r);
		r->status = DB_FAILED;
	}
	return r->status == DB_OK && r->db->driver->next(r);
}

void db_end(struct db_rows *r)
{
	r->db->driver->end(r);
}

int64_t db_int(const struct db_rows *r, int column)
{
	return r->db->driver->col_int(r, column);
}

struct str db_str(const struct db_rows *r, int column, struct arena *a)
{
	return str_dup(a, r->db->driver->col_str(r, column));
}

bool db_bytes(const struct db_rows *r, int column, void *out, size_t n)
{
	struct str s = r->db->driver->col_str(r, column);

	if (s.n != n || !s.p)
		return false;
	memcpy(out, s.p, n);
	return true;
}

enum db_status db_exec(
	struct db *db, enum stmt stmt, const struct db_value *args, size_t n, size_t *changed)
{
	struct db_rows r;

	db_query(&r, db, stmt, args, n);
	while (db_next(&r))
		;
	db_end(&r);
	if (changed)
		*changed = r.status == DB_OK ? db->driver->changed(db) : 0;
	return r.status;
}

enum db_status db_exec_late(struct db *db, enum stmt stmt, const struct db_value *args, size_t n)
{
	if (!db->driver->exec_late || db->state != DB_WRITING)
		return db_exec(db, stmt, args, n, NULL);
	return FAIL_AT("store.query") ? DB_FAILED : db->driver->exec_late(db, stmt, args, n);
}

void db_maintain(struct db *db)
{
	db->driver->maintain(db);
}
