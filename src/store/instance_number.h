/* Numbers in table `instance`, kept as decimal text. */
#ifndef LLAVERO_STORE_INSTANCE_NUMBER_H
#define LLAVERO_STORE_INSTANCE_NUMBER_H

#include "store/store.h"

/* The number `name`; 0 when it is not there. DB_FAILED also when it is no number. */
enum db_status instance_number_read(struct store *s, const char *name, int64_t *out);
/* Writes it. Needs a write transaction. */
enum db_status instance_number_put(struct store *s, const char *name, int64_t value);

#endif
