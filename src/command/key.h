/* key list, rotate, retire: the server's signing keys. */
#ifndef LLAVERO_COMMAND_KEY_H
#define LLAVERO_COMMAND_KEY_H

#include "command/print.h"

extern const struct flag key_retire_flags[];

int key_list_command(struct call *call);
int key_rotate_command(struct call *call);
int key_retire_command(struct call *call);

#endif
