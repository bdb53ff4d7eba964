/* The tokens of a grant. An index on the token table would cost a random page write for every
 * exchange (DESIGN section 4), so the list is kept here and written when the person agrees. */
#include "store/grant.h"

enum { SLOTS_READ = 400, HOUR = 3600, USE_COARSE_S = 86400 };

struct slots {
	uint64_t live[SLOTS_READ]; /* oldest first */
	size_t live_n;
	int64_t recent, last_position;
};

struct slot_row {
	uint64_t token_id;
	struct str scopes;
	int64_t created_at, revoked_at, position;
	bool exists;
};

static enum db_status read_rows(
	struct store *s, struct arena *a, uint64_t grant_id, struct slot_row **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct slot_row, SLOTS_READ);
	*n = 0;
	db_query(&r, s->db, STMT_GRANT_TOKEN_LIST, DB_ARGS(DB_INT(grant_id), DB_INT(SLOTS_READ)));
	while (*n < SLOTS_READ && db_next(&r))
		(*out)[(*n)++] = (struct slot_row){.token_id = (uint64_t)db_int(&r, 0),
			.scopes = db_str(&r, 1, a),
			.created_at = db_int(&r, 2),
			.exists = db_int(&r, 3) != 0,
			.revoked_at = db_int(&r, 4),
			.position = db_int(&r, 5)};
	db_end(&r);
	return r.status;
}

/* A place whose token was revoked, or never came, is given up once nobody counts it any more. */
static bool is_over(const struct slot_row *row, int64_t now, int64_t pending_s)
{
	bool dead = row->exists ? row->revoked_at != 0 : now >= row->created_at + pending_s;

	return dead && now >= row->created_at + HOUR;
}

static bool is_live(const struct slot_row *row, int64_t now, int64_t pending_s)
{
	return row->exists ? row->revoked_at == 0 : now < row->created_at + pending_s;
}

static enum db_status look(struct store *s, struct arena *a, uint64_t grant_id, struct str scopes,
	int64_t pending_s, bool clear, struct slots *out)
{
	struct slot_row *rows;
	size_t n;
	int64_t now = store_now(s);
	enum db_status status = read_rows(s, a, grant_id, &rows, &n);

	*out = (struct slots){.live_n = 0};
	for (size_t i = 0; i < n && status == DB_OK; i++) {
		out->last_position = rows[i].position;
		if (clear && is_over(&rows[i], now, pending_s))
			status = db_exec(s->db, STMT_GRANT_TOKEN_DELETE,
				DB_ARGS(DB_INT(grant_id), DB_INT(rows[i].token_id)), NULL);
		if (!str_eq(rows[i].scopes, scopes))
			continue;
		out->recent += now < rows[i].created_at + HOUR;
		if (is_live(&rows[i], now, pending_s))
			out->live[out->live_n++] = rows[i].token_id;
	}
	return status;
}

enum db_status token_slot_take(struct store *s, struct arena *a, uint64_t grant_id,
	struct str scopes, int64_t limit, int64_t pending_s, struct token_slot *out)
{
	struct slots *slots = ARENA_NEW(a, struct slots);
	enum db_status status = look(s, a, grant_id, scopes, pending_s, true, slots);

	*out = (struct token_slot){.recent = slots->recent + 1};
	/* Places before this one that still wait for their token have each claimed one to push out.
	 */
	if (limit > 0 && slots->live_n >= (size_t)limit)
		out->evict_token_id = slots->live[slots->live_n - (size_t)limit];
	if (status == DB_OK)
		status = store_next_id(s, &out->token_id);
	if (status != DB_OK)
		return status;
	return db_exec(s->db, STMT_GRANT_TOKEN_INSERT,
		DB_ARGS(DB_INT(grant_id), DB_INT(out->token_id), db_text(scopes),
			DB_INT(store_now(s)), DB_INT(slots->last_position + 1)),
		NULL);
}

enum db_status token_slots_recent(
	struct store *s, struct arena *a, uint64_t grant_id, struct str scopes, int64_t *n)
{
	struct slots *slots = ARENA_NEW(a, struct slots);
	enum db_status status = look(s, a, grant_id, scopes, 0, false, slots);

	*n = slots->recent;
	return status;
}

enum db_status token_slot_move(struct store *s, uint64_t grant_id, uint64_t from, uint64_t to)
{
	return db_exec(s->db, STMT_GRANT_TOKEN_MOVE,
		DB_ARGS(DB_INT(grant_id), DB_INT(from), DB_INT(to)), NULL);
}

enum db_status token_use_put(struct store *s, uint64_t id, int64_t at)
{
	return db_exec(s->db, STMT_TOKEN_USE_PUT,
		DB_ARGS(DB_INT(id), DB_INT(at), DB_INT(at - USE_COARSE_S)), NULL);
}

enum db_status token_use_get(struct store *s, uint64_t id, int64_t *used_at)
{
	struct db_rows r;

	db_query(&r, s->db, STMT_TOKEN_USE_GET, DB_ARGS(DB_INT(id)));
	*used_at = db_next(&r) ? db_int(&r, 0) : 0;
	db_end(&r);
	return r.status;
}
