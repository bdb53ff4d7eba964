#include "store/org.h"
#include "store/rows.h"

static void team_from_row(const struct db_rows *r, struct arena *a, struct team *out)
{
	*out = (struct team){
		.id = db_int(r, 0),
		.slug = db_str(r, 2, a),
		.name = db_str(r, 3, a),
		.description = db_str(r, 4, a),
		.secret = db_int(r, 5) != 0,
		.created_at = db_int(r, 6),
		.updated_at = db_int(r, 7),
	};
	org_from_row(r, 8, a, &out->org);
}

static enum db_status read_one(struct store *s, struct arena *a, enum stmt stmt,
	const struct db_value *args, size_t args_n, struct team *out)
{
	struct db_rows r;

	db_query(&r, s->db, stmt, args, args_n);
	bool found = db_next(&r);

	if (found)
		team_from_row(&r, a, out);
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status team_by_id(struct store *s, struct arena *a, int64_t id, struct team *out)
{
	return read_one(s, a, STMT_TEAM_BY_ID, DB_ARGS(DB_INT(id)), out);
}

enum db_status team_by_slug(
	struct store *s, struct arena *a, int64_t org_id, struct str slug, struct team *out)
{
	return read_one(
		s, a, STMT_TEAM_BY_SLUG, DB_ARGS(DB_INT(org_id), db_text(str_lower(a, slug))), out);
}

struct str team_slug(struct arena *a, struct str name)
{
	char *out = arena_alloc(a, name.n + 1);
	struct str low = str_lower(a, name);
	size_t n = 0;

	for (size_t i = 0; i < low.n; i++) {
		char ch = low.p[i];

		if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_')
			out[n++] = ch;
		else if (n > 0 && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n > 0 && out[n - 1] == '-')
		n--;
	return (struct str){out, n};
}

enum db_status team_create(struct store *s, struct arena *a, const struct org *org, struct str name,
	struct str description, bool secret, struct team *out)
{
	struct str slug = team_slug(a, name);
	int64_t id = 0;

	if (slug.n == 0)
		return DB_NONE;
	enum db_status status = team_by_slug(s, a, org->id, slug, out);

	if (status != DB_NONE)
		return status == DB_OK ? DB_CONFLICT : status;
	status = store_next_small_id(s, "team", &id);
	if (status == DB_OK)
		status = db_exec(s->db, STMT_TEAM_INSERT,
			DB_ARGS(DB_INT(id), DB_INT(org->id), db_text(slug), db_text(name),
				db_text(description), DB_INT(secret), DB_INT(store_now(s))),
			NULL);
	return status == DB_OK ? team_by_id(s, a, id, out) : status;
}

static enum db_status read_list(
	struct store *s, struct arena *a, enum stmt stmt, int64_t of, struct team **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct team, ORG_LIST_MAX);
	*n = 0;
	db_query(&r, s->db, stmt, DB_ARGS(DB_INT(of), DB_INT(ORG_LIST_MAX)));
	while (*n < ORG_LIST_MAX && db_next(&r))
		team_from_row(&r, a, &(*out)[(*n)++]);
	db_end(&r);
	return r.status;
}

enum db_status team_list(
	struct store *s, struct arena *a, int64_t org_id, struct team **out, size_t *n)
{
	return read_list(s, a, STMT_TEAM_LIST, org_id, out, n);
}

enum db_status team_list_of_account(
	struct store *s, struct arena *a, int64_t account_id, struct team **out, size_t *n)
{
	return read_list(s, a, STMT_TEAM_OF_ACCOUNT, account_id, out, n);
}

enum db_status team_delete(struct store *s, int64_t id)
{
	enum db_status status = db_exec(s->db, STMT_TEAM_DELETE_MEMBERS, DB_ARGS(DB_INT(id)), NULL);

	return status == DB_OK ? db_exec(s->db, STMT_TEAM_DELETE, DB_ARGS(DB_INT(id)), NULL)
			       : status;
}

enum db_status team_member_put(
	struct store *s, const struct team *team, int64_t account_id, bool maintainer)
{
	struct org_member member;
	enum db_status status = org_member_get(s, team->org.id, account_id, &member);

	return status == DB_OK ? db_exec(s->db, STMT_TEAM_MEMBER_PUT,
					 DB_ARGS(DB_INT(team->id), DB_INT(account_id),
						 DB_INT(maintainer), DB_INT(store_now(s))),
					 NULL)
			       : status;
}

enum db_status team_member_get(
	struct store *s, int64_t team_id, int64_t account_id, struct team_member *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_TEAM_MEMBER_GET, DB_ARGS(DB_INT(team_id), DB_INT(account_id)));
	bool found = db_next(&r);

	if (found)
		*out = (struct team_member){.maintainer = db_int(&r, 0) != 0};
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status team_member_remove(struct store *s, int64_t team_id, int64_t account_id)
{
	size_t removed = 0;
	enum db_status status = db_exec(s->db, STMT_TEAM_MEMBER_DELETE,
		DB_ARGS(DB_INT(team_id), DB_INT(account_id)), &removed);

	return status == DB_OK && removed == 0 ? DB_NONE : status;
}

enum db_status team_member_list(
	struct store *s, struct arena *a, int64_t team_id, struct team_member **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct team_member, ORG_LIST_MAX);
	*n = 0;
	db_query(&r, s->db, STMT_TEAM_MEMBER_LIST, DB_ARGS(DB_INT(team_id), DB_INT(ORG_LIST_MAX)));
	while (*n < ORG_LIST_MAX && db_next(&r)) {
		struct team_member *m = &(*out)[(*n)++];

		m->maintainer = db_int(&r, 0) != 0;
		account_from_row(&r, 1, a, &m->account);
	}
	db_end(&r);
	return r.status;
}
