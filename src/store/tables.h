/* The tables that a schema consists of, read from schema.def itself: what copies whole databases
 * (store/bulk.h) cannot forget one, and knows those of older schemas too. */
#ifndef LLAVERO_STORE_TABLES_H
#define LLAVERO_STORE_TABLES_H

#include "store/db.h"

enum { TABLE_NAME = 48, TABLE_COLUMNS = 40, TABLE_KEY = 4, TABLES_MAX = 128 };

struct table_column {
	char name[TABLE_NAME];
	enum db_type type; /* never DB_TYPE_NULL */
};

struct table {
	char name[TABLE_NAME];
	struct table_column columns[TABLE_COLUMNS]; /* in the order in which they were added */
	size_t columns_n;
	size_t key[TABLE_KEY]; /* the columns of the primary key, in its order */
	size_t key_n;
	bool other_unique; /* it has another unique key too */
};

struct tables {
	struct table *all; /* in the order in which they were made */
	size_t n;
};

/* The tables that these migrations make, in the arena. False: one is not known, or schema.def says
 * something that is not understood here, which tests/store/test_tables.c does not let pass. */
bool tables_of(const struct db_schema *schema, struct arena *a, struct tables *out);
/* The table of that name, or NULL. */
const struct table *tables_find(const struct tables *t, struct str name);

#endif
