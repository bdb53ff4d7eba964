/* One run of a command: what it was given, and what it works with. */
#ifndef LLAVERO_COMMAND_CALL_H
#define LLAVERO_COMMAND_CALL_H

#include "base/arena.h"
#include "command/command.h"
#include "store/store.h"

enum { CALL_SAID = 1024 };

struct call {
	const struct command *command;
	int (*serve)(struct config *config);
	struct args args;
	struct config config;
	bool json; /* --json: one JSON value on standard output, no sentences */
	struct arena arena;
	struct clock clock;
	struct random random;
	struct store store;
	char refusal[CALL_SAID]; /* why a transaction gave up; "" when it did not */
};

/* "--json", which every command over the store takes. */
#define FLAG_JSON                                                                                  \
	{                                                                                          \
		"json", FLAG_SWITCH, false, NULL, "print JSON"                                     \
	}
#define FLAG_END                                                                                   \
	{                                                                                          \
		NULL, FLAG_SWITCH, false, NULL, NULL                                               \
	}

/* Prints "llavero: " and the sentence on standard error; returns EXIT_FAILED. */
int say_failure(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for what cannot be understood; points to the command's help. Returns EXIT_USAGE. */
int say_misuse(const struct call *call, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Ends a transaction's work for a reason that the person can mend: the sentence is kept, and what
 * was written is undone. Returns the status to return. */
enum db_status refuse(struct call *call, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Opens the store of call->config: makes the default folder if need be, brings the schema up to
 * date. Says why on failure. */
bool call_open(struct call *call);
void call_close(struct call *call);
/* Opens the database at `url`, as it is: no migration is applied. NULL after saying why. */
struct db *call_open_database(const char *url, bool create);
/* Makes the folder of the default database (mode 0700) if that is the one in use. */
bool call_make_folder(const struct call *call);
/* Runs `work` in one transaction (store_write), again if another program was in the way. False,
 * after saying why, when it was refused or failed. */
bool call_write(struct call *call, enum db_status (*work)(struct store *, void *), void *context);
/* Ends what was read, so that the server's housekeeping is not held back. False, after saying
 * why, unless `status` is DB_OK or DB_NONE. A refusal is said too. */
bool call_read_done(struct call *call, enum db_status status);
/* As call_write's last words, for a status that comes from elsewhere. Returns EXIT_FAILED. */
int say_database_failure(enum db_status status);
/* Says a sentence of the store, and after it what the database last said, if it failed. Returns
 * EXIT_FAILED. */
int say_problem(const char *problem);
/* While commands run, what the store logs is kept for say_database_failure instead of being
 * shown line by line. */
void keep_log(void);

#endif
