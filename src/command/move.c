#include "command/move.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command/print.h"
#include "command/progress.h"
#include "store/move.h"

/* Servers look once a second whether their database has moved (server/upkeep.c). */
enum { NOTICED_US = 2000000 };

bool move_is_wanted(const struct call *call)
{
	static const char *const flags[] = {"from", "to", "reopen", "dry-run"};

	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (args_has(&call->args, flags[i]))
			return true;
	return false;
}

static void wait_for_servers(void)
{
	usleep(NOTICED_US);
}

/* To look only, an empty database stands for one that is not there yet. */
static const char *to_look_at(const char *to)
{
	bool file = str_starts(str_from(to), STR("sqlite:"));

	return file && access(to + strlen("sqlite:"), F_OK) != 0 ? "sqlite::memory:" : to;
}

/* A file's name, wherever the command is run next. */
static void name_of(const char *url, char out[MOVE_NAME])
{
	char *path = realpath(url + (str_starts(str_from(url), STR("sqlite:")) ? 7 : 0), NULL);

	move_name(path ? path : url, out);
	free(path);
}

static bool open_both(struct call *call, struct move *m, bool dry)
{
	const char *from = str_c(&call->arena, args_text(&call->args, "from"));
	const char *to = str_c(&call->arena, args_text(&call->args, "to"));

	m->from = call_open_database(from, false);
	m->to = m->from ? call_open_database(dry ? to_look_at(to) : to, !dry) : NULL;
	name_of(from, m->from_name);
	name_of(to, m->to_name);
	return m->to != NULL;
}

static void close_both(struct move *m)
{
	db_close(m->from);
	db_close(m->to);
}

/* In the order in which it has to be. A source that has moved already needs the end only. */
static bool run(struct move *m)
{
	if (m->stands == MOVE_NONE && !(move_begin(m) && move_copy(m)))
		return false;
	if (m->stands == MOVE_CLOSED && !move_begin(m))
		return false;
	if (m->stands != MOVE_MOVED && !move_close(m))
		return false;
	return move_switch(m, wait_for_servers);
}

static int say_done(const struct call *call, const struct move *m)
{
	if (call->json) {
		print_json(json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I}", "from",
			m->from_name, "to", m->to_name, "resumed", m->resumed, "tables",
			(json_int_t)m->tables.n, "rows", (json_int_t)m->rows, "written",
			(json_int_t)m->changed, "mended", (json_int_t)m->mended, "closed_us",
			(json_int_t)m->closed_us));
		return EXIT_DONE;
	}
	if (m->done) {
		print_line("It has moved already. Serve from %s.", m->to_name);
		return EXIT_DONE;
	}
	print_line("Moved: %" PRIu64 " rows of %zu tables are the same in both databases.", m->rows,
		m->tables.n);
	if (m->mended)
		print_line("%zu texts were no UTF-8: what was wrong in them is now U+FFFD.",
			m->mended);
	print_line("The old one took no changes for %.3f s, and is closed now.",
		(double)m->closed_us / 1e6);
	print_line("Serve from %s from now on.", m->to_name);
	return EXIT_DONE;
}

static int say_plan(const struct call *call, const struct move *m)
{
	static const char *const stands[] = {
		"it is copied while servers go on, then closed to changes, compared, and switched",
		"", "it is closed to changes already: it is compared and switched",
		"it has moved already: the new one is opened"};
	json_t *tables = json_array();

	for (size_t i = 0; i < m->tables.n; i++)
		json_array_append_new(tables, json_string(m->tables.all[i].name));
	if (call->json)
		print_json(json_pack("{s:s, s:s, s:b, s:I, s:O}", "from", m->from_name, "to",
			m->to_name, "resumes", m->resumed, "rows", (json_int_t)m->rows, "tables",
			tables));
	else
		print_line("%" PRIu64 " rows of %zu tables would go from %s to %s%s: %s.", m->rows,
			m->tables.n, m->from_name, m->to_name,
			m->resumed ? ", where some are already" : "", stands[m->stands]);
	json_decref(tables);
	return EXIT_DONE;
}

static int move(struct call *call, bool dry)
{
	char problem[256] = "";
	struct progress progress;
	struct move m = {.clock = &call->clock,
		.arena = &call->arena,
		.watch = &progress.watch,
		.problem = problem};

	progress_begin(&progress, call);
	if (!open_both(call, &m, dry)) {
		close_both(&m);
		return EXIT_FAILED;
	}
	bool good = move_look(&m) && (dry || m.done || run(&m));

	progress_end(&progress);
	close_both(&m);
	if (!good)
		return say_problem(problem);
	if (dry)
		return say_plan(call, &m);
	return say_done(call, &m);
}

static int reopen(struct call *call)
{
	char problem[256], at[24];
	struct str from = args_text(&call->args, "from");
	struct move_mark was;
	struct db *db = call_open_database(
		str_is_set(from) ? str_c(&call->arena, from) : call->config.database_url, false);

	if (!db)
		return EXIT_FAILED;
	bool good = move_reopen(db, &call->arena, &was, problem);

	db_close(db);
	if (!good)
		return say_problem(problem);
	clock_format_iso(was.at, at);
	if (call->json)
		print_json(json_pack("{s:b, s:s, s:s}", "had_moved", was.state == MOVE_MOVED, "to",
			was.other, "at", at));
	else if (was.state == MOVE_MOVED)
		print_line("The database is used again. What was written to %s since %s is not in "
			   "it:\nwhat was revoked there is alive here. Serve only one of the two.",
			was.other, at);
	else
		print_line("The database is used again. It has not moved.");
	return EXIT_DONE;
}

int move_command(struct call *call)
{
	bool from = args_has(&call->args, "from"), to = args_has(&call->args, "to");

	if (args_has(&call->args, "reopen")) {
		if (to || args_has(&call->args, "dry-run"))
			return say_misuse(call, "--reopen goes with --from only");
		return reopen(call);
	}
	if (!from || !to)
		return say_misuse(call, "a move needs both --from and --to");
	if (args_has(&call->args, "check") || args_has(&call->args, "finish"))
		return say_misuse(call, "--check and --finish are about one database's schema");
	return move(call, args_has(&call->args, "dry-run"));
}
