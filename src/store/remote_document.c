#include "store/remote_document.h"

enum db_status remote_document_get(
	struct store *s, struct arena *a, struct str url, struct remote_document *out)
{
	struct db_rows r;

	*out = (struct remote_document){.body = STR_NONE};
	db_query(&r, s->db, STMT_REMOTE_GET, DB_ARGS(db_text(url)));
	bool found = db_next(&r);

	if (found)
		*out = (struct remote_document){db_str(&r, 0, a), db_int(&r, 1), db_int(&r, 2)};
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status remote_document_put(
	struct store *s, struct str url, struct str body, int64_t fresh_s)
{
	int64_t now = store_now(s);

	return db_exec(s->db, STMT_REMOTE_PUT,
		DB_ARGS(db_text(url), db_text(body), DB_INT(now), DB_INT(now + fresh_s)), NULL);
}

enum db_status remote_document_delete(struct store *s, struct str url)
{
	return db_exec(s->db, STMT_REMOTE_DELETE, DB_ARGS(db_text(url)), NULL);
}

enum db_status remote_document_purge(struct store *s, int64_t before, size_t batch)
{
	return db_exec(s->db, STMT_REMOTE_PURGE, DB_ARGS(DB_INT(before), DB_INT(batch)), NULL);
}
