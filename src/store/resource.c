#include "store/resource.h"

static const char *const forms[] = {[TOKEN_OPAQUE] = "opaque", [TOKEN_JWT] = "jwt"};

const char *token_form_word(enum token_form form)
{
	return forms[form];
}

bool token_form_find(struct str word, enum token_form *out)
{
	for (int i = 0; i <= TOKEN_JWT; i++) {
		if (!str_eq_c(word, forms[i]))
			continue;
		*out = (enum token_form)i;
		return true;
	}
	return false;
}

static struct db_value alg_value(enum jose_alg alg)
{
	return alg == JOSE_NO_ALG ? DB_NULL : db_text(str_from(jose_alg_word(alg)));
}

static void read_row(const struct db_rows *r, struct arena *a, struct resource *out)
{
	*out = (struct resource){.identifier = db_str(r, 0, a),
		.name = db_str(r, 1, a),
		.alg = jose_alg_of(db_str(r, 3, a)),
		.scopes = db_str(r, 4, a),
		.created_at = db_int(r, 5),
		.updated_at = db_int(r, 6)};
	token_form_find(db_str(r, 2, a), &out->form);
}

static enum db_status one_changed(enum db_status status, size_t changed, enum db_status otherwise)
{
	return status != DB_OK ? status : changed ? DB_OK : otherwise;
}

enum db_status resource_create(struct store *s, const struct resource *r)
{
	size_t changed = 0;
	enum db_status status = db_exec(s->db, STMT_RESOURCE_INSERT,
		DB_ARGS(db_text(r->identifier), db_text(r->name), db_text(str_from(forms[r->form])),
			alg_value(r->alg), db_text(r->scopes), DB_INT(store_now(s))),
		&changed);

	return one_changed(status, changed, DB_CONFLICT);
}

enum db_status resource_read(
	struct store *s, struct arena *a, struct str identifier, struct resource *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_RESOURCE_READ, DB_ARGS(db_text(identifier)));
	bool found = db_next(&r);

	if (found)
		read_row(&r, a, out);
	db_end(&r);
	return one_changed(r.status, found, DB_NONE);
}

enum db_status resource_list(struct store *s, struct arena *a, struct str after, size_t max,
	struct resource **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct resource, max);
	*n = 0;
	db_query(&r, s->db, STMT_RESOURCE_LIST, DB_ARGS(db_text(after), DB_INT(max)));
	while (*n < max && db_next(&r))
		read_row(&r, a, &(*out)[(*n)++]);
	db_end(&r);
	return r.status;
}

enum db_status resource_update(struct store *s, const struct resource *r)
{
	size_t changed = 0;
	enum db_status status = db_exec(s->db, STMT_RESOURCE_UPDATE,
		DB_ARGS(db_text(r->identifier), db_text(r->name), db_text(str_from(forms[r->form])),
			alg_value(r->alg), db_text(r->scopes), DB_INT(store_now(s))),
		&changed);

	return one_changed(status, changed, DB_NONE);
}

enum db_status resource_delete(struct store *s, struct str identifier)
{
	size_t changed = 0;
	enum db_status status =
		db_exec(s->db, STMT_RESOURCE_DELETE, DB_ARGS(db_text(identifier)), &changed);

	return one_changed(status, changed, DB_NONE);
}
