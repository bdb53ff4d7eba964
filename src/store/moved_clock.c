#include "store/moved_clock.h"

#include <stdio.h>

/* Decimal numbers in table `instance`. */
#define OFFSET "clock_offset_us"
#define COUNTS "clock_offset_counts"

static enum db_status read_number(struct store *s, const char *name, int64_t *out)
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

static enum db_status put_number(struct store *s, const char *name, int64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%lld", (long long)value);

	return db_exec(s->db, STMT_INSTANCE_SET,
		DB_ARGS(db_text(str_from(name)), DB_BYTES(text, (size_t)n)), NULL);
}

enum db_status moved_clock_read(struct store *s, int64_t *offset_us)
{
	return read_number(s, OFFSET, offset_us);
}

enum db_status moved_clock_put(struct store *s, int64_t offset_us)
{
	return put_number(s, OFFSET, offset_us);
}

enum db_status moved_clock_counts(struct store *s, bool *counts)
{
	int64_t value;
	enum db_status status = read_number(s, COUNTS, &value);

	*counts = value != 0;
	return status;
}

enum db_status moved_clock_set_counts(struct store *s, bool counts)
{
	bool did;
	enum db_status status = moved_clock_counts(s, &did);

	return status != DB_OK || did == counts ? status : put_number(s, COUNTS, counts);
}
