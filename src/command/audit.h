/* audit list, export, head, verify: the security log, and whether somebody changed it. */
#ifndef LLAVERO_COMMAND_AUDIT_H
#define LLAVERO_COMMAND_AUDIT_H

#include "command/print.h"

extern const struct flag audit_list_flags[], audit_verify_flags[];

int audit_list_command(struct call *call);
int audit_export_command(struct call *call);
int audit_head_command(struct call *call);
int audit_verify_command(struct call *call);

#endif
