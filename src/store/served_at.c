#include "store/served_at.h"

#define NAME "base_url"

enum db_status served_at_read(struct store *s, struct arena *a, struct str *base_url)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_INSTANCE_GET, DB_ARGS(db_text(STR(NAME))));
	*base_url = db_next(&r) ? db_str(&r, 0, a) : STR_NONE;
	db_end(&r);
	return r.status;
}

enum db_status served_at_put(struct store *s, struct arena *a, struct str base_url)
{
	struct str was;
	enum db_status status = served_at_read(s, a, &was);

	if (status != DB_OK || str_eq(was, base_url))
		return status;
	return db_exec(s->db, STMT_INSTANCE_SET,
		DB_ARGS(db_text(STR(NAME)), DB_BYTES(base_url.p, base_url.n)), NULL);
}
