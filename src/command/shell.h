/* Requests as commands that a shell of POSIX can run. */
#ifndef LLAVERO_COMMAND_SHELL_H
#define LLAVERO_COMMAND_SHELL_H

#include "base/buf.h"

/* Adds one word that the shell reads as exactly `text`: 'it'\''s'. */
void shell_add_word(struct buf *b, struct str text);
/* Adds printf's command that writes exactly `text`: for what is not to stand in a terminal. */
void shell_add_printf(struct buf *b, struct str text);
/* Has it bytes that a terminal would obey rather than show? */
bool shell_has_controls(struct str text);

#endif
