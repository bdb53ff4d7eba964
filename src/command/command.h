/* The command line: which commands there are, and how one is run. */
#ifndef LLAVERO_COMMAND_COMMAND_H
#define LLAVERO_COMMAND_COMMAND_H

#include <stdio.h>

#include "command/args.h"
#include "server/config.h"

struct call;

/* Exit statuses. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1, /* understood, but it could not be done */
	EXIT_USAGE = 2,  /* the command line or a setting cannot be understood */
};

enum command_needs {
	NEEDS_NOTHING, /* takes no settings */
	NEEDS_CONFIG,  /* call.config is filled */
	NEEDS_STORE,   /* call.store is open too */
};

struct command {
	const char *name;     /* "app secret add" */
	const char *operands; /* as args_take_words reads them */
	enum command_needs needs;
	const struct flag *flags;
	const char *summary;
	const char *detail; /* more sentences for its help; or NULL */
	int (*run)(struct call *call);
};

/* Every command, in the order of the help; the last has no name. */
extern const struct command commands[];

/* Runs what argv[1]... asks for and returns the exit status. `serve` runs the server. */
int command_main(int argc, char **argv, int (*serve)(struct config *config));

/* help.c: all commands that begin with `words` (of a group, or of one command; "" for all). */
void help_overview(FILE *out, struct str words);
void help_command(FILE *out, const struct command *command);

#endif
