/* Taking a back-up back. A back-up is the past, and security events run backwards in it: a used
 * code would be fresh again. So whatever waits to be redeemed ends here. */
#include <stdio.h>

#include "base/fail.h"
#include "base/limits.h"
#include "store/backup.h"
#include "store/driver.h"

enum {
	SMALL_IDS = 1000000, /* accounts, apps, organizations and teams made since the back-up */
	STEP_S = 30,         /* of a one-time password (RFC 6238) */
};
static const int64_t row_ids = INT64_C(1) << 32; /* and rows of everything else */

struct restoring {
	struct db *db;
	const struct restore_how *how;
	struct db_schema old; /* what the database had */
	struct tables tables;
	const struct table *table; /* its rows are being taken */
	struct digest digest;
	struct arena batch;
	struct backup_summary *out;
	size_t mended;
	char *problem;
};

static bool fail(struct restoring *r, const char *sentence)
{
	if (!*r->problem)
		snprintf(r->problem, 256, "%s", sentence);
	return false;
}

static bool done(struct restoring *r, enum db_status status)
{
	return status == DB_OK || fail(r, "the database cannot be written");
}

/* A server that has never been started on it has put nothing into it. */
static bool may_replace(struct restoring *r)
{
	enum db_status status = db_schema_read(r->db, &r->old);

	if (status == DB_CONFLICT)
		return fail(r, "the database is of a newer llavero: use that one");
	if (status != DB_OK)
		return fail(r, "the database cannot be read");
	if (r->old.n == 0)
		return true;
	if (r->how->replace)
		return db_is_alone(r->db) ||
		       fail(r, "other programs use the database: stop every server on it first");
	return bulk_count(r->db, "instance") == 0 ||
	       fail(r, "the database is not empty; with --replace all that it holds goes, and what "
		       "the "
		       "back-up holds takes its place");
}

static bool drop_all(struct restoring *r, struct arena *a)
{
	struct tables old;

	if (!tables_of(&r->old, a, &old))
		return fail(r, "the schema is not understood");
	for (size_t i = 0; i < old.n; i++)
		if (!done(r, bulk_drop(r->db, old.all[i].name)))
			return false;
	return done(r, bulk_drop(r->db, "schema_version"));
}

/* Migrations put rows into the tables that they make. */
static bool empty_all(struct restoring *r)
{
	for (size_t i = 0; i < r->tables.n; i++)
		if (!done(r, bulk_empty(r->db, &r->tables.all[i])))
			return false;
	return true;
}

static bool begin(void *context, const struct backup_summary *found, const struct tables *tables)
{
	struct restoring *r = context;

	r->tables = *tables;
	return may_replace(r) && done(r, db_be_patient(r->db)) &&
	       done(r, db_begin_schema(r->db, NULL)) && drop_all(r, &r->batch) &&
	       done(r, db_make_schema(r->db, &found->schema)) && empty_all(r);
}

static bool take_rows(void *context, struct bulk *b)
{
	struct restoring *r = context;

	if (r->table != b->table) {
		r->table = b->table;
		r->digest = (struct digest){0};
	}
	arena_reset(&r->batch);
	if (bulk_is_strict(r->db)) {
		if (!bulk_mend(b, &r->batch))
			return fail(r, "a key is no UTF-8 text, which this database needs");
		r->mended += b->mended;
	}
	digest_add(&r->digest, b);
	return done(r, FAIL_AT("restore.rows") ? DB_FAILED : bulk_insert(r->db, b));
}

/* What the database now has of it is read again. */
static bool end_table(void *context, const struct table *t, const struct digest *wanted)
{
	struct restoring *r = context;
	struct digest found;

	if (r->table == t)
		wanted = &r->digest;
	if (!done(r, digest_of(r->db, t, false, &r->batch, &found)))
		return false;
	if (digest_same(&found, wanted))
		return true;
	snprintf(r->problem, 256, "table '%s' is not in the database as it was in the back-up",
		t->name);
	return false;
}

struct step {
	enum stmt stmt;
	struct db_value a, b; /* its arguments; b may be NULL: it takes one */
};

static enum db_status run_step(struct db *db, const struct step *step)
{
	const struct db_value args[] = {step->a, step->b};

	return db_exec(db, step->stmt, args, step->b.type == DB_TYPE_NULL ? 1 : 2, NULL);
}

/* Assurance 6.3, M2. Forms and second steps of a sign-in are signed with a key, which is made anew
 * by the next start. */
static bool put_up_fence(struct restoring *r, int64_t now)
{
	const struct step steps[] = {{STMT_FENCE_CODES, DB_INT(now), DB_NULL},
		{STMT_FENCE_PUSHED, DB_INT(now), DB_NULL},
		{STMT_FENCE_DEVICES, DB_INT(now), DB_NULL},
		{STMT_INSTANCE_DELETE, db_text(STR("form_key")), DB_NULL},
		{STMT_FENCE_STEPS, DB_INT(now / STEP_S), DB_NULL},
		{STMT_FENCE_IDS, DB_INT(row_ids), DB_INT(SMALL_IDS)},
		{STMT_FENCE_TOKENS, DB_INT(now), DB_NULL},
		{STMT_FENCE_SESSIONS, DB_INT(now), DB_NULL}};
	size_t n = sizeof steps / sizeof steps[0] - (r->how->revoke_all_tokens ? 0 : 2);

	for (size_t i = 0; i < n; i++)
		if (!done(r, run_step(r->db, &steps[i])))
			return false;
	return true;
}

/* The fence is of the newest schema's words, so the rest of the migrations come first. */
static bool finish(struct restoring *r, int64_t now)
{
	struct db_schema known;

	db_schema_known(false, &known);
	return done(r, db_make_schema(r->db, &known)) && put_up_fence(r, now) &&
	       done(r, FAIL_AT("restore.commit") ? DB_FAILED : db_commit(r->db));
}

bool backup_restore(struct db *db, int fd, int64_t now, const struct restore_how *how,
	const struct bulk_watch *watch, struct arena *a, struct backup_summary *out,
	char problem[256])
{
	struct restoring r = {.db = db, .how = how, .out = out, .problem = problem};
	const struct backup_reader reader = {begin, take_rows, end_table, &r};

	arena_init(&r.batch, BULK_ARENA);
	r.batch.escape = a->escape;
	bool good = backup_read_all(fd, &reader, watch, a, out, problem) && finish(&r, now);

	out->mended = r.mended;
	db_rollback(db);
	arena_release(&r.batch);
	return good;
}
