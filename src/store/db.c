#include "store/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/log.h"
#include "store/driver.h"

struct migration {
	int number;
	const char *text;
};

#define MIGRATION(number, ...) {number, __VA_ARGS__},
static const struct migration migrations[] = {
#include "store/schema.def"
};
#undef MIGRATION
enum {
	MIGRATIONS = sizeof migrations / sizeof migrations[0],
	WORDS = 5,
	WORD_GROWS = 4, /* times the length of its name, at most */
	MIGRATION_TRIES = 5,
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

static struct db_timeouts timeouts = {STATEMENT_MS, LOCK_MS};

void db_configure(const struct db_timeouts *wanted)
{
	timeouts = *wanted;
}

struct db *db_open(const char *url, bool create, char problem[256])
{
	if (strncmp(url, "sqlite:", 7) == 0)
		return sqlite_open(url + 7, create, problem);
	if (strncmp(url, "postgres:", 9) == 0 || strncmp(url, "postgresql:", 11) == 0)
		return postgres_open(url, &timeouts, create, problem);
	/* A path may hold a colon, but not before its first slash. */
	if (strcspn(url, ":") >= strcspn(url, "/"))
		return sqlite_open(url, create, problem);
	snprintf(problem, 256, "this build has no driver for the database '%.*s:'",
		(int)strcspn(url, ":"), url);
	return NULL;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	db_rollback(db);
	db->driver->close(db);
}

/* The migration's text in the words of the engine; the caller frees it. */
static char *in_words(const struct schema_words *w, const char *text)
{
	static const char *const names[] = {
		"{int}", "{text}", "{bytes}", "{table}", "{keyed_table}"};
	const char *const words[] = {w->integer, w->text, w->bytes, w->table, w->keyed_table};
	char *out = malloc(strlen(text) * WORD_GROWS + 1), *to = out;

	while (out && *text) {
		size_t i = 0;

		while (i < WORDS && strncmp(text, names[i], strlen(names[i])) != 0)
			i++;
		if (i == WORDS) {
			*to++ = *text++;
			continue;
		}
		to = stpcpy(to, words[i]);
		text += strlen(names[i]);
	}
	if (out)
		*to = '\0';
	return out;
}

int db_schema_version(struct db *db)
{
	if (db->driver->number(db, "SELECT COUNT(*) FROM schema_version") <= 0)
		return 0;
	return (int)db->driver->number(db, "SELECT MAX(version) FROM schema_version");
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

static enum db_status begin_schema(struct db *db)
{
	enum db_status status = db_commit(db);

	return status == DB_OK ? began(db, db->driver->begin_schema(db)) : status;
}

static enum db_status end_schema(struct db *db, enum db_status status)
{
	if (status == DB_OK)
		return db_commit(db);
	db_rollback(db);
	return status;
}

/* Another process may have done it while this one waited. */
static enum db_status apply_in_transaction(struct db *db, int number, const char *sql)
{
	char record[96];

	if (db_schema_version(db) >= number)
		return DB_OK;
	snprintf(record, sizeof record, "INSERT INTO schema_version (version) VALUES (%d)", number);
	enum db_status status = db->driver->run(db, sql);

	return status == DB_OK ? db->driver->run(db, record) : status;
}

/* On a live database a table may be in use: its lock is waited for shortly, and then asked for
 * again, so that nobody waits behind a migration that waits. */
static enum db_status apply(struct db *db, const struct migration *m)
{
	char *sql = in_words(&db->driver->words, m->text);
	enum db_status status = sql ? DB_RETRY : DB_FAILED;

	for (int i = 0; i < MIGRATION_TRIES && status == DB_RETRY; i++) {
		status = begin_schema(db);
		if (status == DB_OK)
			status = end_schema(db, apply_in_transaction(db, m->number, sql));
	}
	free(sql);
	return status;
}

static enum db_status make_version_table(struct db *db)
{
	enum db_status status = begin_schema(db);

	return status == DB_OK ? end_schema(db, db->driver->run(db,
							"CREATE TABLE IF NOT EXISTS schema_version "
							"(version INTEGER PRIMARY KEY)"))
			       : status;
}

enum db_status db_migrate(struct db *db, int *applied, char problem[256])
{
	int newest = migrations[MIGRATIONS - 1].number, version = db_schema_version(db);

	*applied = 0;
	if (version == newest)
		return DB_OK;
	if (version > newest) {
		snprintf(problem, 256,
			"the database has schema %d; this program knows %d: use a newer llavero",
			version, newest);
		return DB_FAILED;
	}
	if (version < 0 || (version == 0 && make_version_table(db) != DB_OK)) {
		snprintf(problem, 256, "the database cannot be written");
		return DB_FAILED;
	}
	for (size_t i = 0; i < MIGRATIONS; i++) {
		if (migrations[i].number <= version)
			continue;
		enum db_status status = apply(db, &migrations[i]);

		if (status != DB_OK) {
			snprintf(problem, 256, "migration %d failed", migrations[i].number);
			return status;
		}
		(*applied)++;
	}
	return DB_OK;
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
	/* When even this fails the engine has rolled back by itself. */
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
	return db->driver->run(db, "RELEASE SAVEPOINT request");
}

enum db_status db_rollback_to(struct db *db)
{
	db->driver->end_all(db);
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

void db_maintain(struct db *db)
{
	db->driver->maintain(db);
}
