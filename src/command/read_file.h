/* Files that flags name: keys, metadata. */
#ifndef LLAVERO_COMMAND_READ_FILE_H
#define LLAVERO_COMMAND_READ_FILE_H

#include "command/call.h"

/* The whole of it, `most` bytes at most, in the call's arena. False: call->refusal says why. */
bool read_file(struct call *call, struct str path, size_t most, struct str *out);

#endif
