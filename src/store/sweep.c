#include "store/sweep.h"

/* What hangs on a row goes before the row; STMTS: nothing does. */
static const struct {
	enum stmt last, hanging, rows;
} tables[] = {
	{STMT_CODE_SWEEP_LAST, STMTS, STMT_CODE_SWEEP},
	{STMT_DEVICE_SWEEP_LAST, STMTS, STMT_DEVICE_SWEEP},
	{STMT_FAMILY_SWEEP_LAST, STMTS, STMT_FAMILY_SWEEP},
	{STMT_TOKEN_SWEEP_LAST, STMT_TOKEN_USE_SWEEP, STMT_TOKEN_SWEEP},
	{STMT_GRANT_SWEEP_LAST, STMT_GRANT_TOKEN_SWEEP, STMT_GRANT_SWEEP},
};
enum { TABLES = sizeof tables / sizeof tables[0] };

/* The id that the batch after `after` ends with; 0 when there is none. */
static enum db_status find_last(
	struct store *s, const struct sweep *sweep, size_t batch, int64_t *last)
{
	struct db_rows r;

	db_query(
		&r, s->db, tables[sweep->table].last, DB_ARGS(DB_INT(sweep->after), DB_INT(batch)));
	*last = db_next(&r) ? db_int(&r, 0) : 0;
	db_end(&r);
	return r.status;
}

enum db_status store_sweep(struct store *s, struct sweep *sweep, size_t batch, bool *more)
{
	int64_t last;
	enum db_status status = find_last(s, sweep, batch, &last);

	if (status == DB_OK && last && tables[sweep->table].hanging != STMTS)
		status = db_exec(s->db, tables[sweep->table].hanging,
			DB_ARGS(DB_INT(sweep->after), DB_INT(last)), NULL);
	if (status == DB_OK && last)
		status = db_exec(s->db, tables[sweep->table].rows,
			DB_ARGS(DB_INT(sweep->after), DB_INT(last)), NULL);
	if (status != DB_OK)
		return status;
	sweep->after = last;
	sweep->table += !last;
	*more = sweep->table < TABLES;
	return DB_OK;
}
