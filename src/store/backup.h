/* A whole database as one file, the same of both engines (store/backup_format.h). */
#ifndef LLAVERO_STORE_BACKUP_H
#define LLAVERO_STORE_BACKUP_H

#include "store/bulk.h"
#include "store/store.h"

/* How far it is, told after each batch of rows. */
struct bulk_told {
	const char *doing, *table;
	uint64_t rows, rows_in_all; /* of all tables */
};

struct bulk_watch {
	void (*tell)(void *context, const struct bulk_told *told); /* or NULL */
	void *context;
};

struct backup_summary {
	struct db_schema schema;
	int64_t made_at;
	size_t tables;
	uint64_t rows, bytes;
	size_t mended; /* texts that the engine would not have taken as they were */
};

/* Writes all of the database at one moment to `fd`; `now`: seconds since 1970. The database may be
 * in use. Memory comes from `a`, which is reset. False with a sentence in `problem`. */
bool backup_make(struct db *db, int fd, int64_t now, const struct bulk_watch *watch,
	struct arena *a, struct backup_summary *out, char problem[256]);
/* Reads a whole back-up and checks it: that nothing is missing or changed, that its tables are
 * those of its schema, and their rows what was counted. False with a sentence in `problem`. */
bool backup_verify(int fd, const struct bulk_watch *watch, struct arena *a,
	struct backup_summary *out, char problem[256]);

/* The number that people call a schema by: of its newest migration. */
static inline int backup_schema(const struct backup_summary *s)
{
	return s->schema.n ? s->schema.numbers[s->schema.n - 1] : 0;
}

struct restore_how {
	bool replace;           /* what the database holds goes */
	bool revoke_all_tokens; /* every token and session ends, too */
};

/* Puts what a back-up holds in the place of all that the database holds, in one transaction that is
 * committed when everything was checked: until then, and on failure, the database is as it was.
 * What was given out before and waits for its redemption ends (assurance 6.3, M2), and ids that may
 * have been given since are not given again. A back-up of an older schema is brought up to date.
 * False with a sentence in `problem`. */
bool backup_restore(struct db *db, int fd, int64_t now, const struct restore_how *how,
	const struct bulk_watch *watch, struct arena *a, struct backup_summary *out,
	char problem[256]);

/* Between backup.c and restore.c: what reads a back-up gets its pieces. Each returns false with a
 * sentence in `problem`; any may be NULL. */
struct backup_reader {
	bool (*begin)(void *context, const struct backup_summary *, const struct tables *);
	bool (*rows)(void *context, struct bulk *);
	bool (*table_end)(void *context, const struct table *, const struct digest *);
	void *context;
};
bool backup_read_all(int fd, const struct backup_reader *reader, const struct bulk_watch *watch,
	struct arena *a, struct backup_summary *out, char problem[256]);

#endif
