/* The schema of a database brought up to date, while programs of other versions may be using it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/driver.h"

struct migration {
	int number;
	int works_from; /* 0: it takes nothing away */
	const char *text;
};

#define MIGRATION(number, ...) {number, 0, __VA_ARGS__},
#define FINISH(number, works_from, ...) {number, works_from, __VA_ARGS__},
static const struct migration migrations[] = {
#include "store/schema.def"
};
#undef MIGRATION
#undef FINISH
enum {
	MIGRATIONS = sizeof migrations / sizeof migrations[0],
	WORDS = 5,
	WORD_GROWS = 4, /* times the length of its name, at most */
	TRIES = 5,
	WORKS_FROM_SINCE = 18, /* the migration that makes room to say it */
};

/* One process at a time has this row, and with it the right to change the schema. No advisory lock:
 * engines that lack them have rows. Not a row of schema_version, which a migration may change. */
static const char tables[] =
	"CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY);"
	"CREATE TABLE IF NOT EXISTS schema_turn (turn INTEGER PRIMARY KEY);"
	"INSERT INTO schema_turn (turn) VALUES (1) ON CONFLICT (turn) DO NOTHING";
static const char turn[] = "UPDATE schema_turn SET turn = 1 WHERE turn = 1";

/* The migration's text in the words of the engine; the caller frees it. */
static char *in_words(const struct schema_words *w, const char *text)
{
	static const char *const names[] = {
		"{int}", "{text}", "{bytes}", "{table}", "{keyed_table}"};
	const char *const words[] = {w->integer, w->text, w->bytes, w->table, w->keyed_table};
	char *out = malloc(strlen(text) * WORD_GROWS + 1), *to = out;

	while (out && *text) {
		size_t i = 0;

		while (i < WORDS && strncmp(text, names[i], strlen(names[i])) != 0)
			i++;
		if (i == WORDS) {
			*to++ = *text++;
			continue;
		}
		to = stpcpy(to, words[i]);
		text += strlen(names[i]);
	}
	if (out)
		*to = '\0';
	return out;
}

static int newest(void)
{
	return migrations[MIGRATIONS - 1].number;
}

const char *db_migration_text(int number)
{
	for (size_t i = 0; i < MIGRATIONS; i++)
		if (migrations[i].number == number)
			return migrations[i].text;
	return NULL;
}

int db_schema_version(struct db *db)
{
	if (db->driver->number(db, "SELECT COUNT(*) FROM schema_version") <= 0)
		return 0;
	return (int)db->driver->number(db, "SELECT MAX(version) FROM schema_version");
}

bool db_has_migration(struct db *db, int number)
{
	char sql[96];

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM schema_version WHERE version = %d", number);
	return db->driver->number(db, sql) == 1;
}

/* What a newer program has added is in nobody's way; what it has taken away may be. */
bool db_fits(struct db *db)
{
	char sql[160];

	if (db_schema_version(db) <= newest())
		return true;
	snprintf(sql, sizeof sql,
		"SELECT COUNT(*) FROM schema_version WHERE version > %d"
		" AND COALESCE(works_from, version) > %d",
		newest(), newest());
	return db->driver->number(db, sql) == 0;
}

static enum db_status end_schema(struct db *db, enum db_status status)
{
	if (status == DB_OK)
		return db_commit(db);
	db_rollback(db);
	return status;
}

static enum db_status note(struct db *db, const struct migration *m)
{
	char sql[96];

	if (m->number < WORKS_FROM_SINCE)
		snprintf(sql, sizeof sql, "INSERT INTO schema_version (version) VALUES (%d)",
			m->number);
	else
		snprintf(sql, sizeof sql,
			"INSERT INTO schema_version (version, works_from) VALUES (%d, %d)",
			m->number, m->works_from);
	return db->driver->run(db, sql);
}

/* Another process may have done it while this one waited. */
static enum db_status apply_in_transaction(
	struct db *db, const struct migration *m, const char *sql)
{
	if (db_has_migration(db, m->number))
		return DB_OK;
	enum db_status status = db->driver->run(db, sql);

	return status == DB_OK ? note(db, m) : status;
}

/* On a live database a table may be in use: its lock is waited for shortly, and then asked for
 * again, so that nobody waits behind a migration that waits. */
static enum db_status apply(struct db *db, const struct migration *m)
{
	char *sql = in_words(&db->driver->words, m->text);
	enum db_status status = sql ? DB_RETRY : DB_FAILED;

	for (int i = 0; i < TRIES && status == DB_RETRY; i++) {
		status = db_begin_schema(db, turn);
		if (status == DB_OK)
			status = end_schema(db, apply_in_transaction(db, m, sql));
	}
	free(sql);
	return status;
}

/* Two that make them at once are in each other's way; afterwards nobody waits here. */
static enum db_status make_tables(struct db *db)
{
	enum db_status status = DB_CONFLICT;

	if (db->driver->number(db, "SELECT COUNT(*) FROM schema_version") >= 0 &&
		db->driver->number(db, "SELECT COUNT(*) FROM schema_turn") == 1)
		return DB_OK;
	for (int i = 0; i < TRIES && (status == DB_CONFLICT || status == DB_RETRY); i++) {
		status = db_begin_schema(db, NULL);
		if (status == DB_OK)
			status = end_schema(db, db->driver->run(db, tables));
	}
	return status;
}

static bool is_missing(struct db *db, const struct migration *m, bool finish)
{
	return (finish || !m->works_from) && !db_has_migration(db, m->number);
}

static enum db_status apply_missing(struct db *db, bool finish, int *applied, char problem[256])
{
	bool made = false;

	for (size_t i = 0; i < MIGRATIONS; i++) {
		const struct migration *m = &migrations[i];

		if (!is_missing(db, m, finish))
			continue;
		if (!made && make_tables(db) != DB_OK) {
			snprintf(problem, 256, "the database cannot be written");
			return DB_FAILED;
		}
		made = true;
		enum db_status status = apply(db, m);

		if (status != DB_OK) {
			snprintf(problem, 256, "migration %d failed", m->number);
			return status;
		}
		(*applied)++;
	}
	return DB_OK;
}

static enum db_status leave_newer(struct db *db, int version, char problem[256])
{
	if (!db_fits(db)) {
		snprintf(problem, 256,
			"the database has schema %d; this program knows %d: use a newer llavero",
			version, newest());
		return DB_FAILED;
	}
	LOG(LOG_INFO, "the schema is newer than this program, which works with it",
		LOG_INT("schema", version), LOG_INT("known", newest()));
	return DB_OK;
}

static enum db_status bring_up(struct db *db, bool finish, int *applied, char problem[256])
{
	int version = db_schema_version(db);

	*applied = 0;
	if (version > newest())
		return leave_newer(db, version, problem);
	if (version < 0) {
		snprintf(problem, 256, "the database cannot be read");
		return DB_FAILED;
	}
	if (db->driver->number(db, "SELECT COUNT(*) FROM schema_version") == MIGRATIONS)
		return DB_OK;
	/* No older program uses an empty database. */
	return apply_missing(db, finish || version == 0, applied, problem);
}

enum db_status db_migrate(struct db *db, int *applied, char problem[256])
{
	return bring_up(db, false, applied, problem);
}

enum db_status db_finish(struct db *db, int *applied, char problem[256])
{
	return bring_up(db, true, applied, problem);
}

void db_schema_known(bool finished, struct db_schema *out)
{
	out->n = 0;
	for (size_t i = 0; i < MIGRATIONS; i++)
		if (finished || !migrations[i].works_from)
			out->numbers[out->n++] = migrations[i].number;
}

enum db_status db_schema_read(struct db *db, struct db_schema *out)
{
	int version = db_schema_version(db);

	out->n = 0;
	if (version < 0)
		return DB_FAILED;
	for (size_t i = 0; i < MIGRATIONS && version > 0; i++)
		if (db_has_migration(db, migrations[i].number))
			out->numbers[out->n++] = migrations[i].number;
	return version > newest() ? DB_CONFLICT : DB_OK;
}

static bool is_in(const struct db_schema *schema, int number)
{
	for (size_t i = 0; i < schema->n; i++)
		if (schema->numbers[i] == number)
			return true;
	return false;
}

enum db_status db_make_schema(struct db *db, const struct db_schema *schema)
{
	enum db_status status = db->driver->run(db, tables);

	for (size_t i = 0; i < MIGRATIONS && status == DB_OK; i++) {
		if (!is_in(schema, migrations[i].number))
			continue;
		char *sql = in_words(&db->driver->words, migrations[i].text);

		status = sql ? apply_in_transaction(db, &migrations[i], sql) : DB_FAILED;
		free(sql);
	}
	return status;
}
