/* Values that people give on the command line, held to the same rules as in the pages. Each check
 * says what is wrong and names the value when it is not good. */
#ifndef LLAVERO_COMMAND_FIELDS_H
#define LLAVERO_COMMAND_FIELDS_H

#include "command/call.h"
#include "store/app.h"

bool check_login(struct str login);
bool check_email(struct str email);
bool check_display_name(struct str name);
bool check_password(struct str password, struct str login, struct str email);
bool check_app_name(struct str name);
bool check_homepage(struct str url);
bool check_description(struct str text);
/* The callbacks among the flags, --callback and --wildcard-callback, in their order; `out` has room
 * for LIMIT_CALLBACKS. */
bool read_callbacks(const struct args *args, struct callback *out, size_t *n);

#endif
