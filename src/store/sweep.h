/* Clearing out what belonged to an app or an account that was deleted. Such rows are dead already:
 * every check joins the app and the account. Tables that grow at their right edge only have no
 * index to find them by, so a sweep walks once through each, a batch at a time. */
#ifndef LLAVERO_STORE_SWEEP_H
#define LLAVERO_STORE_SWEEP_H

#include "store/store.h"

/* Where a sweep is; zeroes begin one. */
struct sweep {
	size_t table;
	int64_t after; /* ids up to this one are done */
};

/* Looks at the next `batch` rows. Needs a write transaction. `*more`: there are others. */
enum db_status store_sweep(struct store *s, struct sweep *sweep, size_t batch, bool *more);

#endif
