/* A file that a command is given. */
#ifndef LLAVERO_COMMAND_FILE_H
#define LLAVERO_COMMAND_FILE_H

#include "command/call.h"

/* The bytes of the file at `path`, `most` of them at most. False after saying why not. */
bool read_file(struct call *call, struct str path, size_t most, struct str *out);

#endif
