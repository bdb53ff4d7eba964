/* llavero backup and llavero restore: a whole database as one file, and back. */
#include "command/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "command/print.h"
#include "command/progress.h"
#include "store/audit.h"
#include "store/instance_keys.h"

const struct flag backup_flags[] = {
	{"verify", FLAG_SWITCH, false, NULL, "look whether FILE is whole; no database is opened"},
	FLAG_JSON, FLAG_END};
const struct flag restore_flags[] = {
	{"replace", FLAG_SWITCH, false, NULL, "let go what the database holds"},
	{"revoke-all-tokens", FLAG_SWITCH, false, NULL,
		"revoke every token and end every session, too"},
	FLAG_JSON, FLAG_END};

static bool is_stream(const struct call *call)
{
	return str_eq_c(call->args.words[0], "-");
}

static const char *file_of(const struct call *call)
{
	return call->args.words[0].p;
}

static json_t *summary_json(const struct backup_summary *s)
{
	return json_pack("{s:i, s:o, s:I, s:I, s:I}", "schema", backup_schema(s), "made_at",
		json_time(s->made_at), "tables", (json_int_t)s->tables, "rows", (json_int_t)s->rows,
		"bytes", (json_int_t)s->bytes);
}

/* Where data goes to standard output, this goes to standard error. */
static void say_summary(
	struct call *call, FILE *to, const char *doing, const struct backup_summary *s)
{
	if (call->json) {
		json_t *json = summary_json(s);

		json_dumpf(json, to, 0);
		fputc('\n', to);
		json_decref(json);
		return;
	}
	fprintf(to,
		"%s: %" PRIu64 " rows of %zu tables, %" PRIu64 " bytes, schema %d, of %.*s UTC.\n",
		doing, s->rows, s->tables, s->bytes, backup_schema(s),
		STR_ARG(print_time(&call->arena, s->made_at)));
}

static int say_unwritten(const char *path)
{
	return say_failure("the file '%s' cannot be written: %s", path, strerror(errno));
}

/* A file that is whole or not there: it gets its name when all of it is on the disk. */
static int begin_file(const char *part)
{
	int fd = open(part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return say_unwritten(part), -1;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		say_failure("another back-up is writing '%s'", part);
		close(fd);
		return -1;
	}
	if (fchmod(fd, 0600) == 0 && ftruncate(fd, 0) == 0)
		return fd;
	say_unwritten(part);
	close(fd);
	return -1;
}

static bool sync_folder(struct call *call, const char *path)
{
	char *copy = str_c(&call->arena, str_from(path));
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return good;
}

static bool end_file(struct call *call, int fd, const char *part, const char *path)
{
	bool good = !FAIL_AT("backup.sync") && fsync(fd) == 0;

	good = close(fd) == 0 && good;
	if (good && !FAIL_AT("backup.rename") && rename(part, path) == 0 && sync_folder(call, path))
		return true;
	say_unwritten(path);
	return false;
}

/* Who has it can open what the database's keys seal, unless they are sealed themselves. */
static const char *how_to_guard(struct db *db)
{
	struct instance_keys_state state = {INSTANCE_KEYS_NONE, ""};

	if (db_schema_version(db) > 0 && instance_keys_look(db, &state) == DB_OK && *state.master)
		return "It is of use only with the master key: keep a copy of that elsewhere.";
	return "Guard it like the signing keys: what they are sealed with is in it.";
}

static bool make(struct call *call, int fd, struct backup_summary *found, const char **guard)
{
	char problem[256];
	struct progress progress;
	struct db *db = call_open_database(call->config.database_url, false);

	if (!db)
		return false;
	*guard = how_to_guard(db);
	progress_begin(&progress, call);
	bool good = backup_make(
		db, fd, clock_now_s(&call->clock), &progress.watch, &call->arena, found, problem);

	progress_end(&progress);
	db_close(db);
	if (!good)
		say_problem(problem);
	return good;
}

static int make_stream(struct call *call)
{
	struct backup_summary found;
	const char *guard;

	if (isatty(STDOUT_FILENO) == 1)
		return say_misuse(call, "a back-up is nothing for a terminal");
	if (!make(call, STDOUT_FILENO, &found, &guard))
		return EXIT_FAILED;
	say_summary(call, stderr, "Saved", &found);
	return EXIT_DONE;
}

static int make_file(struct call *call)
{
	struct backup_summary found;
	const char *guard, *path = file_of(call);
	const char *part = str_printf(&call->arena, "%s.part", path).p;
	int fd = begin_file(part);

	if (fd < 0)
		return EXIT_FAILED;
	if (!make(call, fd, &found, &guard)) {
		close(fd);
		unlink(part);
		return EXIT_FAILED;
	}
	if (!end_file(call, fd, part, path)) {
		unlink(part);
		return EXIT_FAILED;
	}
	say_summary(call, stdout, "Saved", &found);
	if (!call->json)
		print_line("%s", guard);
	return EXIT_DONE;
}

static int open_to_read(const struct call *call)
{
	int fd = is_stream(call) ? STDIN_FILENO : open(file_of(call), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		say_failure("the file '%s' cannot be read: %s", file_of(call), strerror(errno));
	return fd;
}

static int verify(struct call *call)
{
	char problem[256];
	struct backup_summary found;
	struct progress progress;
	int fd = open_to_read(call);

	if (fd < 0)
		return EXIT_FAILED;
	progress_begin(&progress, call);
	bool good = backup_verify(fd, &progress.watch, &call->arena, &found, problem);

	progress_end(&progress);
	if (!good)
		return say_problem(problem);
	say_summary(call, stdout, "Whole", &found);
	return EXIT_DONE;
}

int backup_command(struct call *call)
{
	keep_log();
	if (args_has(&call->args, "verify"))
		return verify(call);
	return is_stream(call) ? make_stream(call) : make_file(call);
}

static enum db_status note_restore(struct store *s, void *context)
{
	const struct backup_summary *found = context;
	char made_at[24];

	clock_format_iso(found->made_at, made_at);
	return audit_write(
		s, 0, STR("command line"), "database.restore", 0, str_from(made_at), STR(""));
}

static void say_restored(struct call *call, const struct backup_summary *found)
{
	bool revoked = args_has(&call->args, "revoke-all-tokens");

	if (call->json) {
		json_t *json = summary_json(found);

		json_object_set_new(json, "mended", json_integer((json_int_t)found->mended));
		json_object_set_new(json, "revoked_all_tokens", json_boolean(revoked));
		print_json(json);
		return;
	}
	say_summary(call, stdout, "Restored", found);
	if (found->mended)
		print_line("%zu texts were no UTF-8: what was wrong in them is now U+FFFD.",
			found->mended);
	print_line("Codes, device codes, pushed requests and sign-ins that were under way have "
		   "ended.");
	print_line(revoked ? "Every token is revoked, and every session has ended."
			   : "What was revoked, suspended or changed since then is as it was "
			     "before: tokens, sessions,\nsecrets, passwords, recovery codes. Do it "
			     "again, or restore with --revoke-all-tokens.");
}

/* Opening it as the server does makes what is missing, and shows that it can be opened. */
static bool finish(struct call *call, struct backup_summary *found)
{
	if (!call_open(call))
		return false;
	bool good = call_write(call, note_restore, found);

	call_close(call);
	return good;
}

int restore_command(struct call *call)
{
	char problem[256];
	const struct restore_how how = {
		args_has(&call->args, "replace"), args_has(&call->args, "revoke-all-tokens")};
	struct backup_summary found;
	struct progress progress;
	int fd = open_to_read(call);

	keep_log();
	if (fd < 0 || !call_make_folder(call))
		return EXIT_FAILED;
	struct db *db = call_open_database(call->config.database_url, true);

	if (!db)
		return EXIT_FAILED;
	progress_begin(&progress, call);
	bool good = backup_restore(db, fd, clock_now_s(&call->clock), &how, &progress.watch,
		&call->arena, &found, problem);

	progress_end(&progress);
	db_close(db);
	if (!good)
		return say_problem(problem);
	if (!finish(call, &found))
		return EXIT_FAILED;
	say_restored(call, &found);
	return EXIT_DONE;
}
