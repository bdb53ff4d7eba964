/* serve, settings, help, version, migrate and docs render. */
#ifndef LLAVERO_COMMAND_GENERAL_H
#define LLAVERO_COMMAND_GENERAL_H

#include "command/call.h"

extern const struct flag no_flags[];
extern const struct flag migrate_flags[];
extern const struct flag docs_render_flags[];

int general_serve(struct call *call);
int general_settings(struct call *call);
int general_help(struct call *call);
int general_version(struct call *call);
/* Prints the help of the group `words` on standard output. */
int general_overview(struct str words);
int migrate(struct call *call);
int docs_render_page(struct call *call);

#endif
