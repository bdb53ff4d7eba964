#include "store/moved_clock.h"

#include "store/instance_number.h"

/* Decimal numbers in table `instance`. */
#define OFFSET "clock_offset_us"
#define COUNTS "clock_offset_counts"

enum db_status moved_clock_read(struct store *s, int64_t *offset_us)
{
	return instance_number_read(s, OFFSET, offset_us);
}

enum db_status moved_clock_put(struct store *s, int64_t offset_us)
{
	return instance_number_put(s, OFFSET, offset_us);
}

enum db_status moved_clock_counts(struct store *s, bool *counts)
{
	int64_t value;
	enum db_status status = instance_number_read(s, COUNTS, &value);

	*counts = value != 0;
	return status;
}

enum db_status moved_clock_set_counts(struct store *s, bool counts)
{
	bool did;
	enum db_status status = moved_clock_counts(s, &did);

	return status != DB_OK || did == counts ? status : instance_number_put(s, COUNTS, counts);
}
