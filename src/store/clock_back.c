#include "store/clock_back.h"

#include "store/instance_number.h"
#include "store/signing_key.h"

/* A decimal number in table `instance`. */
#define NAME "clock_latest"

static const enum stmt tables[] = {STMT_CLOCK_BACK_CODE, STMT_CLOCK_BACK_DEVICE,
	STMT_CLOCK_BACK_PUSHED, STMT_CLOCK_BACK_TOKEN, STMT_CLOCK_BACK_FAMILY,
	STMT_CLOCK_BACK_SESSION, STMT_CLOCK_BACK_THROTTLE, STMT_CLOCK_BACK_DOCUMENT,
	STMT_CLOCK_BACK_LOGOUT, STMT_CLOCK_BACK_REGISTRATION, STMT_CLOCK_BACK_KEY};
enum { TABLES = sizeof tables / sizeof tables[0] };

enum db_status clock_back_read(struct store *s, int64_t *latest_s)
{
	return instance_number_read(s, NAME, latest_s);
}

enum db_status clock_back_note(struct store *s, int64_t latest_s)
{
	return instance_number_put(s, NAME, latest_s);
}

enum db_status clock_back_settle(struct store *s, int64_t now_s, int64_t back_s, int64_t system_s)
{
	int64_t latest_s;
	enum db_status status = clock_back_read(s, &latest_s);

	if (status != DB_OK || latest_s <= system_s)
		return status;
	status = signing_keys_begin_change(s);
	for (size_t i = 0; i < TABLES && status == DB_OK; i++)
		status = db_exec(s->db, tables[i], DB_ARGS(DB_INT(now_s), DB_INT(back_s)), NULL);
	return status == DB_OK ? clock_back_note(s, system_s) : status;
}
