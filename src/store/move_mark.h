/* What a database says of itself while it is moved, in a row of table `instance` that no copy has
 * (INSTANCE_MOVE): so that none is served which is not whole, or not the right one any more. */
#ifndef LLAVERO_STORE_MOVE_MARK_H
#define LLAVERO_STORE_MOVE_MARK_H

#include "store/db.h"

enum move_state {
	MOVE_NONE,    /* a database like any other */
	MOVE_FILLING, /* is being filled from another one */
	MOVE_CLOSED,  /* is copied to another one, and takes no changes until that is done */
	MOVE_MOVED,   /* what it holds is somewhere else now */
};

enum { MOVE_NAME = 200 };

struct move_mark {
	enum move_state state;
	char other[MOVE_NAME]; /* where from, or where to: no secrets (move_name) */
	int64_t at;            /* when it was written, seconds since 1970 */
};

/* A URL of a database without user and password, and of its settings with none but where it is. */
void move_name(const char *url, char out[MOVE_NAME]);
/* The mark of a database; MOVE_NONE of one without a schema. Ends an open read transaction. */
enum db_status move_mark_read(struct db *db, struct move_mark *out);
/* In a write transaction. MOVE_NONE takes it away. */
enum db_status move_mark_put(struct db *db, const struct move_mark *mark);
/* May the database be used? False with a sentence that says what to do. */
bool move_mark_allows(struct db *db, char problem[256]);

#endif
