#include "command/explain.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "command/app.h"
#include "command/print.h"
#include "explain/access.h"
#include "explain/follow.h"
#include "store/served_at.h"

enum { LINES_DEFAULT = 10, LINES_MOST = 1000, POLL_US = 300000, SCRATCH = 32 << 20, US = 1000000 };

const struct flag explain_flags[] = {FLAG_LANG, FLAG_JSON, FLAG_END};
const struct flag tail_flags[] = {{"app", FLAG_TEXT, false, "CLIENT_ID",
					  "the app; without it, requests of no app that is known"},
	{"lines", FLAG_TEXT, false, "N", "how many of the newest are printed first [10]"},
	{"once", FLAG_SWITCH, false, NULL, "print these and stop"}, FLAG_LANG, FLAG_JSON, FLAG_END};

/* POSIX: the first of these that is set and not empty. */
static struct str environment_lang(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return str_slice(str_from(value), 0, 2);
	}
	return STR_NONE;
}

bool explain_lang(const struct call *call, enum lang *lang)
{
	struct str asked = args_text(&call->args, "lang");

	*lang = LANG_EN;
	if (lang_find(str_is_set(asked) ? asked : environment_lang(), lang) || !str_is_set(asked))
		return true;
	say_misuse(call, "--lang must be en or es");
	return false;
}

/* Where its pages are: as the server said, unless the command line says otherwise. */
static struct str base_url(struct call *call)
{
	struct str url;

	if (*call->config.base_url || served_at_read(&call->store, &call->arena, &url) != DB_OK ||
		!str_is_set(url))
		return call->config.settings.base_url;
	return url;
}

void explain_print_text(struct arena *a, struct str text)
{
	struct str line;

	while (str_next(&text, '\n', &line))
		if (text.p || line.n)
			print_line("%.*s", STR_ARG(line.n ? print_safe(a, line) : line));
}

static void print_as_json(struct call *call, const struct explanation *e)
{
	struct buf b;

	buf_init(&b, &call->arena, LIMIT_REPLY);
	explanation_json(&b, e, base_url(call));
	print_line("%.*s", STR_ARG(buf_str(&b)));
}

int explain_command(struct call *call)
{
	struct log_entry *entries = NULL;
	struct explanation e;
	enum lang lang;
	size_t n = 0;

	if (!explain_lang(call, &lang))
		return EXIT_USAGE;
	enum db_status status = explain_request_for_operator(
		&call->store, &call->arena, str_trim(call->args.words[0]), &entries, &n);

	if (!call_read_done(call, status))
		return EXIT_FAILED;
	if (n == 0)
		return say_failure("nothing is known of the request '%.*s': it was not refused, it "
				   "is older than the log, or the log had no room for it",
			STR_ARG(call->args.words[0]));
	for (size_t i = 0; i < n; i++) {
		explain_entry(&call->arena, lang, &entries[i], &e);
		if (call->json) {
			print_as_json(call, &e);
			continue;
		}
		if (i)
			puts("\n---\n");
		explain_print_text(
			&call->arena, explanation_text(&call->arena, lang, &e, base_url(call)));
	}
	return EXIT_DONE;
}

struct tail {
	struct call *call;
	enum lang lang;
	struct follow follow;
	struct arena scratch;
	struct str base_url;
};

static volatile sig_atomic_t stopped;

static void on_stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void print_entry(struct tail *t, const struct log_entry *entry)
{
	struct explanation e;
	struct arena *a = &t->scratch;

	explain_entry(a, t->lang, entry, &e);
	if (t->call->json) {
		struct buf b;

		buf_init(&b, a, LIMIT_REPLY);
		explanation_json(&b, &e, t->base_url);
		print_line("%.*s", STR_ARG(buf_str(&b)));
		return;
	}
	struct str title = e.title.n ? e.title : message(t->lang, MSG_EXPLAIN_WENT_WELL);

	print_line("%.*s  %-30.*s  %-12.*s  %.*s%s%.*s", STR_ARG(told_time(a, entry->at_us / US)),
		STR_ARG(print_safe(a, entry->request_id)), STR_ARG(print_safe(a, entry->endpoint)),
		STR_ARG(print_safe(a, title)), e.seen.n ? " " : "", STR_ARG(print_safe(a, e.seen)));
}

static void reset_scratch(struct tail *t)
{
	arena_reset(&t->scratch);
	t->scratch.escape = t->call->arena.escape;
}

/* The newest that are there already, oldest first. */
static enum db_status print_first(struct tail *t, size_t lines)
{
	const struct log_query q = {
		.app_id = t->follow.app_id, .before_us = INT64_MAX, .most = lines};
	struct log_entry *entries;
	size_t n = 0;
	enum db_status status =
		lines ? request_log_list(&t->call->store, &t->scratch, &q, &entries, &n) : DB_OK;

	for (size_t i = n; i > 0 && status == DB_OK; i--)
		print_entry(t, &entries[i - 1]);
	/* Of the same moment: what comes after it is printed next. */
	if (status == DB_OK)
		status = follow_next(&t->follow, &t->call->store, &t->scratch, &entries, &n);
	db_rollback(t->call->store.db);
	return status;
}

static enum db_status print_next(struct tail *t)
{
	struct log_entry *entries;
	size_t n;
	enum db_status status = follow_next(&t->follow, &t->call->store, &t->scratch, &entries, &n);

	for (size_t i = 0; i < n && status == DB_OK; i++)
		print_entry(t, &entries[i]);
	/* So that the server's housekeeping is not held back, and the next look is current. */
	db_rollback(t->call->store.db);
	return status;
}

static bool follow_on(struct tail *t)
{
	const struct sigaction action = {.sa_handler = on_stop};
	enum db_status status = DB_OK;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (!stopped && status == DB_OK) {
		status = print_next(t);
		reset_scratch(t);
		if (fflush(stdout) != 0)
			return true; /* the reader is gone: nobody to tell */
		if (!stopped)
			usleep(POLL_US);
	}
	return status == DB_OK;
}

static bool read_lines(const struct call *call, int64_t *lines)
{
	struct str text = args_text(&call->args, "lines");

	*lines = LINES_DEFAULT;
	return !str_is_set(text) || (str_to_i64(text, lines) && *lines <= LINES_MOST);
}

int tail_command(struct call *call)
{
	static struct tail t;
	struct str client_id = args_text(&call->args, "app");
	struct app app = {.id = 0};
	int64_t lines;

	if (!explain_lang(call, &t.lang))
		return EXIT_USAGE;
	if (!read_lines(call, &lines))
		return say_misuse(call, "--lines must be a number up to %d", LINES_MOST);
	if (!call_read_done(call, str_is_set(client_id) ? find_app(call, client_id, &app) : DB_OK))
		return EXIT_FAILED;
	t.call = call;
	t.base_url = base_url(call);
	arena_init(&t.scratch, SCRATCH);
	t.scratch.escape = call->arena.escape;
	t.follow.app_id = app.id;
	t.follow.all = true;
	bool good = print_first(&t, (size_t)lines) == DB_OK;

	reset_scratch(&t);
	if (good && !args_has(&call->args, "once"))
		good = follow_on(&t);
	arena_release(&t.scratch);
	return good ? EXIT_DONE : say_database_failure(DB_FAILED);
}
