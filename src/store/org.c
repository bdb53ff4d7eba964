#include "store/org.h"

#include "store/rows.h"

void org_from_row(const struct db_rows *r, int at, struct arena *a, struct org *out)
{
	*out = (struct org){
		.id = db_int(r, at),
		.login = db_str(r, at + 1, a),
		.name = db_str(r, at + 2, a),
		.description = db_str(r, at + 3, a),
		.created_at = db_int(r, at + 4),
		.updated_at = db_int(r, at + 5),
	};
}

enum db_status org_by_login(struct store *s, struct arena *a, struct str login, struct org *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_ORG_BY_LOGIN, DB_ARGS(db_text(str_lower(a, login))));
	bool found = db_next(&r);

	if (found)
		org_from_row(&r, 0, a, out);
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status org_create(struct store *s, struct arena *a, struct str login, struct str name,
	struct str description, struct org *out)
{
	struct account other;
	int64_t id = 0;
	enum db_status status = account_by_login(s, a, login, &other);

	if (status == DB_NONE)
		status = org_by_login(s, a, login, out);
	if (status != DB_NONE)
		return status == DB_OK ? DB_CONFLICT : status;
	status = store_next_small_id(s, "organization", &id);
	if (status == DB_OK)
		status = db_exec(s->db, STMT_ORG_INSERT,
			DB_ARGS(DB_INT(id), db_text(login), db_text(str_lower(a, login)),
				db_text(name), db_text(description), DB_INT(store_now(s))),
			NULL);
	return status == DB_OK ? org_by_login(s, a, login, out) : status;
}

enum db_status org_list(
	struct store *s, struct arena *a, int64_t after, size_t max, struct org **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct org, max);
	*n = 0;
	db_query(&r, s->db, STMT_ORG_LIST, DB_ARGS(DB_INT(after), DB_INT(max)));
	while (*n < max && db_next(&r))
		org_from_row(&r, 0, a, &(*out)[(*n)++]);
	db_end(&r);
	return r.status;
}

enum db_status org_delete(struct store *s, int64_t id)
{
	static const enum stmt steps[] = {STMT_ORG_DELETE_TEAM_MEMBERS, STMT_ORG_DELETE_TEAMS,
		STMT_ORG_DELETE_MEMBERS, STMT_ORG_DELETE};
	enum db_status status = DB_OK;

	for (size_t i = 0; i < sizeof steps / sizeof steps[0] && status == DB_OK; i++)
		status = db_exec(s->db, steps[i], DB_ARGS(DB_INT(id)), NULL);
	return status;
}

enum db_status org_member_put(
	struct store *s, int64_t org_id, int64_t account_id, bool admin, bool is_public)
{
	return db_exec(s->db, STMT_ORG_MEMBER_PUT,
		DB_ARGS(DB_INT(org_id), DB_INT(account_id), DB_INT(admin), DB_INT(is_public),
			DB_INT(store_now(s))),
		NULL);
}

enum db_status org_member_get(
	struct store *s, int64_t org_id, int64_t account_id, struct org_member *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_ORG_MEMBER_GET, DB_ARGS(DB_INT(org_id), DB_INT(account_id)));
	bool found = db_next(&r);

	if (found)
		*out = (struct org_member){
			.admin = db_int(&r, 0) != 0, .is_public = db_int(&r, 1) != 0};
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status org_member_remove(struct store *s, int64_t org_id, int64_t account_id)
{
	size_t removed = 0;
	enum db_status status = db_exec(s->db, STMT_ORG_MEMBER_LEAVE_TEAMS,
		DB_ARGS(DB_INT(org_id), DB_INT(account_id)), NULL);

	if (status == DB_OK)
		status = db_exec(s->db, STMT_ORG_MEMBER_DELETE,
			DB_ARGS(DB_INT(org_id), DB_INT(account_id)), &removed);
	return status == DB_OK && removed == 0 ? DB_NONE : status;
}

enum db_status org_member_list(
	struct store *s, struct arena *a, int64_t org_id, struct org_member **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct org_member, ORG_LIST_MAX);
	*n = 0;
	db_query(&r, s->db, STMT_ORG_MEMBER_LIST,
		DB_ARGS(DB_INT(org_id), DB_INT(0), DB_INT(ORG_LIST_MAX)));
	while (*n < ORG_LIST_MAX && db_next(&r)) {
		struct org_member *m = &(*out)[(*n)++];

		m->admin = db_int(&r, 0) != 0;
		m->is_public = db_int(&r, 1) != 0;
		account_from_row(&r, 2, a, &m->account);
	}
	db_end(&r);
	return r.status;
}

enum db_status org_admin_count(struct store *s, int64_t org_id, int64_t *n)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_ORG_ADMIN_COUNT, DB_ARGS(DB_INT(org_id)));
	*n = db_next(&r) ? db_int(&r, 0) : 0;
	db_end(&r);
	return r.status;
}

enum db_status org_list_of_account(struct store *s, struct arena *a, int64_t account_id,
	bool public_only, struct org_membership **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct org_membership, ORG_LIST_MAX);
	*n = 0;
	db_query(&r, s->db, STMT_ORG_OF_ACCOUNT,
		DB_ARGS(DB_INT(account_id), DB_INT(public_only), DB_INT(ORG_LIST_MAX)));
	while (*n < ORG_LIST_MAX && db_next(&r)) {
		struct org_membership *m = &(*out)[(*n)++];

		m->admin = db_int(&r, 0) != 0;
		m->is_public = db_int(&r, 1) != 0;
		org_from_row(&r, 2, a, &m->org);
	}
	db_end(&r);
	return r.status;
}
