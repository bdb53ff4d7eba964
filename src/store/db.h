/* A database connection: one face over two thin drivers (SQLite, PostgreSQL). One thread uses a
 * connection at a time. Statements are the closed list of statements.def. */
#ifndef LLAVERO_STORE_DB_H
#define LLAVERO_STORE_DB_H

#include "base/arena.h"
#include "base/str.h"

#define STMT(id, text) STMT_##id,
enum stmt {
#include "store/statements.def"
	STMTS,
};
#undef STMT

enum db_status {
	DB_OK,
	DB_NONE,     /* a statement that must find or change a row found none */
	DB_CONFLICT, /* a unique key is taken already */
	DB_RETRY,    /* another transaction was in the way: run the whole one again */
	DB_FAILED,   /* the database cannot do it now; logged where it happened */
};

enum db_type { DB_TYPE_NULL, DB_TYPE_INT, DB_TYPE_TEXT, DB_TYPE_BYTES };

/* One argument of a statement. Text and bytes must live until the statement has run. */
struct db_value {
	enum db_type type;
	int64_t i;
	struct str s;
};

#define DB_INT(value) ((struct db_value){DB_TYPE_INT, (int64_t)(value), {NULL, 0}})
#define DB_BYTES(pointer, length)                                                                  \
	((struct db_value){DB_TYPE_BYTES, 0, {(const char *)(pointer), (length)}})
#define DB_NULL ((struct db_value){DB_TYPE_NULL, 0, {NULL, 0}})
/* Text, or NULL when `s` is absent. */
struct db_value db_text(struct str s);
/* A number, or NULL when it is 0 (our times are never 0). */
struct db_value db_time(int64_t s);

struct db;

/* A running statement; its row's values are read before the next db_next. */
struct db_rows {
	struct db *db;
	enum stmt stmt;
	enum db_status status;
};

/* Opens `url`: "sqlite:PATH" (or a bare path), "sqlite::memory:". On failure returns NULL with a
 * sentence in `problem`. With `create` false a missing file is a failure. Applies no migration. */
struct db *db_open(const char *url, bool create, char problem[256]);
void db_close(struct db *db);
/* Brings the schema up to date; each migration in a transaction of its own. A schema newer than
 * this program is a failure. `*applied` counts what was done. */
enum db_status db_migrate(struct db *db, int *applied, char problem[256]);
/* The newest migration applied, 0 for an empty database, -1 on failure. */
int db_schema_version(struct db *db);

/* Transactions. A read needs none: the first statement opens a read transaction by itself, which
 * db_commit or db_rollback ends. db_begin_write ends an open read transaction first, so that what
 * is read after it is current. */
enum db_status db_begin_write(struct db *db);
enum db_status db_commit(struct db *db);
void db_rollback(struct db *db);
bool db_is_writing(const struct db *db);
/* Has anything been changed in the running write transaction, be it undone since? */
bool db_has_changed(struct db *db);
/* One level of savepoint inside a write transaction. */
enum db_status db_savepoint(struct db *db);
enum db_status db_release(struct db *db);
enum db_status db_rollback_to(struct db *db);

/* Runs a statement with `n` arguments for $1..$n. */
void db_query(
	struct db_rows *r, struct db *db, enum stmt stmt, const struct db_value *args, size_t n);
/* The next row; false at the end or on failure, with r->status saying which (DB_OK: the end). */
bool db_next(struct db_rows *r);
/* Ends a statement before its last row has been read. */
void db_end(struct db_rows *r);
/* Values of the current row, columns from 0. NULL reads as 0, or as STR_NONE. */
int64_t db_int(const struct db_rows *r, int column);
struct str db_str(const struct db_rows *r, int column, struct arena *a);
/* Exactly `n` bytes into `out`; false when the column holds something else. */
bool db_bytes(const struct db_rows *r, int column, void *out, size_t n);
/* Runs a statement to its end. `*changed` (may be NULL) counts the rows it inserted, changed or
 * deleted. RETURNING costs a table of its own in SQLite; counting does not. */
enum db_status db_exec(
	struct db *db, enum stmt stmt, const struct db_value *args, size_t n, size_t *changed);
#define DB_ARGS(...)                                                                               \
	(const struct db_value[]){__VA_ARGS__},                                                    \
		sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)

/* Housekeeping from a thread with a connection of its own: moves the write-ahead log into the
 * database and keeps the log's size bounded. */
void db_maintain(struct db *db);
/* The text of a statement, for tests. */
const char *stmt_text(enum stmt stmt);
const char *stmt_name(enum stmt stmt);

#endif
