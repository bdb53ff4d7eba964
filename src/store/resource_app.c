#include "store/resource_app.h"

enum db_status resource_app_read(struct store *s, struct str identifier, int64_t app_id)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_RESOURCE_APP_READ, DB_ARGS(db_text(identifier), DB_INT(app_id)));
	bool found = db_next(&r);

	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status resource_app_put(struct store *s, struct str identifier, int64_t app_id)
{
	return db_exec(
		s->db, STMT_RESOURCE_APP_PUT, DB_ARGS(db_text(identifier), DB_INT(app_id)), NULL);
}

enum db_status resource_app_delete(struct store *s, struct str identifier, int64_t app_id)
{
	size_t changed = 0;
	enum db_status status = db_exec(s->db, STMT_RESOURCE_APP_DELETE,
		DB_ARGS(db_text(identifier), DB_INT(app_id)), &changed);

	return status != DB_OK ? status : changed ? DB_OK : DB_NONE;
}
