#include "command/call.h"

#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "command/print.h"
#include "store/moved_clock.h"

/* A command of people takes few ids: what it leases and does not use is lost. */
enum {
	COMMAND_LEASE = 16,
	LOG_KEPT = 16384,
	SAID = 4096,
	OPEN_US = 5000000,
	OPEN_PAUSE_US = 20000
};

static int kept_log = -1;

/* One line, whatever the values in it hold. */
__attribute__((format(printf, 1, 0))) static void say(const char *format, va_list args)
{
	char text[SAID];

	vsnprintf(text, sizeof text, format, args);
	make_safe(text, strlen(text));
	fprintf(stderr, "llavero: %s", text);
}

int say_failure(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

int say_misuse(const struct call *call, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	fprintf(stderr, "; see 'llavero %s --help'\n", call->command->name);
	return EXIT_USAGE;
}

enum db_status refuse(struct call *call, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(call->refusal, sizeof call->refusal, format, args);
	va_end(args);
	return DB_CONFLICT;
}

void keep_log(void)
{
	kept_log = memfd_create("log", MFD_CLOEXEC);
	if (kept_log >= 0)
		log_configure(LOG_ERROR, kept_log);
}

/* The message of the last line that was logged, into `out`; false when there is none. */
static bool last_message(char *out, size_t n)
{
	static char text[LOG_KEPT];
	off_t end = kept_log >= 0 ? lseek(kept_log, 0, SEEK_END) : 0;
	off_t from = end > LOG_KEPT ? end - LOG_KEPT : 0;
	ssize_t have = end > 0 ? pread(kept_log, text, sizeof text, from) : 0;
	struct str rest = {text, have > 0 ? (size_t)have : 0}, line, last = STR_NONE;

	while (str_next(&rest, '\n', &line))
		if (str_has_text(line))
			last = line;
	json_t *json = last.n ? json_loadb(last.p, last.n, 0, NULL) : NULL;
	const char *message = json_string_value(json_object_get(json, "message"));

	if (message)
		snprintf(out, n, "%s", message);
	json_decref(json);
	return message != NULL;
}

int say_database_failure(enum db_status status)
{
	char message[256];

	if (status == DB_RETRY)
		return say_failure("the database is busy: another program is writing to it; "
				   "nothing was changed, try again");
	if (last_message(message, sizeof message))
		return say_failure("the database failed, and nothing was changed: %s", message);
	return say_failure("the database failed, and nothing was changed");
}

int say_problem(const char *problem)
{
	char message[256];

	if (str_starts(str_from(problem), STR("the database cannot be ")) &&
		last_message(message, sizeof message))
		return say_failure("%s: %s", problem, message);
	return say_failure("%s", problem);
}

bool call_make_folder(const struct call *call)
{
	if (*call->config.database || mkdir(call->config.data, 0700) == 0 || errno == EEXIST)
		return true;
	say_failure("the folder '%s' cannot be made: %s", call->config.data, strerror(errno));
	return false;
}

/* Is opening a database that failed with `problem` worth another try? While another process makes
 * a new one, SQLite turns everybody else away without waiting. Pauses before it says yes. */
static bool open_again(int64_t begun_us, const char *problem)
{
	/* SQLite's own words for SQLITE_BUSY end the sentence. */
	if (!str_ends(str_from(problem), STR("database is locked")) ||
		clock_monotonic_us() - begun_us > OPEN_US)
		return false;
	usleep(OPEN_PAUSE_US);
	return true;
}

struct db *call_open_database(const char *url, bool create)
{
	char problem[256];
	int64_t begun = clock_monotonic_us();
	struct db *db;

	do
		db = db_open(url, create, problem);
	while (!db && open_again(begun, problem));
	if (!db)
		say_failure("%s", problem);
	return db;
}

/* A rehearsal's moved clock is the command line's too. */
static bool take_clock(struct call *call)
{
	bool counts;
	int64_t offset_us = 0;
	enum db_status status = moved_clock_counts(&call->store, &counts);

	if (status == DB_OK && counts)
		status = moved_clock_read(&call->store, &offset_us);
	clock_set_offset(&call->clock, offset_us);
	if (call_read_done(call, status))
		return true;
	call_close(call);
	return false;
}

bool call_open(struct call *call)
{
	char problem[256];
	int64_t begun = clock_monotonic_us();
	bool good;

	if (!call_make_folder(call))
		return false;
	if (!config_load_master_key(&call->config, problem)) {
		say_failure("%s", problem);
		return false;
	}
	do
		good = store_open(&call->store, call->config.database_url, true, &call->random,
			&call->clock, problem);
	while (!good && open_again(begun, problem));
	if (!good) {
		say_failure("%s", problem);
		return false;
	}
	call->store.lease = COMMAND_LEASE;
	return take_clock(call);
}

void call_close(struct call *call)
{
	store_close(&call->store);
}

bool call_write(struct call *call, enum db_status (*work)(struct store *, void *), void *context)
{
	enum db_status status = store_write(&call->store, work, context);

	return call_read_done(call, status);
}

bool call_read_done(struct call *call, enum db_status status)
{
	db_rollback(call->store.db);
	if (status == DB_OK || status == DB_NONE)
		return true;
	if (*call->refusal)
		say_failure("%s", call->refusal);
	else
		say_database_failure(status);
	return false;
}
