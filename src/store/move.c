#include "store/move.h"

#include <stdio.h>

#include "base/fail.h"
#include "store/driver.h"

enum { GUARD_TRIES = 20, GUARD_PAUSE_MS = 50 };

static bool fail(struct move *m, const char *sentence)
{
	if (!*m->problem)
		snprintf(m->problem, 256, "%s", sentence);
	return false;
}

static bool fail_table(struct move *m, const struct table *t, const char *what)
{
	snprintf(m->problem, 256, "table '%s' %s", t->name, what);
	return false;
}

/* The two schemas have to be the same, so that a row of one is a row of the other. */
static bool look_at_source(struct move *m, struct move_mark *mark)
{
	struct db_schema known;

	db_schema_known(false, &known);
	if (db_schema_read(m->from, &m->schema) != DB_OK || m->schema.n < known.n)
		return fail(m, "the schema of the database that is to be moved is not this "
			       "program's: bring it up to date first, with 'llavero migrate'");
	if (!tables_of(&m->schema, m->arena, &m->tables))
		return fail(m, "the schema is not understood");
	if (move_mark_read(m->from, mark) != DB_OK)
		return fail(m, "the database that is to be moved cannot be read");
	if (mark->state == MOVE_FILLING)
		return fail(m, "the database that is to be moved is not whole itself");
	if (mark->state == MOVE_NONE || strcmp(mark->other, m->to_name) == 0)
		return true;
	snprintf(m->problem, 256, "the database is moved to %.120s already, not to this one",
		mark->other);
	return false;
}

static bool same_schema(const struct db_schema *a, const struct db_schema *b)
{
	return a->n == b->n && memcmp(a->numbers, b->numbers, a->n * sizeof a->numbers[0]) == 0;
}

/* Empty, or filled by an earlier run of this very move, or served since then. */
static bool look_at_target(struct move *m, const struct move_mark *source)
{
	struct move_mark mark;
	struct db_schema schema;
	enum db_status status = db_schema_read(m->to, &schema);

	if (status == DB_FAILED || move_mark_read(m->to, &mark) != DB_OK)
		return fail(m, "the database to move to cannot be read");
	m->stands = source->state;
	m->resumed = mark.state == MOVE_FILLING;
	if (m->resumed && strcmp(mark.other, m->from_name) != 0) {
		snprintf(m->problem, 256, "the database to move to is being filled from %.120s",
			mark.other);
		return false;
	}
	if (m->resumed && !same_schema(&schema, &m->schema))
		return fail(m, "the schema of the two databases is not the same any more: begin "
			       "with an empty one");
	if (m->resumed || status == DB_CONFLICT || schema.n == 0)
		return status == DB_OK || fail(m, "the database to move to is of a newer llavero");
	m->done = source->state == MOVE_MOVED;
	if (m->done)
		return true;
	if (mark.state != MOVE_NONE || bulk_count(m->to, "instance") != 0)
		return fail(m, "the database to move to is not empty");
	return same_schema(&schema, &m->schema) ||
	       fail(m, "the database to move to has another schema: take an empty one");
}

bool move_look(struct move *m)
{
	struct move_mark source;

	*m->problem = '\0';
	if (strcmp(m->from_name, m->to_name) == 0)
		return fail(m, "that is one database, not two");
	m->strict = bulk_is_strict(m->to);
	if (!look_at_source(m, &source) || !look_at_target(m, &source))
		return false;
	for (size_t i = 0; i < m->tables.n; i++) {
		int64_t n = bulk_count(m->from, m->tables.all[i].name);

		if (n < 0)
			return fail_table(m, &m->tables.all[i], "cannot be read");
		m->told.rows_in_all += (uint64_t)n;
	}
	m->rows = m->told.rows_in_all;
	return true;
}

static bool done(struct move *m, enum db_status status, const char *sentence)
{
	return status == DB_OK || fail(m, sentence);
}

/* In one transaction: a target that has the schema has the mark too. */
bool move_begin(struct move *m)
{
	static const char cannot[] = "the database to move to cannot be written";
	struct move_mark mark = {MOVE_FILLING, "", clock_now_s(m->clock)};

	if (!done(m, db_be_patient(m->from), "the database cannot be read") ||
		!done(m, db_be_patient(m->to), cannot))
		return false;
	if (m->resumed)
		return true;
	snprintf(mark.other, sizeof mark.other, "%s", m->from_name);
	bool good = done(m, db_begin_schema(m->to, NULL), cannot) &&
		    done(m, db_make_schema(m->to, &m->schema), cannot) &&
		    done(m, move_mark_put(m->to, &mark), cannot) &&
		    done(m, db_commit(m->to), cannot);

	db_rollback(m->to);
	return good;
}

static void tell_of(struct move *m, const char *doing)
{
	m->told.doing = doing;
	m->told.rows = 0;
}

/* While the source is in use a unique key may be on its way from one row to another; the last pass
 * gets such a row. */
static bool copy_all(struct move *m)
{
	struct digest unused;

	for (size_t i = 0; i < m->tables.n; i++) {
		enum db_status status = move_sync(m, &m->tables.all[i], false, &unused);

		if (status != DB_OK && status != DB_CONFLICT)
			return fail_table(
				m, &m->tables.all[i], "cannot be copied; run it again to go on");
	}
	return true;
}

bool move_copy(struct move *m)
{
	tell_of(m, "copying");
	if (!copy_all(m))
		return false;
	m->mended = 0;
	tell_of(m, "catching up");
	return FAIL_AT("move.copied") ? fail(m, "stopped") : copy_all(m);
}

static enum db_status guard_all(struct db *db, const struct tables *t, bool on)
{
	enum db_status status = DB_OK;

	for (size_t i = 0; i < t->n && status == DB_OK; i++)
		status = db->driver->guard(db, t->all[i].name, on);
	return status;
}

/* The table of the mark is guarded too. */
static enum db_status change_mark(
	struct db *db, const struct tables *t, const struct move_mark *mark, bool guarded)
{
	enum db_status status = db_begin_schema(db, NULL);

	if (status == DB_OK)
		status = guard_all(db, t, false);
	if (status == DB_OK)
		status = move_mark_put(db, mark);
	if (status == DB_OK && guarded)
		status = guard_all(db, t, true);
	if (status == DB_OK)
		status = FAIL_AT("move.mark") ? DB_FAILED : db_commit(db);
	db_rollback(db);
	return status;
}

/* Whoever writes just now is let finish; a table that is held for long is asked for again. */
static enum db_status set_mark(struct move *m, enum move_state state)
{
	struct move_mark mark = {state, "", clock_now_s(m->clock)};
	enum db_status status = DB_RETRY;

	snprintf(mark.other, sizeof mark.other, "%s", m->to_name);
	for (int i = 0; i < GUARD_TRIES && status == DB_RETRY; i++)
		status = change_mark(m->from, &m->tables, &mark, state != MOVE_NONE);
	return status;
}

/* Nothing changes any more. Rows that have a unique key of another one go first. */
static bool sync_table(struct move *m, const struct table *t, struct digest *found)
{
	enum db_status status = move_sync(m, t, false, found);

	if (status == DB_CONFLICT && t->other_unique) {
		status = move_sync(m, t, true, found);
		if (status == DB_OK)
			status = move_sync(m, t, false, found);
	}
	return status == DB_OK || fail_table(m, t, "cannot be copied");
}

/* The target's rows as they are on its disk, whatever was written. */
static bool verify_table(struct move *m, const struct table *t, const struct digest *wanted)
{
	struct arena batch;
	struct digest found;

	arena_init(&batch, BULK_ARENA);
	batch.escape = m->arena->escape;
	bool good = digest_of(m->to, t, false, &batch, &found) == DB_OK;

	arena_release(&batch);
	if (!good)
		return fail_table(m, t, "cannot be read");
	m->rows += found.rows;
	return (digest_same(wanted, &found) && !FAIL_AT("move.differs")) ||
	       fail_table(m, t, "is not the same in both databases");
}

static bool sync_and_verify(struct move *m)
{
	m->mended = 0;
	m->rows = 0;
	tell_of(m, "comparing");
	for (size_t i = 0; i < m->tables.n; i++) {
		const struct table *t = &m->tables.all[i];
		struct digest wanted;

		if (!sync_table(m, t, &wanted))
			return false;
		if (FAIL_AT("move.synced"))
			return fail(m, "stopped");
		if (!verify_table(m, t, &wanted))
			return false;
	}
	return true;
}

bool move_close(struct move *m)
{
	int64_t begun = clock_monotonic_us();

	if (m->stands == MOVE_NONE &&
		!done(m, set_mark(m, MOVE_CLOSED), "the database cannot be closed to changes"))
		return false;
	bool good = !FAIL_AT("move.closed") && sync_and_verify(m);

	m->closed_us = clock_monotonic_us() - begun;
	if (good)
		return true;
	if (m->stands == MOVE_NONE)
		set_mark(m, MOVE_NONE);
	return fail(m, "stopped");
}

bool move_switch(struct move *m, void (*wait)(void))
{
	static const char cannot[] = "the database that has moved cannot be marked; run it again";
	static const char not_open[] = "the new database cannot be opened; run it again";
	const struct move_mark none = {MOVE_NONE, "", 0};

	if (m->stands != MOVE_MOVED && !done(m, set_mark(m, MOVE_MOVED), cannot))
		return false;
	if (FAIL_AT("move.moved"))
		return fail(m, not_open);
	wait();
	if (!done(m, db_begin_write(m->to), not_open))
		return false;
	bool good = done(m, move_mark_put(m->to, &none), not_open) &&
		    done(m, db_commit(m->to), not_open);

	db_rollback(m->to);
	return good;
}

bool move_reopen(struct db *db, struct arena *a, struct move_mark *was, char problem[256])
{
	struct move m = {.from = db, .problem = problem, .arena = a};

	*problem = '\0';
	if (move_mark_read(db, was) != DB_OK || db_schema_read(db, &m.schema) != DB_OK)
		return fail(&m, "the database cannot be read");
	if (was->state == MOVE_NONE)
		return fail(&m, "the database has not moved");
	if (was->state == MOVE_FILLING)
		return fail(&m, "the database is not whole: run its 'llavero migrate' again");
	if (!tables_of(&m.schema, a, &m.tables))
		return fail(&m, "the schema is not understood");
	const struct move_mark none = {MOVE_NONE, "", 0};

	return done(&m, change_mark(db, &m.tables, &none, false), "the database cannot be written");
}
