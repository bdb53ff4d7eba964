/* Passwords of command lines: read from standard input, never from arguments, which every process
 * of the machine can see. */
#ifndef LLAVERO_COMMAND_PASSWORD_H
#define LLAVERO_COMMAND_PASSWORD_H

#include "command/call.h"

/* Reads standard input up to its first line end, which is taken off with a CR before it. From a
 * terminal it asks, and shows nothing of what is typed. False after saying why. */
bool password_read(struct call *call, struct str *out);
/* Its Argon2id hash by the settings, as the account stores it. False after saying why. */
bool password_make(struct call *call, struct str password, struct str *hash);

#endif
