/* explain, tail: why requests were refused, for the operator. */
#ifndef LLAVERO_COMMAND_EXPLAIN_H
#define LLAVERO_COMMAND_EXPLAIN_H

#include "command/call.h"

extern const struct flag explain_flags[], tail_flags[];

int explain_command(struct call *call);
int tail_command(struct call *call);

#endif
