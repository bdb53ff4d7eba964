/* A database moved to another one, of the same or the other engine, while servers go on with it.
 *
 *  1. Each table is copied, in batches by key, as it is just then; then once more what is
 * different.
 *  2. The source is closed: from one moment on the engine itself refuses every change, whichever
 *     program asks for it (driver.guard), and a mark says so (move_mark.h).
 *  3. Each table is gone through once more, and what has become different meanwhile is copied. Then
 *     the target's is read as a whole, and its digest is compared with what the source's was.
 *  4. The source is marked as moved, for good; the target's mark goes, so that it can be served.
 *
 * Rows are compared, not remembered: so it may be killed anywhere and run again, which goes on
 * where it was. The target is marked from its first row to the last step, and nothing serves it
 * before. */
#ifndef LLAVERO_STORE_MOVE_H
#define LLAVERO_STORE_MOVE_H

#include "store/backup.h"
#include "store/move_mark.h"

struct move {
	struct db *from, *to;
	char from_name[MOVE_NAME], to_name[MOVE_NAME];
	const struct clock *clock;
	struct arena *arena; /* of the whole */
	const struct bulk_watch *watch;
	char *problem; /* 256 bytes: a sentence when something has failed */

	struct db_schema schema;
	struct tables tables;
	enum move_state stands; /* of the source: what was done by an earlier run */
	bool resumed, done;     /* an earlier run began it, or finished it */
	bool strict;
	struct bulk_told told;
	uint64_t rows, changed; /* in all; written into the target by this run */
	size_t mended;
	int64_t closed_us; /* how long the source has taken no changes, in this run */
};

/* Looks whether the move can be made, and how far it is; changes nothing. The fields above the gap
 * are the caller's. False with a sentence. */
bool move_look(struct move *m);
/* Marks the target, and gives it the source's schema. */
bool move_begin(struct move *m);
/* Step 1. */
bool move_copy(struct move *m);
/* Steps 2 and 3. When it fails the source is open again, unless it was closed before. */
bool move_close(struct move *m);
/* Step 4; between the two halves `wait` lets running servers see that the source has moved. */
bool move_switch(struct move *m, void (*wait)(void));
/* Undoes the closing of a database, or that it has moved. False with a sentence: it is neither. */
bool move_reopen(struct db *db, struct arena *a, struct move_mark *was, char problem[256]);

/* move_sync.c: makes the target's rows of a table those of the source, of whose rows `found` is the
 * digest then. `only_delete`: just takes away those that are not the same, so that their unique
 * keys are free. DB_CONFLICT: such a key is in the way. */
enum db_status move_sync(
	struct move *m, const struct table *t, bool only_delete, struct digest *found);

#endif
