/* Deleting an account with all that is its own. */
#include "store/account.h"
#include "store/app.h"
#include "store/audit.h"
#include "store/grant.h"
#include "store/org.h"

static enum db_status delete_apps(struct store *s, struct arena *a, int64_t id)
{
	enum db_status status = DB_OK;
	size_t n = 1;

	while (n > 0 && status == DB_OK) {
		struct app *apps;

		status = app_list_of_owner(s, a, id, &apps, &n);
		for (size_t i = 0; i < n && status == DB_OK; i++)
			status = app_delete(s, apps[i].id);
	}
	return status;
}

/* Is there another member? */
static enum db_status has_company(struct store *s, int64_t org_id, bool *out)
{
	struct db_rows r;
	int members = 0;

	db_query(&r, s->db, STMT_ORG_MEMBER_LIST, DB_ARGS(DB_INT(org_id), DB_INT(0), DB_INT(2)));
	while (db_next(&r))
		members++;
	db_end(&r);
	*out = members > 1;
	return r.status;
}

static enum db_status leave(struct store *s, int64_t org_id, int64_t id)
{
	bool company = true;
	enum db_status status = has_company(s, org_id, &company);

	if (status != DB_OK)
		return status;
	return company ? org_member_remove(s, org_id, id) : org_delete(s, org_id);
}

static enum db_status leave_orgs(struct store *s, struct arena *a, int64_t id)
{
	enum db_status status = DB_OK;
	size_t n = 1;

	while (n > 0 && status == DB_OK) {
		struct org_membership *orgs;

		status = org_list_of_account(s, a, id, false, &orgs, &n);
		for (size_t i = 0; i < n && status == DB_OK; i++)
			status = leave(s, orgs[i].org.id, id);
	}
	return status;
}

enum db_status account_delete(struct store *s, struct arena *a, int64_t id)
{
	static const enum stmt stmts[] = {STMT_EMAIL_DELETE_ALL, STMT_SESSION_DELETE_ALL,
		STMT_TWO_FACTOR_DELETE, STMT_RECOVERY_DELETE_ALL, STMT_TRANSFER_DELETE_TO,
		STMT_REGISTRATION_TOKEN_DELETE_OWNER, STMT_ISSUER_LINK_DELETE_ACCOUNT,
		STMT_ACCOUNT_DELETE};
	enum db_status status = delete_apps(s, a, id);

	if (status == DB_OK)
		status = leave_orgs(s, a, id);
	if (status == DB_OK)
		status = audit_erase(s, a, id);
	/* Who counts an app's users is not to find this one. */
	if (status == DB_OK)
		status = grant_revoke_all(s, id, "operator");
	for (size_t i = 0; i < sizeof stmts / sizeof stmts[0] && status == DB_OK; i++)
		status = db_exec(s->db, stmts[i], DB_ARGS(DB_INT(id)), NULL);
	return status;
}
