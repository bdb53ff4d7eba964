/* vault create-key, show, seal, unseal: the master key that seals the database's keys. */
#ifndef LLAVERO_COMMAND_VAULT_H
#define LLAVERO_COMMAND_VAULT_H

#include "command/print.h"

extern const struct flag vault_unseal_flags[];

int vault_create_key_command(struct call *call);
int vault_show_command(struct call *call);
int vault_seal_command(struct call *call);
int vault_unseal_command(struct call *call);

#endif
