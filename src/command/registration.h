/* registration-token create, list, revoke; app verify. */
#ifndef LLAVERO_COMMAND_REGISTRATION_H
#define LLAVERO_COMMAND_REGISTRATION_H

#include "command/call.h"

extern const struct flag registration_token_create_flags[];

int registration_token_create_command(struct call *call);
int registration_token_list_command(struct call *call);
int registration_token_revoke_command(struct call *call);
int app_verify(struct call *call);

#endif
