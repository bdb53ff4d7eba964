/* resource serve: which apps are the resources that tokens are for. */
#ifndef LLAVERO_COMMAND_RESOURCE_APP_H
#define LLAVERO_COMMAND_RESOURCE_APP_H

#include "command/print.h"

extern const struct flag resource_serve_flags[];

int resource_serve_command(struct call *call);

#endif
