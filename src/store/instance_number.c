#include "store/instance_number.h"

#include <stdio.h>

enum db_status instance_number_read(struct store *s, const char *name, int64_t *out)
{
	struct db_rows r;
	struct arena a;

	*out = 0;
	arena_init(&a, 256);
	db_query(&r, s->db, STMT_INSTANCE_GET, DB_ARGS(db_text(str_from(name))));
	bool good = !db_next(&r) || str_to_i64(db_str(&r, 0, &a), out);

	db_end(&r);
	arena_release(&a);
	return r.status != DB_OK ? r.status : good ? DB_OK : DB_FAILED;
}

enum db_status instance_number_put(struct store *s, const char *name, int64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%lld", (long long)value);

	return db_exec(s->db, STMT_INSTANCE_SET,
		DB_ARGS(db_text(str_from(name)), DB_BYTES(text, (size_t)n)), NULL);
}
