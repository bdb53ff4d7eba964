/* What a storage driver provides to db.c. Every function is called by one thread at a time. */
#ifndef LLAVERO_STORE_DRIVER_H
#define LLAVERO_STORE_DRIVER_H

#include "store/db.h"

enum {
	DB_MAX_ARGS = 16,    /* of one statement */
	DB_MAX_COLUMNS = 40, /* of one table */
	DB_INTO_MAX = 2048,  /* bytes of a table's name and its columns' */
};

/* What {int} {text} {bytes} {table} {keyed_table} of schema.def become. */
struct schema_words {
	const char *integer, *text, *bytes, *table, *keyed_table;
};

/* What an engine says to who changes a guarded table. */
#define DB_GUARDED "the database is being moved, or has moved: it takes no changes"

/* Takes one row of a scan; its text and bytes are valid until it returns. DB_NONE: that is enough.
 * Any other status but DB_OK ends the scan with that. */
typedef enum db_status db_take_row(void *context, const struct db_value *row, size_t n);

/* Rows to insert: `n` of `columns_n` values each, one after the other. */
struct db_load {
	const char *into; /* "token (id, hash)" */
	size_t columns_n, n;
	const struct db_value *rows;
};

struct db_driver {
	struct schema_words words;
	/* db_shares_commit. Then reads want a transaction too: their view of the database. */
	bool shares_commit;
	void (*close)(struct db *);
	/* Runs SQL text that is not a prepared statement: savepoints, migrations. */
	enum db_status (*run)(struct db *, const char *sql);
	enum db_status (*commit)(struct db *);
	enum db_status (*rollback)(struct db *);
	/* The number in the first column of the first row of `sql`; -1 on failure. */
	int64_t (*number)(struct db *, const char *sql);
	/* SQL for the engine's own clock, in microseconds since 1970; NULL: it has this machine's.
	 */
	const char *clock_sql;
	/* Waits for the right to write, then opens a write transaction. */
	enum db_status (*begin_write)(struct db *, enum db_isolation);
	/* The same for a change of the schema, which one process does at a time: `turn` is a
	 * statement that waits until the others are done; NULL: without. It may take as long as it
	 * needs. */
	enum db_status (*begin_schema)(struct db *, const char *turn);
	/* Called after a write transaction has ended, however it did. */
	void (*end_write)(struct db *);
	void (*query)(struct db_rows *, const struct db_value *args, size_t n);
	bool (*next)(struct db_rows *);
	void (*end)(struct db_rows *);
	int64_t (*col_int)(const struct db_rows *, int column);
	struct str (*col_str)(const struct db_rows *, int column); /* valid until next or end */
	/* How many rows the last statement that ran to its end inserted, changed or deleted. */
	size_t (*changed)(struct db *);
	/* How many rows this connection has inserted, changed or deleted since it was opened. */
	int64_t (*changed_in_all)(struct db *);
	/* db_exec_late; NULL: it has to be run at once. */
	enum db_status (*exec_late)(struct db *, enum stmt, const struct db_value *args, size_t n);
	/* Ends statements that a failed request left open. */
	void (*end_all)(struct db *);
	void (*maintain)(struct db *);
	bool (*is_durable)(struct db *, char problem[256]); /* NULL: always */

	/* For whole tables (store/bulk.c), whose SQL text is made when it is needed. */
	/* Text must be UTF-8 without NUL. */
	bool strict_text;
	/* Opens a read transaction: all that is read in it is of one moment. */
	enum db_status (*begin_snapshot)(struct db *);
	/* From now on nothing that is asked is too slow. */
	enum db_status (*be_patient)(struct db *);
	/* Runs SQL text with arguments; `take` gets its rows (NULL: it has none). */
	enum db_status (*scan)(struct db *, const char *sql, const struct db_value *args, size_t n,
		db_take_row *take, void *context);
	enum db_status (*load)(struct db *, const struct db_load *);
	/* In a schema transaction: from its commit on nobody changes the table, whichever program
	 * it is; with `on` false they may again. */
	enum db_status (*guard)(struct db *, const char *table, bool on);
	/* Takes what the rows of a table said before out of the database's files, as far as the
	 * engine can. DB_RETRY: not while others use it. */
	enum db_status (*scrub)(struct db *, const char *table);
	/* Is no other program connected to the database? */
	bool (*is_alone)(struct db *);
};

enum db_state { DB_IDLE, DB_READING, DB_WRITING };

/* The common beginning of every driver's connection. */
struct db {
	const struct db_driver *driver;
	enum db_state state;
	bool again;             /* db_wants_again; set by drivers, cleared when a write begins */
	int64_t changed_before; /* this write transaction */
	int64_t fence;          /* db_fence; set by drivers when they connect */
};

/* Ends what is open and begins to change the schema: driver.begin_schema. Ended by db_commit or
 * db_rollback. */
enum db_status db_begin_schema(struct db *db, const char *turn);

struct db *sqlite_open(const char *path, bool create, char problem[256]);
struct db *postgres_open(
	const char *url, const struct db_options *options, bool create, char problem[256]);

#endif
