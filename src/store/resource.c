#include "store/resource.h"

#include <string.h>

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
		.wants = {db_str(r, 5, a), db_int(r, 6)},
		.listed = db_int(r, 7) != 0,
		.created_at = db_int(r, 8),
		.updated_at = db_int(r, 9)};
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
			alg_value(r->alg), db_text(r->scopes), db_text(r->wants.acr_values),
			DB_INT(r->wants.max_age_s), DB_INT(r->listed), DB_INT(store_now(s))),
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

static enum db_status read_wants(
	struct store *s, struct arena *a, struct str identifier, struct kept_wants *kept)
{
	struct resource r;
	enum db_status status = resource_read(s, a, identifier, &r);

	if (status != DB_OK && status != DB_NONE)
		return status;
	kept->known = status == DB_OK;
	kept->max_age_s = kept->known ? r.wants.max_age_s : -1;
	kept->acr_values_n = kept->known ? r.wants.acr_values.n : 0;
	if (kept->acr_values_n > sizeof kept->acr_values)
		return DB_FAILED;
	if (kept->acr_values_n)
		memcpy(kept->acr_values, r.wants.acr_values.p, kept->acr_values_n);
	kept->read_at = store_now(s);
	return DB_OK;
}

bool resource_wants_kept(const struct store *s, size_t slot)
{
	return s->wants[slot].read_at == store_now(s);
}

enum db_status resource_wants(struct store *s, struct arena *a, size_t slot, struct str identifier,
	struct sign_in_wants *out)
{
	struct kept_wants *kept = &s->wants[slot];
	enum db_status status = DB_OK;

	if (!resource_wants_kept(s, slot))
		status = read_wants(s, a, identifier, kept);
	*out = (struct sign_in_wants){
		str_dup(a, (struct str){kept->acr_values, kept->acr_values_n}), kept->max_age_s};
	return one_changed(status, kept->known, DB_NONE);
}

static enum db_status read_rows(
	struct db_rows *r, struct arena *a, size_t max, struct resource **out, size_t *n)
{
	*out = ARENA_ARRAY(a, struct resource, max);
	*n = 0;
	while (*n < max && db_next(r))
		read_row(r, a, &(*out)[(*n)++]);
	db_end(r);
	return r->status;
}

enum db_status resource_list(struct store *s, struct arena *a, struct str after, size_t max,
	struct resource **out, size_t *n)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_RESOURCE_LIST, DB_ARGS(db_text(after), DB_INT(max)));
	return read_rows(&r, a, max, out, n);
}

enum db_status resource_list_told(
	struct store *s, struct arena *a, size_t max, struct resource **out, size_t *n)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_RESOURCE_LIST_TOLD, DB_ARGS(DB_INT(max)));
	return read_rows(&r, a, max, out, n);
}

enum db_status resource_update(struct store *s, const struct resource *r)
{
	size_t changed = 0;
	enum db_status status = db_exec(s->db, STMT_RESOURCE_UPDATE,
		DB_ARGS(db_text(r->identifier), db_text(r->name), db_text(str_from(forms[r->form])),
			alg_value(r->alg), db_text(r->scopes), db_text(r->wants.acr_values),
			DB_INT(r->wants.max_age_s), DB_INT(r->listed), DB_INT(store_now(s))),
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
