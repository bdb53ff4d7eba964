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

enum db_durability {
	DB_WARN,    /* settings of a server that may lose commits are logged */
	DB_REQUIRE, /* a server with such settings is not opened */
};

/* How a database server is used. */
struct db_options {
	/* in milliseconds: it may take over one statement, and let that wait for another
	 * transaction's row */
	int64_t statement_ms, lock_ms;
	int64_t durability; /* enum db_durability */
	bool fence;         /* db_fence tells promotions */
};

/* For connections that are opened from now on; call before threads start. SQLite, which is in the
 * process, has no use for them. */
void db_configure(const struct db_options *options);
/* The path of a SQLite database's file; NULL when the URL is of another kind. */
const char *db_file_of(const char *url);
/* Opens `url`: "sqlite:PATH" (or a bare path), "sqlite::memory:", or "postgres://..." as libpq
 * reads it. On failure returns NULL with a sentence in `problem`. With `create` false a missing
 * file is a failure, and how a server is set up is not looked at again. Applies no migration. */
struct db *db_open(const char *url, bool create, char problem[256]);
void db_close(struct db *db);
/* Whose commits the open connection sees: another number after a standby was promoted, which may
 * lack what its former primary had committed. What waits to be used up is kept with the number of
 * when it was written (store_is_fenced). 0: this engine has no standbys, or db_options.fence is
 * off. */
int64_t db_fence(const struct db *db);
/* May what is acknowledged be lost, by how the server is set up now? Not asked within a write
 * transaction. False with DB_REQUIRE only, with a sentence in `problem`. */
bool db_is_durable(struct db *db, char problem[256]);
/* Brings the schema up to date; each migration in a transaction of its own, in which other
 * processes wait for it. Nothing is taken away that an older program may be using, except on an
 * empty database. A schema that is newer than this program is a failure if something was taken away
 * that it uses (db_fits), and else left as it is. `*applied` counts what was done. */
enum db_status db_migrate(struct db *db, int *applied, char problem[256]);
/* The same, and takes away what only older programs used: none of them may run any more. */
enum db_status db_finish(struct db *db, int *applied, char problem[256]);
/* Can this program work with the schema as it is now? True too when nobody can tell. */
bool db_fits(struct db *db);
/* What a migration does, with the words of schema.def where engines differ; NULL for a number that
 * this program does not know. */
const char *db_migration_text(int number);
/* Is a migration applied? */
bool db_has_migration(struct db *db, int number);
/* The newest migration applied, 0 for an empty database, -1 on failure. */
int db_schema_version(struct db *db);

/* For what reads or changes whole databases (store/bulk.h). */
/* One view of the database until db_rollback, whatever is written meanwhile. */
enum db_status db_begin_snapshot(struct db *db);
/* The server's time limits count no more on this connection. */
enum db_status db_be_patient(struct db *db);
/* After a secret in `table` was overwritten: takes its old text out of the database's files, as far
 * as the engine can. DB_RETRY: others are using it. Not within a transaction. */
enum db_status db_scrub(struct db *db, const char *table);
/* Is no other program connected? SQLite cannot tell while this connection has a transaction. */
bool db_is_alone(struct db *db);

enum { DB_MIGRATIONS = 512 };
/* Some migrations, by their numbers, in order. */
struct db_schema {
	int numbers[DB_MIGRATIONS];
	size_t n;
};
/* Those of this program that only add; with `finished` all. */
void db_schema_known(bool finished, struct db_schema *out);
/* Those that a database has. DB_CONFLICT: it has some that this program does not know. */
enum db_status db_schema_read(struct db *db, struct db_schema *out);
/* Applies those that the database lacks, in the running transaction. */
enum db_status db_make_schema(struct db *db, const struct db_schema *schema);

/* The clock of the database server, in microseconds since 1970. False: the engine has this
 * machine's, or the server does not answer. */
bool db_server_clock(struct db *db, int64_t *us);

/* What a write transaction sees of others that run beside it. In SQLite none does. */
enum db_isolation {
	DB_SERIAL,   /* nothing, as if one ran after the other: whatever is decided stays true */
	DB_SNAPSHOT, /* nothing of what they write; two that change one row are in each other's way,
		      * two that only read what the other changes are not */
	DB_LATEST,   /* whatever is committed by each statement */
};

/* Transactions. A read needs none: the first statement opens a read transaction by itself, if the
 * engine has one view for all that is read in it, which db_commit or db_rollback ends.
 * db_begin_write ends an open read transaction first, so that what is read after it is current. It
 * is DB_SERIAL. */
enum db_status db_begin_write(struct db *db);
enum db_status db_begin_write_at(struct db *db, enum db_isolation isolation);
/* True: one commit is for all requests of a turn. False: a request that holds its rows while others
 * of its turn run could wait in a circle with another process, so each has its own. */
bool db_shares_commit(const struct db *db);
/* The write transaction that failed would have gone well without another one, or a lost connection,
 * in its way. After db_rollback whoever ran it is to run it again, all of it, a few times. */
bool db_wants_again(const struct db *db);
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
/* The same for a statement that nothing hangs on but the whole transaction. It may wait for what is
 * asked next, to go out with that; then its failure is the failure of that, at the latest of
 * db_commit. */
enum db_status db_exec_late(struct db *db, enum stmt stmt, const struct db_value *args, size_t n);
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
