#include "store/account.h"

#include "store/org.h"
#include "store/rows.h"

/* The columns of ACCOUNT_COLUMNS in statements.def, from `at`. */
void account_from_row(const struct db_rows *r, int at, struct arena *a, struct account *out)
{
	*out = (struct account){
		.id = db_int(r, at),
		.login = db_str(r, at + 1, a),
		.name = db_str(r, at + 2, a),
		.password_hash = db_str(r, at + 3, a),
		.site_admin = db_int(r, at + 4) != 0,
		.primary_verified = db_int(r, at + 5) != 0,
		.suspended_at = db_int(r, at + 6),
		.created_at = db_int(r, at + 7),
		.updated_at = db_int(r, at + 8),
	};
}

static enum db_status read_one(
	struct store *s, struct arena *a, enum stmt stmt, struct db_value key, struct account *out)
{
	struct db_rows r;

	db_query(&r, s->db, stmt, &key, 1);
	bool found = db_next(&r);

	if (found)
		account_from_row(&r, 0, a, out);
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status account_by_id(struct store *s, struct arena *a, int64_t id, struct account *out)
{
	return read_one(s, a, STMT_ACCOUNT_BY_ID, DB_INT(id), out);
}

enum db_status account_by_login(
	struct store *s, struct arena *a, struct str login, struct account *out)
{
	return read_one(s, a, STMT_ACCOUNT_BY_LOGIN, db_text(str_lower(a, login)), out);
}

enum db_status account_by_login_or_email(
	struct store *s, struct arena *a, struct str text, struct account *out)
{
	if (!str_has_char(text, '@'))
		return account_by_login(s, a, text, out);
	return read_one(s, a, STMT_ACCOUNT_BY_EMAIL, db_text(str_lower(a, text)), out);
}

static enum db_status check_free(
	struct store *s, struct arena *a, struct str login, struct str email, bool *login_taken)
{
	struct account other;
	struct org org;

	*login_taken = false;
	enum db_status status = account_by_login(s, a, login, &other);

	if (status == DB_NONE)
		status = org_by_login(s, a, login, &org);
	if (status == DB_OK)
		*login_taken = true;
	if (status == DB_NONE)
		status =
			read_one(s, a, STMT_ACCOUNT_BY_EMAIL, db_text(str_lower(a, email)), &other);
	return status == DB_NONE ? DB_OK : status == DB_OK ? DB_CONFLICT : status;
}

enum db_status account_create(struct store *s, struct arena *a, struct str login, struct str name,
	struct str email, bool verified, struct str password_hash, bool site_admin,
	struct account *out, bool *login_taken)
{
	int64_t id = 0, now = store_now(s);
	enum db_status status = check_free(s, a, login, email, login_taken);

	if (status == DB_OK)
		status = store_next_small_id(s, "account", &id);
	if (status == DB_OK)
		status = db_exec(s->db, STMT_ACCOUNT_INSERT,
			DB_ARGS(DB_INT(id), db_text(login), db_text(str_lower(a, login)),
				db_text(name), db_text(password_hash), DB_INT(site_admin),
				DB_INT(now)),
			NULL);
	if (status == DB_OK)
		status = db_exec(s->db, STMT_EMAIL_INSERT,
			DB_ARGS(DB_INT(id), db_text(email), db_text(str_lower(a, email)), DB_INT(1),
				db_time(verified ? now : 0), DB_INT(now)),
			NULL);
	if (status == DB_OK && verified)
		status = db_exec(
			s->db, STMT_ACCOUNT_SET_VERIFIED, DB_ARGS(DB_INT(id), DB_INT(1)), NULL);
	return status == DB_OK ? account_by_id(s, a, id, out) : status;
}

enum db_status account_list(struct store *s, struct arena *a, int64_t after, size_t max,
	struct account **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct account, max);
	*n = 0;
	db_query(&r, s->db, STMT_ACCOUNT_LIST, DB_ARGS(DB_INT(after), DB_INT(max)));
	while (*n < max && db_next(&r))
		account_from_row(&r, 0, a, &(*out)[(*n)++]);
	db_end(&r);
	return r.status;
}

enum db_status account_set_password(struct store *s, int64_t id, struct str password_hash)
{
	return db_exec(s->db, STMT_ACCOUNT_SET_PASSWORD,
		DB_ARGS(DB_INT(id), db_text(password_hash), DB_INT(store_now(s))), NULL);
}

enum db_status account_set_name(struct store *s, int64_t id, struct str name)
{
	return db_exec(s->db, STMT_ACCOUNT_SET_NAME,
		DB_ARGS(DB_INT(id), db_text(name), DB_INT(store_now(s))), NULL);
}

enum db_status account_set_suspended(struct store *s, int64_t id, bool suspended)
{
	int64_t now = store_now(s);

	return db_exec(s->db, STMT_ACCOUNT_SET_SUSPENDED,
		DB_ARGS(DB_INT(id), db_time(suspended ? now : 0), DB_INT(now)), NULL);
}

enum db_status account_set_admin(struct store *s, int64_t id, bool site_admin)
{
	return db_exec(s->db, STMT_ACCOUNT_SET_ADMIN,
		DB_ARGS(DB_INT(id), DB_INT(site_admin), DB_INT(store_now(s))), NULL);
}

enum db_status email_list(
	struct store *s, struct arena *a, int64_t account_id, struct email **out, size_t *n)
{
	enum { MOST = 100 }; /* EMAIL_LIST's LIMIT */
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct email, MOST);
	*n = 0;
	db_query(&r, s->db, STMT_EMAIL_LIST, DB_ARGS(DB_INT(account_id)));
	while (*n < MOST && db_next(&r))
		(*out)[(*n)++] = (struct email){
			db_str(&r, 0, a), db_int(&r, 1) != 0, db_int(&r, 2) != 0, db_int(&r, 3)};
	db_end(&r);
	return r.status;
}

enum db_status email_verify(
	struct store *s, struct arena *a, int64_t account_id, struct str address)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_EMAIL_VERIFY,
		DB_ARGS(DB_INT(account_id), db_text(str_lower(a, address)), DB_INT(store_now(s))));
	bool found = db_next(&r), primary = found && db_int(&r, 0) != 0;

	db_end(&r);
	if (r.status != DB_OK || !found)
		return r.status != DB_OK ? r.status : DB_NONE;
	return primary ? db_exec(s->db, STMT_ACCOUNT_SET_VERIFIED,
				 DB_ARGS(DB_INT(account_id), DB_INT(1)), NULL)
		       : DB_OK;
}
