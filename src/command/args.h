/* Flags and words of one command, read by a table.
 *
 * "--name value" and "--name=value" give a value, "--name" a switch; "--" ends the flags. A value
 * that begins with "--" is taken in the second form only, so that a forgotten value is noticed. */
#ifndef LLAVERO_COMMAND_ARGS_H
#define LLAVERO_COMMAND_ARGS_H

#include "base/str.h"

enum { ARGS_GIVEN = 64, ARGS_WORDS = 8 };

enum flag_kind {
	FLAG_SWITCH, /* present or not */
	FLAG_TEXT,   /* a value, once at most */
	FLAG_LIST,   /* a value, as often as wanted */
};

/* A row of a command's table; a row without a name ends the table. */
struct flag {
	const char *name; /* without the hyphens */
	enum flag_kind kind;
	bool required;
	const char *value; /* what the help calls the value; NULL for a switch */
	const char *help;
};

/* What was given; views into argv. */
struct args {
	struct {
		const char *name;
		struct str value; /* STR_NONE for a switch */
	} given[ARGS_GIVEN];
	size_t given_n;
	struct str words[ARGS_WORDS]; /* what is no flag, in order; beyond words_n: STR_NONE */
	size_t words_n;
	char **late; /* what followed "--" */
	size_t late_n;
};

/* Takes the flags of `table` out of `argv`, and "--" with all that follows it. What remains stays
 * in order for another reader of flags, `*argc` counts it. False with a sentence in `problem`. */
bool args_take_flags(
	struct args *a, const struct flag *table, int *argc, char **argv, char problem[256]);
/* Takes what remains as words. `operands` names them, separated by spaces, those in brackets are
 * optional, and "[NAME...]" stands for any number: "LOGIN [ID]". False with a sentence for a flag
 * nobody knows, and for a word too many or too few. */
bool args_take_words(
	struct args *a, const char *operands, int argc, char **argv, char problem[256]);
/* Are the required flags there? */
bool args_check_required(const struct args *a, const struct flag *table, char problem[256]);

bool args_has(const struct args *a, const char *name);
/* The value of a FLAG_TEXT, or STR_NONE. */
struct str args_text(const struct args *a, const char *name);

#endif
