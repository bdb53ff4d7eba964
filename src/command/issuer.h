/* issuer add, edit, list, show, remove, link, unlink: whose assertions about people are believed.
 */
#ifndef LLAVERO_COMMAND_ISSUER_H
#define LLAVERO_COMMAND_ISSUER_H

#include "command/print.h"

extern const struct flag issuer_add_flags[], issuer_edit_flags[], issuer_remove_flags[];

int issuer_add_command(struct call *call);
int issuer_edit_command(struct call *call);
int issuer_list_command(struct call *call);
int issuer_show_command(struct call *call);
int issuer_remove_command(struct call *call);
int issuer_link_command(struct call *call);
int issuer_unlink_command(struct call *call);

#endif
