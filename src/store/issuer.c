#include "store/issuer.h"

#include <string.h>

#include "base/limits.h"
#include "store/rows.h"

static const char *const subjects[ISSUER_SUBJECTS] = {
	[SUBJECT_IS_LOGIN] = "login",
	[SUBJECT_IS_EMAIL] = "email",
	[SUBJECT_IS_LINK] = "link",
};

const char *issuer_subject_word(enum issuer_subject s)
{
	return subjects[s];
}

bool issuer_subject_find(struct str word, enum issuer_subject *out)
{
	for (int i = 0; i < ISSUER_SUBJECTS; i++) {
		if (!str_eq_c(word, subjects[i]))
			continue;
		*out = (enum issuer_subject)i;
		return true;
	}
	return false;
}

static unsigned read_algs(struct str words)
{
	unsigned algs = 0;
	struct str word;

	while (str_next(&words, ' ', &word))
		algs |= JOSE_BIT(jose_alg_of(word));
	return algs & JOSE_ASYMMETRIC;
}

static void read_row(const struct db_rows *r, struct arena *a, struct issuer *out)
{
	*out = (struct issuer){.issuer = db_str(r, 0, a),
		.jwks = db_str(r, 1, a),
		.jwks_uri = db_str(r, 2, a),
		.algs = read_algs(db_str(r, 3, a)),
		.scopes = db_str(r, 5, a),
		.any_app = db_int(r, 6) != 0,
		.created_at = db_int(r, 7),
		.updated_at = db_int(r, 8)};
	issuer_subject_find(db_str(r, 4, a), &out->subject);
}

static enum db_status one_changed(enum db_status status, size_t changed, enum db_status otherwise)
{
	return status != DB_OK ? status : changed ? DB_OK : otherwise;
}

static enum db_status write_row(struct store *s, struct arena *a, enum stmt stmt,
	const struct issuer *i, enum db_status otherwise)
{
	size_t changed = 0;
	enum db_status status = db_exec(s->db, stmt,
		DB_ARGS(db_text(i->issuer), db_text(i->jwks), db_text(i->jwks_uri),
			db_text(jose_alg_words(a, i->algs, " ")),
			db_text(str_from(subjects[i->subject])), db_text(i->scopes),
			DB_INT(i->any_app), DB_INT(store_now(s))),
		&changed);

	return one_changed(status, changed, otherwise);
}

enum db_status issuer_create(struct store *s, struct arena *a, const struct issuer *i)
{
	return write_row(s, a, STMT_ISSUER_INSERT, i, DB_CONFLICT);
}

enum db_status issuer_update(struct store *s, struct arena *a, const struct issuer *i)
{
	return write_row(s, a, STMT_ISSUER_UPDATE, i, DB_NONE);
}

enum db_status issuer_read(struct store *s, struct arena *a, struct str issuer, struct issuer *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_ISSUER_READ, DB_ARGS(db_text(issuer)));
	bool found = db_next(&r);

	if (found)
		read_row(&r, a, out);
	db_end(&r);
	return one_changed(r.status, found, DB_NONE);
}

enum db_status issuer_list(struct store *s, struct arena *a, struct str after, size_t max,
	struct issuer **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct issuer, max);
	*n = 0;
	db_query(&r, s->db, STMT_ISSUER_LIST, DB_ARGS(db_text(after), DB_INT(max)));
	while (*n < max && db_next(&r))
		read_row(&r, a, &(*out)[(*n)++]);
	db_end(&r);
	return r.status;
}

enum db_status issuer_delete(struct store *s, struct str issuer)
{
	size_t changed = 0;
	enum db_status status =
		db_exec(s->db, STMT_ISSUER_APP_DELETE, DB_ARGS(db_text(issuer)), NULL);

	if (status == DB_OK)
		status =
			db_exec(s->db, STMT_ISSUER_LINK_DELETE_ALL, DB_ARGS(db_text(issuer)), NULL);
	if (status == DB_OK)
		status = db_exec(s->db, STMT_ISSUER_DELETE, DB_ARGS(db_text(issuer)), &changed);
	return one_changed(status, changed, DB_NONE);
}

enum db_status issuer_set_apps(
	struct store *s, struct str issuer, const int64_t *app_ids, size_t app_ids_n)
{
	enum db_status status =
		db_exec(s->db, STMT_ISSUER_APP_DELETE, DB_ARGS(db_text(issuer)), NULL);

	for (size_t i = 0; i < app_ids_n && status == DB_OK; i++)
		status = db_exec(s->db, STMT_ISSUER_APP_PUT,
			DB_ARGS(db_text(issuer), DB_INT(app_ids[i])), NULL);
	return status;
}

enum db_status issuer_serves(struct store *s, const struct issuer *i, int64_t app_id)
{
	struct db_rows r;

	if (i->any_app)
		return DB_OK;
	db_query(&r, s->db, STMT_ISSUER_APP_READ, DB_ARGS(db_text(i->issuer), DB_INT(app_id)));
	bool found = db_next(&r);

	db_end(&r);
	return one_changed(r.status, found, DB_NONE);
}

enum db_status issuer_apps(
	struct store *s, struct arena *a, struct str issuer, struct str **client_ids, size_t *n)
{
	struct db_rows r;

	*client_ids = ARENA_ARRAY(a, struct str, LIMIT_ISSUER_APPS);
	*n = 0;
	db_query(&r, s->db, STMT_ISSUER_APP_LIST,
		DB_ARGS(db_text(issuer), DB_INT(LIMIT_ISSUER_APPS)));
	while (*n < LIMIT_ISSUER_APPS && db_next(&r))
		(*client_ids)[(*n)++] = db_str(&r, 0, a);
	db_end(&r);
	return r.status;
}

enum db_status issuer_link_put(
	struct store *s, struct str issuer, struct str subject, int64_t account_id)
{
	return db_exec(s->db, STMT_ISSUER_LINK_PUT,
		DB_ARGS(db_text(issuer), db_text(subject), DB_INT(account_id)), NULL);
}

enum db_status issuer_link_delete(struct store *s, struct str issuer, struct str subject)
{
	size_t changed = 0;
	enum db_status status = db_exec(s->db, STMT_ISSUER_LINK_DELETE,
		DB_ARGS(db_text(issuer), db_text(subject)), &changed);

	return one_changed(status, changed, DB_NONE);
}

enum db_status issuer_link_list(struct store *s, struct arena *a, struct str issuer,
	struct str after, size_t max, struct issuer_link **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct issuer_link, max);
	*n = 0;
	db_query(&r, s->db, STMT_ISSUER_LINK_LIST,
		DB_ARGS(db_text(issuer), db_text(after), DB_INT(max)));
	while (*n < max && db_next(&r))
		(*out)[(*n)++] = (struct issuer_link){db_str(&r, 0, a), db_str(&r, 1, a)};
	db_end(&r);
	return r.status;
}

/* An address that nobody has proven could be anybody's. */
static enum db_status account_by_verified_address(
	struct store *s, struct arena *a, struct str address, struct account *out)
{
	struct str wanted = str_lower(a, address);
	struct email *emails;
	size_t n;
	enum db_status status = str_has_char(address, '@')
					? account_by_login_or_email(s, a, address, out)
					: DB_NONE;

	if (status == DB_OK)
		status = email_list(s, a, out->id, &emails, &n);
	if (status != DB_OK)
		return status;
	for (size_t i = 0; i < n; i++)
		if (emails[i].verified_at && str_eq(str_lower(a, emails[i].address), wanted))
			return DB_OK;
	return DB_NONE;
}

static enum db_status account_by_link(struct store *s, struct arena *a, struct str issuer,
	struct str subject, struct account *out)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_ISSUER_LINK_READ, DB_ARGS(db_text(issuer), db_text(subject)));
	int64_t id = db_next(&r) ? db_int(&r, 0) : 0;

	db_end(&r);
	if (r.status != DB_OK)
		return r.status;
	return id ? account_by_id(s, a, id, out) : DB_NONE;
}

enum db_status issuer_account(struct store *s, struct arena *a, const struct issuer *i,
	struct str subject, struct account *out)
{
	enum db_status status = DB_NONE;

	switch (i->subject) {
	case SUBJECT_IS_LOGIN:
		status =
			str_has_char(subject, '@') ? DB_NONE : account_by_login(s, a, subject, out);
		break;
	case SUBJECT_IS_EMAIL:
		status = account_by_verified_address(s, a, subject, out);
		break;
	case SUBJECT_IS_LINK:
		status = account_by_link(s, a, i->issuer, subject, out);
		break;
	case ISSUER_SUBJECTS:
		break;
	}
	/* The account of apps is nobody. */
	return status == DB_OK && out->id <= 0 ? DB_NONE : status;
}
