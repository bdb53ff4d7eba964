/* conformance: what the specifications ask, and how much of it holds as this server is configured.
 */
#ifndef LLAVERO_COMMAND_CONFORMANCE_H
#define LLAVERO_COMMAND_CONFORMANCE_H

#include "command/call.h"

extern const struct flag conformance_flags[];

int conformance_command(struct call *call);

#endif
