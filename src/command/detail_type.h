/* detail-type add, list, show, remove: what authorization details may say (RFC 9396). */
#ifndef LLAVERO_COMMAND_DETAIL_TYPE_H
#define LLAVERO_COMMAND_DETAIL_TYPE_H

#include "command/print.h"

extern const struct flag detail_type_add_flags[], detail_type_remove_flags[];

int detail_type_add_command(struct call *call);
int detail_type_list_command(struct call *call);
int detail_type_show_command(struct call *call);
int detail_type_remove_command(struct call *call);

#endif
