/* From argv to a command's run. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command/call.h"
#include "command/general.h"

enum { CALL_ARENA = 64 << 20 };

/* How many of `argv`'s words are the whole `name`; 0 when they are not. */
static int match(const char *name, int argc, char **argv)
{
	struct str rest = str_from(name), word;
	int n = 0;

	for (; str_next(&rest, ' ', &word); n++)
		if (n == argc || !str_eq_c(word, argv[n]))
			return 0;
	return n;
}

static const struct command *find(int argc, char **argv, int *words)
{
	const struct command *best = NULL;

	*words = 0;
	for (const struct command *c = commands; c->name; c++) {
		int n = match(c->name, argc, argv);

		if (n > *words) {
			best = c;
			*words = n;
		}
	}
	return best;
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

/* Reads flags, settings and words. False after saying what is wrong. */
static bool read_line(struct call *call, int argc, char **argv)
{
	const struct command *c = call->command;
	char problem[256];

	if (!args_take_flags(&call->args, c->flags, &argc, argv, problem))
		goto bad;
	if (c->needs != NEEDS_NOTHING && !config_load(&call->config, &argc, argv, problem)) {
		say_failure("%s", problem);
		return false;
	}
	if (!args_take_words(&call->args, c->operands, argc, argv, problem) ||
		!args_check_required(&call->args, c->flags, problem))
		goto bad;
	call->json = args_has(&call->args, "json");
	return true;
bad:
	say_misuse(call, "%s", problem);
	return false;
}

static int run_with_store(struct call *call)
{
	keep_log();
	if (!call_open(call))
		return EXIT_FAILED;
	int status = call->command->run(call);

	call_close(call);
	return status;
}

static int run(struct call *call)
{
	jmp_buf out_of_memory;
	int status;

	arena_init(&call->arena, CALL_ARENA);
	call->arena.escape = &out_of_memory;
	if (setjmp(out_of_memory) == 0) {
		status = call->command->needs == NEEDS_STORE ? run_with_store(call)
							     : call->command->run(call);
		arena_release(&call->arena);
	} else {
		status = say_failure("out of memory");
	}
	call->arena.escape = NULL;
	return status;
}

/* What was printed counts only once it has arrived: a secret is shown just this once. */
static int finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	return say_failure("what was done cannot be printed: %s", strerror(errno));
}

static int no_command(int argc, char **argv)
{
	size_t n = strlen(argv[0]);
	bool is_group = false;

	for (const struct command *c = commands; c->name; c++)
		is_group |= strncmp(c->name, argv[0], n) == 0 && c->name[n] == ' ';
	if (!is_group)
		say_failure("'%s' is no command; see 'llavero help'", argv[0]);
	else if (wants_help(argc, argv))
		return general_overview(str_from(argv[0]));
	else if (argc == 1)
		say_failure(
			"'%s' needs to know what to do; see 'llavero %s --help'", argv[0], argv[0]);
	else
		say_failure("'%s %s' is no command; see 'llavero %s --help'", argv[0], argv[1],
			argv[0]);
	return EXIT_USAGE;
}

int command_main(int argc, char **argv, int (*serve)(struct config *config))
{
	static struct call call;
	static char help_word[] = "help", version_word[] = "version";
	int words;

	if (argc < 2) {
		help_overview(stderr, STR(""));
		return EXIT_USAGE;
	}
	argc--, argv++;
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)
		argv[0] = help_word;
	else if (strcmp(argv[0], "--version") == 0)
		argv[0] = version_word;
	call.command = find(argc, argv, &words);
	call.serve = serve;
	if (!call.command)
		return finish(no_command(argc, argv));
	argc -= words, argv += words;
	if (wants_help(argc, argv)) {
		help_command(stdout, call.command);
		return finish(EXIT_DONE);
	}
	clock_init(&call.clock);
	random_init(&call.random);
	return read_line(&call, argc, argv) ? finish(run(&call)) : EXIT_USAGE;
}
