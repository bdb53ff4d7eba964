#include "flow/seen_once.h"

#include "store/seen_once.h"

enum taken take_once(
	struct context *c, const char *kind, struct str whose, struct str jti, int64_t expires_at)
{
	if (!db_is_writing(c->store->db) && context_failed(c, db_begin_write(c->store->db)))
		return TAKEN_FAILED;
	enum db_status status = seen_once(c->store, kind, whose, jti, expires_at);

	if (context_failed(c, status))
		return TAKEN_FAILED;
	return status == DB_OK ? TAKEN_FIRST : TAKEN_AGAIN;
}
