/* backup and restore. */
#ifndef LLAVERO_COMMAND_BACKUP_H
#define LLAVERO_COMMAND_BACKUP_H

#include "command/call.h"

extern const struct flag backup_flags[], restore_flags[];

int backup_command(struct call *call);
int restore_command(struct call *call);

#endif
