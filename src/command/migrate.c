/* llavero migrate: the schema brought up to date, or just looked at. */
#include "command/general.h"
#include "command/print.h"

#define MIGRATION(number, ...) number,
static const int migrations[] = {
#include "store/schema.def"
};
#undef MIGRATION
enum { MIGRATIONS = sizeof migrations / sizeof migrations[0] };

const struct flag migrate_flags[] = {
	{"check", FLAG_SWITCH, false, NULL,
		"change nothing; exit with 1 if migrations are missing"},
	FLAG_JSON, FLAG_END};

/* Prints the schema's number and, under `title`, the migrations above `from` up to `to`. */
static void print_schema(const struct call *call, int schema, const char *title, int from, int to)
{
	json_t *numbers = json_array();

	for (size_t i = 0; i < MIGRATIONS; i++) {
		if (migrations[i] <= from || migrations[i] > to)
			continue;
		json_array_append_new(numbers, json_integer(migrations[i]));
		if (!call->json)
			print_line("%s: migration %d", title, migrations[i]);
	}
	if (call->json) {
		print_json(json_pack("{s:i, s:o}", "schema", schema, title, numbers));
		return;
	}
	if (json_array_size(numbers) == 0)
		print_line("The schema is up to date: %d.", schema);
	json_decref(numbers);
}

static int check(const struct call *call, struct db *db)
{
	int newest = migrations[MIGRATIONS - 1], version = db_schema_version(db);

	if (version < 0)
		return say_database_failure(DB_FAILED);
	if (version > newest)
		return say_failure("the database has schema %d; this program knows %d: use a "
				   "newer llavero",
			version, newest);
	print_schema(call, version, "missing", version, newest);
	return version == newest ? EXIT_DONE : EXIT_FAILED;
}

static int apply(const struct call *call, struct db *db)
{
	char problem[256];
	int before = db_schema_version(db), applied;

	if (db_migrate(db, &applied, problem) != DB_OK)
		return say_failure("%s", problem);
	int after = db_schema_version(db);

	print_schema(call, after, "applied", before, after);
	return EXIT_DONE;
}

int migrate(struct call *call)
{
	char problem[256];
	bool only_check = args_has(&call->args, "check");

	keep_log();
	if (!only_check && !call_make_folder(call))
		return EXIT_FAILED;
	int64_t begun = clock_monotonic_us();
	struct db *db;

	do
		db = db_open(call->config.database_url, !only_check, problem);
	while (!db && open_again(begun, problem));
	if (!db)
		return say_failure("%s", problem);
	int status = only_check ? check(call, db) : apply(call, db);

	db_close(db);
	return status;
}
