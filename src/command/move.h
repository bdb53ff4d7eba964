/* llavero migrate --from --to, and --reopen: a database moved to another one. */
#ifndef LLAVERO_COMMAND_MOVE_H
#define LLAVERO_COMMAND_MOVE_H

#include "command/call.h"

/* Does the command line ask for this, and not for the schema to be brought up to date? */
bool move_is_wanted(const struct call *call);
int move_command(struct call *call);

#endif
