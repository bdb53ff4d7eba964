#include "store/rehearse.h"

enum db_status rehearse_age(struct store *s, enum rehearsed what, uint64_t id, int64_t seconds)
{
	static const enum stmt stmts[] = {[REHEARSED_CODE] = STMT_REHEARSE_AGE_CODE,
		[REHEARSED_TOKEN] = STMT_REHEARSE_AGE_TOKEN,
		[REHEARSED_FAMILY] = STMT_REHEARSE_AGE_FAMILY,
		[REHEARSED_DEVICE] = STMT_REHEARSE_AGE_DEVICE};

	return db_exec(s->db, stmts[what], DB_ARGS(DB_INT(id), DB_INT(seconds)), NULL);
}

enum db_status rehearse_forget(struct store *s, enum rehearsed what, uint64_t id)
{
	static const enum stmt stmts[] = {[REHEARSED_CODE] = STMT_REHEARSE_FORGET_CODE,
		[REHEARSED_TOKEN] = STMT_REHEARSE_FORGET_TOKEN,
		[REHEARSED_FAMILY] = STMT_REHEARSE_FORGET_FAMILY};

	return db_exec(s->db, stmts[what], DB_ARGS(DB_INT(id)), NULL);
}

enum db_status rehearse_rebind_code(
	struct store *s, uint64_t id, int64_t app_id, struct str redirect_uri, struct str challenge)
{
	return db_exec(s->db, STMT_REHEARSE_REBIND_CODE,
		DB_ARGS(DB_INT(id), DB_INT(app_id), db_text(redirect_uri), db_text(challenge)),
		NULL);
}
