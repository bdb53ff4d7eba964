#include "store/pushed_request.h"

enum { REFERENCE_BYTES = 32 };

enum db_status pushed_request_create(struct store *s, struct arena *a, int64_t app_id,
	struct str request, int64_t lifetime_s, struct str *reference)
{
	uint8_t raw[REFERENCE_BYTES], hash[SHA256_LEN];
	int64_t now = store_now(s);

	random_bytes(s->random, raw, sizeof raw);
	*reference = base64url_encode(a, raw, sizeof raw);
	wipe(raw, sizeof raw);
	sha256(*reference, hash);

	return db_exec(s->db, STMT_PUSHED_INSERT,
		DB_ARGS(DB_BYTES(hash, sizeof hash), DB_INT(app_id), db_text(request), DB_INT(now),
			DB_INT(now + lifetime_s), DB_INT(store_fence(s))),
		NULL);
}

enum db_status pushed_request_read(
	struct store *s, struct arena *a, struct str reference, struct pushed_request *out)
{
	uint8_t hash[SHA256_LEN];
	struct db_rows r;

	sha256(reference, hash);
	*out = (struct pushed_request){.request = STR("")};
	db_query(&r, s->db, STMT_PUSHED_READ, DB_ARGS(DB_BYTES(hash, sizeof hash)));
	bool found = db_next(&r);

	if (found)
		*out = (struct pushed_request){db_int(&r, 0), db_str(&r, 1, a), db_int(&r, 2),
			db_int(&r, 3), db_int(&r, 4), db_int(&r, 5),
			store_is_fenced(s, db_int(&r, 6))};
	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status pushed_request_open(struct store *s, struct str reference, int64_t open_s)
{
	uint8_t hash[SHA256_LEN];
	int64_t now = store_now(s);

	sha256(reference, hash);
	return db_exec(s->db, STMT_PUSHED_OPEN,
		DB_ARGS(DB_BYTES(hash, sizeof hash), DB_INT(now), DB_INT(now + open_s)), NULL);
}

enum db_status pushed_request_use(struct store *s, struct str reference)
{
	uint8_t hash[SHA256_LEN];
	size_t changed;

	sha256(reference, hash);
	enum db_status status = db_exec(s->db, STMT_PUSHED_USE,
		DB_ARGS(DB_BYTES(hash, sizeof hash), DB_INT(store_now(s))), &changed);

	return status != DB_OK ? status : changed ? DB_OK : DB_NONE;
}

static enum db_status count(struct db_rows *r, int64_t *n)
{
	*n = db_next(r) ? db_int(r, 0) : 0;
	db_end(r);
	return r->status;
}

enum db_status pushed_request_count_of_app(
	struct store *s, int64_t app_id, int64_t most, int64_t *n)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_PUSHED_COUNT_OF_APP,
		DB_ARGS(DB_INT(app_id), DB_INT(store_now(s)), DB_INT(most)));
	return count(&r, n);
}

enum db_status pushed_request_count(struct store *s, int64_t most, int64_t *n)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_PUSHED_COUNT, DB_ARGS(DB_INT(store_now(s)), DB_INT(most)));
	return count(&r, n);
}
