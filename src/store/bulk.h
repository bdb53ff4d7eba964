/* Rows of any table, whole: for back-ups and for moving house. The SQL for it is made here, of the
 * names that stand in schema.def (store/tables.h). */
#ifndef LLAVERO_STORE_BULK_H
#define LLAVERO_STORE_BULK_H

#include "base/buf.h"
#include "base/crypto.h"
#include "store/tables.h"

enum {
	BULK_ROWS = 1000,       /* read at once */
	BULK_BYTES = 8 << 20,   /* or as soon as that is exceeded */
	BULK_ARENA = 512 << 20, /* what a batch may take: rows are small, as a rule */
};

/* The row of table `instance` that says that a database is being moved (store/move_mark.h). It is
 * the database's own: bulk_read does not see it. */
#define INSTANCE_MOVE "move"

/* Some rows of one table, in the order of its key. */
struct bulk {
	const struct table *table;
	struct db_value *rows; /* n times table->columns_n */
	size_t n, bytes;
	size_t mended; /* texts that were no UTF-8, and have U+FFFD for what was wrong */
	bool last;     /* there are no more */
};

/* What a table holds, whatever the order of its rows. */
struct digest {
	uint64_t rows;
	uint64_t sums[CONTENT_HASH_LEN / sizeof(uint64_t)];
};

/* The values of row `i`. */
static inline const struct db_value *bulk_row(const struct bulk *b, size_t i)
{
	return b->rows + i * b->table->columns_n;
}
/* Below 0, 0 or above it: how two rows of `t` are ordered by its key, in every engine. */
int bulk_compare(const struct table *t, const struct db_value *a, const struct db_value *b);
bool bulk_same(const struct table *t, const struct db_value *a, const struct db_value *b);

/* Reads the rows after the row `after` (NULL: from the first), which may be of an earlier batch in
 * another arena. `strict`: the rows are for an engine whose text has to be UTF-8, so that other
 * text is mended; a key that would have to be is DB_CONFLICT. */
enum db_status bulk_read(struct db *db, const struct table *t, const struct db_value *after,
	bool strict, struct arena *a, struct bulk *out);
/* Mends the texts of a batch that are no UTF-8; false when one is in a key. */
bool bulk_mend(struct bulk *b, struct arena *a);
/* Does the database take no other text? */
bool bulk_is_strict(const struct db *db);
/* A copy of the key of a row, the other columns NULL, for the next bulk_read. */
const struct db_value *bulk_key(const struct table *t, const struct db_value *row, struct arena *a);
/* In a write transaction. A key that is taken already is DB_CONFLICT. */
enum db_status bulk_insert(struct db *db, const struct bulk *b);
/* Deletes the row that has the key of `row`. */
enum db_status bulk_delete(struct db *db, const struct table *t, const struct db_value *row);
/* Deletes every row. */
enum db_status bulk_empty(struct db *db, const struct table *t);
enum db_status bulk_drop(struct db *db, const char *table);
/* How many rows there are; -1 on failure. */
int64_t bulk_count(struct db *db, const char *table);

/* A row as bytes, the same of both engines: for digests and for the format of back-ups. */
void bulk_encode(struct buf *to, const struct db_value *row, size_t n);
/* Takes one row of `t` off the front of `*from`; false when that is none. Views into it. */
bool bulk_decode(struct str *from, const struct table *t, struct db_value *row);
void digest_add(struct digest *d, const struct bulk *b);
/* As bytes, and back; false when they are none. */
void digest_encode(struct buf *to, const struct digest *d);
bool digest_decode(struct str from, struct digest *out);
bool digest_same(const struct digest *a, const struct digest *b);
/* Reads a whole table. */
enum db_status digest_of(
	struct db *db, const struct table *t, bool strict, struct arena *a, struct digest *out);

#endif
