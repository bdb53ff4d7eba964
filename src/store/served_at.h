/* The base URL of the server that used the database last: so that the command line can name pages
 * of it without being told where it is. */
#ifndef LLAVERO_STORE_SERVED_AT_H
#define LLAVERO_STORE_SERVED_AT_H

#include "store/store.h"

/* STR_NONE before any server has run. */
enum db_status served_at_read(struct store *s, struct arena *a, struct str *base_url);
/* Writes only when it was otherwise. Needs a write transaction. */
enum db_status served_at_put(struct store *s, struct arena *a, struct str base_url);

#endif
