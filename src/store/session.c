/* Browser sessions. The cookie carries the row's masked id and a secret; the row its hash. */
#include "store/account.h"
#include "store/logout.h"
#include "store/rows.h"

enum { LIST_MAX = 100 }; /* SESSION_LIST's LIMIT */

enum db_status session_begin(struct store *s, int64_t account_id, int64_t lifetime_s,
	const struct session_fields *f, char cookie[SESSION_TEXT_LEN + 1])
{
	uint64_t id;
	uint8_t hash[SHA256_LEN];
	int64_t now = store_now(s);
	enum db_status status = store_next_id(s, &id);

	if (status != DB_OK)
		return status;
	session_generate(s->random, &s->locator, id, cookie);
	sha256((struct str){cookie, SESSION_TEXT_LEN}, hash);
	return db_exec(s->db, STMT_SESSION_INSERT,
		DB_ARGS(DB_INT(id), DB_BYTES(hash, sizeof hash), DB_INT(account_id), DB_INT(now),
			DB_INT(now + lifetime_s), db_text(f->address), db_text(f->user_agent),
			db_text(str_from(f->amr))),
		NULL);
}

enum db_status session_renew(struct store *s, uint64_t id, int64_t account_id, int64_t lifetime_s,
	const struct session_fields *f, char cookie[SESSION_TEXT_LEN + 1])
{
	uint8_t hash[SHA256_LEN];
	size_t renewed;
	int64_t now = store_now(s);

	session_generate(s->random, &s->locator, id, cookie);
	sha256((struct str){cookie, SESSION_TEXT_LEN}, hash);
	enum db_status status = db_exec(s->db, STMT_SESSION_RENEW,
		DB_ARGS(DB_INT(id), DB_INT(account_id), DB_BYTES(hash, sizeof hash), DB_INT(now),
			DB_INT(now + lifetime_s), db_text(f->address), db_text(f->user_agent),
			db_text(str_from(f->amr))),
		&renewed);

	return status == DB_OK && renewed == 0 ? DB_NONE : status;
}

static bool is_live(const struct session *session, int64_t ended_at, int64_t now, int64_t idle_s)
{
	return ended_at == 0 && now < session->expires_at && now < session->seen_at + idle_s;
}

enum db_status session_read(struct store *s, struct arena *a, struct str cookie, int64_t idle_s,
	struct session *out, struct account *account)
{
	uint64_t id;
	uint8_t hash[SHA256_LEN], stored[SHA256_LEN];
	struct db_rows r;

	if (!session_locate(&s->locator, cookie, &id))
		return DB_NONE;
	sha256(cookie, hash);
	db_query(&r, s->db, STMT_SESSION_READ, DB_ARGS(DB_INT(id)));
	bool good = db_next(&r) && db_bytes(&r, 0, stored, sizeof stored) &&
		    ct_equal(stored, hash, sizeof hash);

	if (good) {
		*out = (struct session){.id = id,
			.created_at = db_int(&r, 1),
			.seen_at = db_int(&r, 2),
			.expires_at = db_int(&r, 3),
			.amr = db_str(&r, 5, a),
			.auth_time = db_int(&r, 6),
			.auth_n = db_int(&r, 7)};
		good = is_live(out, db_int(&r, 4), store_now(s), idle_s);
		account_from_row(&r, 8, a, account);
	}
	db_end(&r);
	return r.status != DB_OK ? r.status : good ? DB_OK : DB_NONE;
}

enum db_status session_lives(struct store *s, uint64_t id, bool *lives)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_SESSION_STATE, DB_ARGS(DB_INT(id)));
	*lives = db_next(&r) && store_now(s) < db_int(&r, 0) && db_int(&r, 1) == 0;
	db_end(&r);
	return r.status;
}

enum db_status session_touch(struct store *s, uint64_t id, struct str address)
{
	return db_exec(s->db, STMT_SESSION_TOUCH,
		DB_ARGS(DB_INT(id), DB_INT(store_now(s)), db_text(address)), NULL);
}

enum db_status session_end(struct store *s, int64_t account_id, uint64_t id)
{
	size_t ended;
	enum db_status status = db_exec(s->db, STMT_SESSION_END,
		DB_ARGS(DB_INT(id), DB_INT(account_id), DB_INT(store_now(s))), &ended);

	if (status == DB_OK && ended)
		status = logout_put(s, STMT_SESSION_APP_LIST, DB_ARGS(DB_INT(id)));
	return status != DB_OK ? status : ended ? DB_OK : DB_NONE;
}

enum db_status session_end_others(struct store *s, int64_t account_id, uint64_t except)
{
	enum db_status status = logout_put(
		s, STMT_SESSION_APP_LIST_OTHERS, DB_ARGS(DB_INT(account_id), DB_INT(except)));

	if (status != DB_OK)
		return status;
	return db_exec(s->db, STMT_SESSION_END_OTHERS,
		DB_ARGS(DB_INT(account_id), DB_INT(except), DB_INT(store_now(s))), NULL);
}

enum db_status session_list(struct store *s, struct arena *a, int64_t account_id, int64_t idle_s,
	struct session **out, size_t *n)
{
	struct db_rows r;
	int64_t now = store_now(s);

	*out = ARENA_ARRAY(a, struct session, LIST_MAX);
	*n = 0;
	db_query(&r, s->db, STMT_SESSION_LIST,
		DB_ARGS(DB_INT(account_id), DB_INT(now), DB_INT(now - idle_s)));
	while (*n < LIST_MAX && db_next(&r))
		(*out)[(*n)++] = (struct session){.id = (uint64_t)db_int(&r, 0),
			.created_at = db_int(&r, 1),
			.seen_at = db_int(&r, 2),
			.address = db_str(&r, 3, a),
			.user_agent = db_str(&r, 4, a)};
	db_end(&r);
	return r.status;
}
