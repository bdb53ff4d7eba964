/* resource create, list, show, edit, delete: what access tokens may be for. */
#ifndef LLAVERO_COMMAND_RESOURCE_H
#define LLAVERO_COMMAND_RESOURCE_H

#include "command/print.h"

extern const struct flag resource_create_flags[], resource_edit_flags[], resource_delete_flags[];

int resource_create_command(struct call *call);
int resource_list_command(struct call *call);
int resource_show_command(struct call *call);
int resource_edit_command(struct call *call);
int resource_delete_command(struct call *call);

#endif
