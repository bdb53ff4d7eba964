/* Two tables in the order of their key, side by side. */
#include <string.h>

#include "base/fail.h"
#include "store/move.h"

/* One of the two, read a batch at a time. */
struct side {
	struct db *db;
	const struct table *table;
	bool strict;
	struct arena rows, key;
	struct bulk batch;
	size_t at;
	size_t mended;
};

static void side_begin(
	struct side *s, struct db *db, const struct table *t, bool strict, jmp_buf *escape)
{
	*s = (struct side){.db = db, .table = t, .strict = strict};
	arena_init(&s->rows, BULK_ARENA);
	arena_init(&s->key, BULK_ARENA);
	s->rows.escape = s->key.escape = escape;
}

static void side_end(struct side *s)
{
	arena_release(&s->rows);
	arena_release(&s->key);
}

static bool side_is_spent(const struct side *s)
{
	return s->at == s->batch.n && !s->batch.last;
}

static enum db_status side_read(struct side *s)
{
	const struct db_value *after = NULL;

	if (s->batch.n) {
		arena_reset(&s->key);
		after = bulk_key(s->table, bulk_row(&s->batch, s->batch.n - 1), &s->key);
	}
	arena_reset(&s->rows);
	s->at = 0;
	enum db_status status = bulk_read(s->db, s->table, after, s->strict, &s->rows, &s->batch);

	s->mended += s->batch.mended;
	return status;
}

static const struct db_value *side_row(const struct side *s)
{
	return s->at < s->batch.n ? bulk_row(&s->batch, s->at) : NULL;
}

struct sync {
	struct move *move;
	const struct table *table;
	bool only_delete;
	struct side from, to;
	struct bulk insert; /* views into from.rows */
	struct arena arena;
	struct digest *found;
	uint64_t changed;
};

static enum db_status begin(struct sync *s)
{
	return db_begin_write_at(s->to.db, DB_LATEST);
}

/* Before the rows that wait are read over. */
static enum db_status flush(struct sync *s)
{
	enum db_status status = DB_OK;

	if (s->insert.n && !s->only_delete) {
		status = begin(s);
		if (status == DB_OK)
			status = bulk_insert(s->to.db, &s->insert);
		s->changed += s->insert.n;
	}
	s->insert.n = 0;
	if (status == DB_OK && FAIL_AT("move.batch"))
		status = DB_FAILED;
	if (status == DB_OK && db_is_writing(s->to.db))
		status = db_commit(s->to.db);
	if (status == DB_OK) {
		s->move->changed += s->changed;
		s->changed = 0;
	}
	return status;
}

static void want(struct sync *s, const struct db_value *row)
{
	size_t n = s->table->columns_n;

	memcpy(&s->insert.rows[s->insert.n++ * n], row, n * sizeof *row);
}

static enum db_status take_away(struct sync *s, const struct db_value *row)
{
	enum db_status status = begin(s);

	s->changed++;
	return status == DB_OK ? bulk_delete(s->to.db, s->table, row) : status;
}

/* One row of either, or of both. */
static enum db_status step(struct sync *s)
{
	const struct db_value *from = side_row(&s->from), *to = side_row(&s->to);
	int order = !from ? 1 : !to ? -1 : bulk_compare(s->table, from, to);
	enum db_status status = DB_OK;

	if (order > 0 || (order == 0 && !bulk_same(s->table, from, to)))
		status = take_away(s, to);
	if (order < 0 || (order == 0 && !bulk_same(s->table, from, to)))
		want(s, from);
	s->from.at += order <= 0;
	s->to.at += order >= 0;
	return status;
}

static enum db_status refill(struct sync *s)
{
	struct move *m = s->move;
	enum db_status status = DB_OK;

	if (side_is_spent(&s->from)) {
		status = flush(s);
		if (status == DB_OK)
			status = side_read(&s->from);
		digest_add(s->found, &s->from.batch);
		m->told.rows += s->from.batch.n;
		if (m->watch->tell)
			m->watch->tell(m->watch->context, &m->told);
	}
	if (status == DB_OK && side_is_spent(&s->to))
		status = side_read(&s->to);
	return status;
}

static enum db_status run(struct sync *s)
{
	enum db_status status = refill(s);

	while (status == DB_OK && (side_row(&s->from) || side_row(&s->to))) {
		status = step(s);
		while (status == DB_OK && (side_is_spent(&s->from) || side_is_spent(&s->to)))
			status = refill(s);
	}
	return status == DB_OK ? flush(s) : status;
}

enum db_status move_sync(
	struct move *m, const struct table *t, bool only_delete, struct digest *found)
{
	struct sync s = {.move = m, .table = t, .only_delete = only_delete, .found = found};

	*found = (struct digest){0};
	m->told.table = t->name;
	side_begin(&s.from, m->from, t, m->strict, m->arena->escape);
	side_begin(&s.to, m->to, t, false, m->arena->escape);
	arena_init(&s.arena, BULK_ARENA);
	s.arena.escape = m->arena->escape;
	s.insert = (struct bulk){.table = t,
		.rows = ARENA_ARRAY(&s.arena, struct db_value, BULK_ROWS * t->columns_n)};
	enum db_status status = run(&s);

	db_rollback(m->to);
	m->mended += s.from.mended;
	side_end(&s.from);
	side_end(&s.to);
	arena_release(&s.arena);
	return status;
}
