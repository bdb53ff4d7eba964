/* The SQLite driver: write-ahead log, synchronous=FULL, checkpoints on a thread of their own. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/log.h"
#include "store/driver.h"

enum {
	BUSY_MS = 4000, /* how long another process's transaction is waited for */
	BUSY_STEP_MS = 20,
	CACHE_KIB = 16384,       /* page cache of one connection, filled as it is used */
	MAP_MIB = 16384,         /* how much of the file may be read through a memory map */
	CHECKPOINT_PAGES = 2000, /* log pages that make a passive checkpoint worth it */
	SAVEPOINT_KIB = 60,      /* asked for by each savepoint with changes; goes on in a file */
	LOG_PAGES_MAX = 16384,   /* log pages at which writers wait for the log to start over */
};

struct sqlite {
	struct db db;
	sqlite3 *handle;
	sqlite3_stmt *stmts[STMTS];
	unsigned char args[STMTS][DB_MAX_ARGS + 1]; /* SQLite's index of $n */
	bool open[STMTS];                           /* stepped and not reset */
	int open_n;
	sqlite3_stmt *begin, *begin_write, *commit, *rollback, *savepoint, *rollback_to, *release;
	bool memory;
};

/* One process writes with one connection at a time: waiting here is fair and costs no polling,
 * which SQLite's own lock does. Other processes are met with BUSY_MS. */
static pthread_mutex_t write_turn = PTHREAD_MUTEX_INITIALIZER;
/* Pages in the log after the last commit of this process. */
static _Atomic int log_pages;

static struct sqlite *self(struct db *db)
{
	return (struct sqlite *)db;
}

static enum db_status failure(struct sqlite *s, int code, const char *doing)
{
	int base = code & 0xFF;

	if (base == SQLITE_CONSTRAINT)
		return DB_CONFLICT;
	LOG(LOG_ERROR, "database failure", LOG_CSTR("doing", doing), LOG_INT("code", code),
		LOG_CSTR("message", sqlite3_errmsg(s->handle)));
	return base == SQLITE_BUSY || base == SQLITE_LOCKED ? DB_RETRY : DB_FAILED;
}

static enum db_status step_once(struct sqlite *s, sqlite3_stmt *stmt, const char *doing)
{
	int code = FAIL_AT("sqlite.step") ? SQLITE_IOERR : sqlite3_step(stmt);

	sqlite3_reset(stmt);
	return code == SQLITE_DONE || code == SQLITE_ROW ? DB_OK : failure(s, code, doing);
}

/* A rollback that failed would be in the way of all that is begun later. */
static enum db_status clear_the_way(struct sqlite *s)
{
	return sqlite3_get_autocommit(s->handle) ? DB_OK : step_once(s, s->rollback, "ROLLBACK");
}

/* The hot ones are kept prepared; known by their text. Those that undo are among them, because they
 * may need no memory: it has run out when they are wanted. */
static sqlite3_stmt *hot_one(const struct sqlite *s, const char *sql)
{
	return strcmp(sql, "BEGIN") == 0                           ? s->begin
	       : strcmp(sql, "SAVEPOINT request") == 0             ? s->savepoint
	       : strcmp(sql, "ROLLBACK TO SAVEPOINT request") == 0 ? s->rollback_to
	       : strcmp(sql, "RELEASE SAVEPOINT request") == 0     ? s->release
								   : NULL;
}

static enum db_status run(struct db *db, const char *sql)
{
	struct sqlite *s = self(db);
	sqlite3_stmt *hot = hot_one(s, sql);

	if (hot && hot == s->begin && clear_the_way(s) != DB_OK)
		return DB_FAILED;
	if (hot)
		return step_once(s, hot, sql);
	int code = sqlite3_exec(s->handle, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? DB_OK : failure(s, code, "sql");
}

static enum db_status commit(struct db *db)
{
	return step_once(self(db), self(db)->commit, "COMMIT");
}

/* Of some failures SQLite has rolled back by itself. */
static enum db_status rollback(struct db *db)
{
	return clear_the_way(self(db));
}

static int64_t number(struct db *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value = -1;

	if (sqlite3_prepare_v2(self(db)->handle, sql, -1, &stmt, NULL) == SQLITE_OK &&
		sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

/* When it is first needed: a connection runs few of all that there are, and each costs memory. */
static int prepare(struct sqlite *s, enum stmt stmt)
{
	char name[16];

	if (s->stmts[stmt])
		return SQLITE_OK;
	int code = sqlite3_prepare_v3(
		s->handle, stmt_text(stmt), -1, SQLITE_PREPARE_PERSISTENT, &s->stmts[stmt], NULL);

	for (int i = 1; i <= DB_MAX_ARGS && code == SQLITE_OK; i++) {
		snprintf(name, sizeof name, "$%d", i);
		s->args[stmt][i] =
			(unsigned char)sqlite3_bind_parameter_index(s->stmts[stmt], name);
	}
	return code;
}

static enum db_status begin(struct db *db)
{
	struct sqlite *s = self(db);

	pthread_mutex_lock(&write_turn);
	enum db_status status = clear_the_way(s);

	if (status == DB_OK)
		status = step_once(s, s->begin_write, "begin");

	if (status != DB_OK)
		pthread_mutex_unlock(&write_turn);
	return status;
}

/* Writers take turns: each sees nothing of the others. */
static enum db_status begin_write(struct db *db, enum db_isolation isolation)
{
	(void)isolation;
	return begin(db);
}

static enum db_status begin_schema(struct db *db, const char *turn)
{
	(void)turn;
	return begin(db);
}

static void end_write(struct db *db)
{
	(void)db;
	pthread_mutex_unlock(&write_turn);
}

static int note_log_size(void *unused, sqlite3 *handle, const char *name, int pages)
{
	(void)unused;
	(void)handle;
	(void)name;
	atomic_store_explicit(&log_pages, pages, memory_order_relaxed);
	return SQLITE_OK;
}

static int bind(sqlite3_stmt *stmt, int at, const struct db_value *v)
{
	switch (v->type) {
	case DB_TYPE_INT:
		return sqlite3_bind_int64(stmt, at, v->i);
	case DB_TYPE_TEXT:
		return sqlite3_bind_text(stmt, at, v->s.p, (int)v->s.n, SQLITE_STATIC);
	case DB_TYPE_BYTES:
		return sqlite3_bind_blob(stmt, at, v->s.p, (int)v->s.n, SQLITE_STATIC);
	case DB_TYPE_NULL:
		return sqlite3_bind_null(stmt, at);
	}
	return SQLITE_MISUSE;
}

static void end(struct db_rows *r)
{
	struct sqlite *s = self(r->db);

	if (s->open[r->stmt]) {
		sqlite3_reset(s->stmts[r->stmt]);
		s->open[r->stmt] = false;
		s->open_n--;
	}
}

static void query(struct db_rows *r, const struct db_value *args, size_t n)
{
	struct sqlite *s = self(r->db);

	end(r);
	int code = prepare(s, r->stmt);

	for (size_t i = 0; i < n && code == SQLITE_OK; i++) {
		int at = i < DB_MAX_ARGS ? s->args[r->stmt][i + 1] : 0;

		code = at ? bind(s->stmts[r->stmt], at, &args[i]) : SQLITE_MISUSE;
	}
	if (code != SQLITE_OK) {
		r->status = failure(s, code, stmt_name(r->stmt));
		return;
	}
	s->open[r->stmt] = true;
	s->open_n++;
}

static bool next(struct db_rows *r)
{
	struct sqlite *s = self(r->db);
	int code = FAIL_AT("sqlite.step") ? SQLITE_IOERR : sqlite3_step(s->stmts[r->stmt]);

	if (code == SQLITE_ROW)
		return true;
	if (code != SQLITE_DONE)
		r->status = failure(s, code, stmt_name(r->stmt));
	end(r);
	return false;
}

static int64_t col_int(const struct db_rows *r, int column)
{
	return sqlite3_column_int64(self(r->db)->stmts[r->stmt], column);
}

static struct str col_str(const struct db_rows *r, int column)
{
	sqlite3_value *value = sqlite3_column_value(self(r->db)->stmts[r->stmt], column);

	if (sqlite3_value_type(value) == SQLITE_NULL)
		return STR_NONE;
	const char *p = sqlite3_value_blob(value);

	return (struct str){p ? p : "", (size_t)sqlite3_value_bytes(value)};
}

static size_t changed(struct db *db)
{
	return (size_t)sqlite3_changes64(self(db)->handle);
}

static int64_t changed_in_all(struct db *db)
{
	return sqlite3_total_changes64(self(db)->handle);
}

static void end_all(struct db *db)
{
	struct sqlite *s = self(db);

	for (int i = 0; s->open_n > 0 && i < STMTS; i++)
		end(&(struct db_rows){.db = db, .stmt = (enum stmt)i});
}

static void maintain(struct db *db)
{
	struct sqlite *s = self(db);
	int pages = atomic_load_explicit(&log_pages, memory_order_relaxed), left, moved;

	if (s->memory || pages < CHECKPOINT_PAGES)
		return;
	/* A read transaction of this connection would hold the checkpoint back. */
	db_rollback(db);
	if (sqlite3_wal_checkpoint_v2(s->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &left, &moved) !=
		SQLITE_OK)
		return;
	if (left == moved)
		atomic_store(&log_pages, 0); /* the next writer starts the log over */
	if (left < LOG_PAGES_MAX)
		return;
	/* Writers outran us: what they added since is small, so let them wait for it once. */
	pthread_mutex_lock(&write_turn);
	sqlite3_wal_checkpoint_v2(s->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, &left, &moved);
	if (left == moved)
		atomic_store(&log_pages, 0);
	pthread_mutex_unlock(&write_turn);
}

static enum db_status begin_snapshot(struct db *db)
{
	return run(db, "BEGIN");
}

static enum db_status be_patient(struct db *db)
{
	(void)db;
	return DB_OK;
}

static struct db_value value_of(sqlite3_value *value)
{
	int type = sqlite3_value_type(value);

	if (type == SQLITE_INTEGER)
		return DB_INT(sqlite3_value_int64(value));
	if (type != SQLITE_TEXT && type != SQLITE_BLOB)
		return DB_NULL;
	const char *p = sqlite3_value_blob(value);
	struct str s = {p ? p : "", (size_t)sqlite3_value_bytes(value)};

	return type == SQLITE_TEXT ? db_text(s) : DB_BYTES(s.p, s.n);
}

static enum db_status take_row(sqlite3_stmt *stmt, db_take_row *take, void *context)
{
	struct db_value row[DB_MAX_COLUMNS];
	int n = sqlite3_column_count(stmt);

	if (!take || n > DB_MAX_COLUMNS)
		return DB_FAILED;
	for (int i = 0; i < n; i++)
		row[i] = value_of(sqlite3_column_value(stmt, i));
	return take(context, row, (size_t)n);
}

static int prepare_text(struct sqlite *s, const char *sql, const struct db_value *args, size_t n,
	sqlite3_stmt **out)
{
	int code = sqlite3_prepare_v2(s->handle, sql, -1, out, NULL);

	for (size_t i = 0; i < n && code == SQLITE_OK; i++)
		code = bind(*out, (int)i + 1, &args[i]);
	return code;
}

static enum db_status scan(struct db *db, const char *sql, const struct db_value *args, size_t n,
	db_take_row *take, void *context)
{
	struct sqlite *s = self(db);
	sqlite3_stmt *stmt = NULL;
	int code = prepare_text(s, sql, args, n, &stmt);
	enum db_status status = DB_OK;

	if (code == SQLITE_OK) {
		while (status == DB_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW)
			status = take_row(stmt, take, context);
		if (status == DB_OK && code != SQLITE_DONE)
			status = failure(s, code, sql);
	} else {
		status = failure(s, code, sql);
	}
	sqlite3_finalize(stmt);
	return status == DB_NONE ? DB_OK : status;
}

static enum db_status load(struct db *db, const struct db_load *l)
{
	struct sqlite *s = self(db);
	sqlite3_stmt *stmt = NULL;
	char sql[DB_INTO_MAX + DB_MAX_COLUMNS * 5 + 32];
	int used = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (", l->into);

	for (size_t i = 1; i <= l->columns_n; i++)
		used += snprintf(sql + used, sizeof sql - (size_t)used, "$%zu%c", i,
			i == l->columns_n ? ')' : ',');
	enum db_status status = DB_OK;
	int code = sqlite3_prepare_v2(s->handle, sql, -1, &stmt, NULL);

	for (size_t row = 0; row < l->n && code == SQLITE_OK && status == DB_OK; row++) {
		const struct db_value *values = l->rows + row * l->columns_n;

		for (size_t i = 0; i < l->columns_n && code == SQLITE_OK; i++)
			code = bind(stmt, (int)i + 1, &values[i]);
		if (code == SQLITE_OK)
			status = step_once(s, stmt, l->into);
	}
	if (code != SQLITE_OK)
		status = failure(s, code, l->into);
	sqlite3_finalize(stmt);
	return status;
}

static enum db_status guard(struct db *db, const char *table, bool on)
{
	static const char *const changes[] = {"INSERT", "UPDATE", "DELETE"};
	char sql[256];

	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		snprintf(
			sql, sizeof sql, "DROP TRIGGER IF EXISTS closed_%s_%s;", table, changes[i]);
		enum db_status status = run(db, sql);

		snprintf(sql, sizeof sql,
			"CREATE TRIGGER closed_%s_%s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, "
			"'%s'); "
			"END",
			table, changes[i], changes[i], table, DB_GUARDED);
		if (status == DB_OK && on)
			status = run(db, sql);
		if (status != DB_OK)
			return status;
	}
	return DB_OK;
}

/* Rows are overwritten with zeros by secure_delete; older images of their pages are in the log. */
static enum db_status scrub(struct db *db, const char *table)
{
	(void)table;
	return number(db, "PRAGMA wal_checkpoint(TRUNCATE)") == 0 ? DB_OK : DB_RETRY;
}

/* The log can be given up by the last connection only. */
static bool is_alone(struct db *db)
{
	struct sqlite *s = self(db);

	if (s->memory)
		return true;
	bool alone = sqlite3_exec(s->handle, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL) ==
		     SQLITE_OK;

	return sqlite3_exec(s->handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_OK &&
	       alone;
}

static void close_db(struct db *db)
{
	struct sqlite *s = self(db);

	for (int i = 0; i < STMTS; i++)
		sqlite3_finalize(s->stmts[i]);
	sqlite3_finalize(s->begin);
	sqlite3_finalize(s->begin_write);
	sqlite3_finalize(s->commit);
	sqlite3_finalize(s->rollback);
	sqlite3_finalize(s->savepoint);
	sqlite3_finalize(s->rollback_to);
	sqlite3_finalize(s->release);
	sqlite3_close(s->handle);
	free(s);
}

static const struct db_driver driver = {
	.words = {"INTEGER", "TEXT", "BLOB", " STRICT", " STRICT, WITHOUT ROWID"},
	.shares_commit = true,
	.close = close_db,
	.run = run,
	.commit = commit,
	.rollback = rollback,
	.number = number,
	.begin_write = begin_write,
	.begin_schema = begin_schema,
	.end_write = end_write,
	.query = query,
	.next = next,
	.end = end,
	.col_int = col_int,
	.col_str = col_str,
	.changed = changed,
	.changed_in_all = changed_in_all,
	.end_all = end_all,
	.maintain = maintain,
	.begin_snapshot = begin_snapshot,
	.be_patient = be_patient,
	.scan = scan,
	.load = load,
	.guard = guard,
	.scrub = scrub,
	.is_alone = is_alone,
};

static bool prepare_hot(struct sqlite *s)
{
	const struct {
		sqlite3_stmt **to;
		const char *sql;
	} hot[] = {{&s->begin, "BEGIN"}, {&s->begin_write, "BEGIN IMMEDIATE"},
		{&s->commit, "COMMIT"}, {&s->rollback, "ROLLBACK"},
		{&s->savepoint, "SAVEPOINT request"},
		{&s->rollback_to, "ROLLBACK TO SAVEPOINT request"},
		{&s->release, "RELEASE SAVEPOINT request"}};

	for (size_t i = 0; i < sizeof hot / sizeof hot[0]; i++)
		if (sqlite3_prepare_v3(s->handle, hot[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
			    hot[i].to, NULL) != SQLITE_OK)
			return false;
	return true;
}

/* The change to a write-ahead log does not wait for other processes that open the database for the
 * first time too, so it is asked for again. */
static bool set_pragmas(struct sqlite *s, const char *pragmas)
{
	int code = SQLITE_BUSY;

	for (int i = 0; i < BUSY_MS / BUSY_STEP_MS && (code & 0xFF) == SQLITE_BUSY; i++) {
		if (i)
			sqlite3_sleep(BUSY_STEP_MS);
		code = sqlite3_exec(s->handle, pragmas, NULL, NULL, NULL);
	}
	return code == SQLITE_OK;
}

static bool configure(struct sqlite *s)
{
	char pragmas[320];

	snprintf(pragmas, sizeof pragmas,
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
		"PRAGMA cache_size=-%d; PRAGMA mmap_size=%lld;"
		"PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;",
		CACHE_KIB, (long long)MAP_MIB << 20);
	sqlite3_busy_timeout(s->handle, BUSY_MS);
	if (!set_pragmas(s, pragmas))
		return false;
	sqlite3_wal_hook(s->handle, note_log_size, NULL);
	return prepare_hot(s);
}

/* Each connection is one thread's, and nobody reads the library's memory statistics: so neither
 * needs the library's locks. A block of the usual 64 KiB for each savepoint is so large that malloc
 * tidies up whenever it is given back. */
static void start_library(void)
{
	sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, SAVEPOINT_KIB << 10);
}

struct db *sqlite_open(const char *path, bool create, char problem[256])
{
	static pthread_once_t started = PTHREAD_ONCE_INIT;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
	struct sqlite *s = FAIL_AT("sqlite.open") ? NULL : calloc(1, sizeof *s);

	pthread_once(&started, start_library);
	if (!s) {
		snprintf(problem, 256, "out of memory");
		return NULL;
	}
	s->db.driver = &driver;
	s->memory = strcmp(path, ":memory:") == 0;
	/* Nobody but the server's own user reads the database. */
	mode_t mask = umask(077);
	int code = sqlite3_open_v2(path, &s->handle, flags, NULL);

	if (code == SQLITE_OK && configure(s)) {
		umask(mask);
		return &s->db;
	}
	umask(mask);
	snprintf(problem, 256, "the database '%.150s' cannot be opened: %s", path,
		s->handle ? sqlite3_errmsg(s->handle) : "out of memory");
	close_db(&s->db);
	return NULL;
}
