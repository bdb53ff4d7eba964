/* explain, tail: why requests were refused, for the operator. */
#ifndef LLAVERO_COMMAND_EXPLAIN_H
#define LLAVERO_COMMAND_EXPLAIN_H

#include "command/call.h"
#include "explain/explanation.h"

#define FLAG_LANG                                                                                  \
	{                                                                                          \
		"lang", FLAG_TEXT, false, "en|es", "the language; else that of the environment"    \
	}

extern const struct flag explain_flags[], tail_flags[];

int explain_command(struct call *call);
int tail_command(struct call *call);

/* The language that --lang asks for, else the environment's. False when it is none, after saying
 * so: the caller returns EXIT_USAGE. */
bool explain_lang(const struct call *call, enum lang *lang);
/* Prints text that came from outside, line by line: a terminal must not obey it. */
void explain_print_text(struct arena *a, struct str text);

#endif
