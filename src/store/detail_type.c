#include "store/detail_type.h"

#include "base/limits.h"

static enum db_status one_changed(enum db_status status, size_t changed, enum db_status otherwise)
{
	return status != DB_OK ? status : changed ? DB_OK : otherwise;
}

static struct detail_type read_row(const struct db_rows *r, struct arena *a)
{
	return (struct detail_type){db_str(r, 0, a), db_str(r, 1, a)};
}

enum db_status detail_type_add(struct store *s, const struct detail_type *t)
{
	size_t changed = 0;
	enum db_status status = db_exec(s->db, STMT_DETAIL_TYPE_INSERT,
		DB_ARGS(db_text(t->name), db_text(t->definition), DB_INT(store_now(s))), &changed);

	return one_changed(status, changed, DB_CONFLICT);
}

enum db_status detail_type_read(
	struct store *s, struct arena *a, struct str name, struct detail_type *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_DETAIL_TYPE_READ, DB_ARGS(db_text(name)));
	bool found = db_next(&r);

	if (found)
		*out = read_row(&r, a);
	db_end(&r);
	return one_changed(r.status, found, DB_NONE);
}

enum db_status detail_type_list(struct store *s, struct arena *a, struct detail_types *out)
{
	struct detail_type *v = ARENA_ARRAY(a, struct detail_type, LIMIT_DETAIL_TYPES);
	struct db_rows r;

	*out = (struct detail_types){v, 0};
	db_query(&r, s->db, STMT_DETAIL_TYPE_LIST, DB_ARGS(DB_INT(LIMIT_DETAIL_TYPES)));
	while (out->n < LIMIT_DETAIL_TYPES && db_next(&r))
		v[out->n++] = read_row(&r, a);
	db_end(&r);
	return r.status;
}

enum db_status detail_type_remove(struct store *s, struct str name)
{
	size_t changed = 0;
	enum db_status status =
		db_exec(s->db, STMT_DETAIL_TYPE_DELETE, DB_ARGS(db_text(name)), &changed);

	return one_changed(status, changed, DB_NONE);
}
