/* llavero migrate: the schema brought up to date, or just looked at. */
#include "command/general.h"
#include "command/move.h"
#include "command/print.h"
#include "store/move_mark.h"

#define MIGRATION(number, ...) {number, false},
#define FINISH(number, works_from, ...) {number, true},
static const struct {
	int number;
	bool finishes; /* is applied when it is asked for */
} migrations[] = {
#include "store/schema.def"
};
#undef MIGRATION
#undef FINISH
enum { MIGRATIONS = sizeof migrations / sizeof migrations[0] };

const struct flag migrate_flags[] = {
	{"check", FLAG_SWITCH, false, NULL,
		"change nothing; exit with 1 if migrations are missing"},
	{"finish", FLAG_SWITCH, false, NULL,
		"also take away what only older versions used: none of them may run any more"},
	{"from", FLAG_TEXT, false, "URL", "move: the database that is used now"},
	{"to", FLAG_TEXT, false, "URL", "move: the empty database to use from then on"},
	{"dry-run", FLAG_SWITCH, false, NULL, "move: only tell what would be done"},
	{"reopen", FLAG_SWITCH, false, NULL,
		"use a database again that was being moved, or has moved"},
	FLAG_JSON, FLAG_END};

/* Which migrations a database has. */
struct applied {
	bool has[MIGRATIONS];
};

static struct applied look(struct db *db)
{
	struct applied out;

	for (size_t i = 0; i < MIGRATIONS; i++)
		out.has[i] = db_has_migration(db, migrations[i].number);
	return out;
}

static void print_one(const struct call *call, json_t *numbers, const char *title, size_t i)
{
	json_array_append_new(numbers, json_integer(migrations[i].number));
	if (!call->json)
		print_line("%s: migration %d", title, migrations[i].number);
}

/* Prints the schema's number, under `title` the migrations that `now` has beyond `before`, and
 * those that wait to be asked for. True: `title` had some. */
static bool print_schema(const struct call *call, struct db *db, const char *title,
	const struct applied *before, const struct applied *now)
{
	json_t *titled = json_array(), *unfinished = json_array();
	int schema = db_schema_version(db);

	for (size_t i = 0; i < MIGRATIONS; i++) {
		if (now->has[i] && !before->has[i])
			print_one(call, titled, title, i);
		else if (!now->has[i] && migrations[i].finishes)
			print_one(call, unfinished, "unfinished", i);
	}
	bool some = json_array_size(titled) > 0;

	if (call->json)
		print_json(json_pack("{s:i, s:O, s:O}", "schema", schema, title, titled,
			"unfinished", unfinished));
	else if (!some)
		print_line("The schema is up to date: %d.", schema);
	json_decref(titled);
	json_decref(unfinished);
	return some;
}

static int check(const struct call *call, struct db *db)
{
	int newest = migrations[MIGRATIONS - 1].number, version = db_schema_version(db);
	struct applied is = look(db), wanted = is;

	if (version < 0)
		return say_database_failure(DB_FAILED);
	if (!db_fits(db))
		return say_failure("the database has schema %d; this program knows %d: use a "
				   "newer llavero",
			version, newest);
	for (size_t i = 0; i < MIGRATIONS; i++)
		wanted.has[i] |= version <= newest && !migrations[i].finishes;
	return print_schema(call, db, "missing", &is, &wanted) ? EXIT_FAILED : EXIT_DONE;
}

static int apply(const struct call *call, struct db *db)
{
	char problem[256];
	struct applied before = look(db), after;
	int applied = 0;
	bool finish = args_has(&call->args, "finish");
	enum db_status status =
		finish ? db_finish(db, &applied, problem) : db_migrate(db, &applied, problem);

	if (status != DB_OK)
		return say_failure("%s", problem);
	after = look(db);
	print_schema(call, db, "applied", &before, &after);
	return EXIT_DONE;
}

static int bring_up(struct call *call, struct db *db, bool only_check)
{
	char problem[256];

	if (!move_mark_allows(db, problem))
		return say_problem(problem);
	return only_check ? check(call, db) : apply(call, db);
}

int migrate(struct call *call)
{
	bool only_check = args_has(&call->args, "check");

	keep_log();
	if (move_is_wanted(call))
		return move_command(call);
	if (!only_check && !call_make_folder(call))
		return EXIT_FAILED;
	struct db *db = call_open_database(call->config.database_url, !only_check);

	if (!db)
		return EXIT_FAILED;
	int status = bring_up(call, db, only_check);

	db_close(db);
	return status;
}
