/* The condition of {% ifversion %}. */
#ifndef LLAVERO_DOCS_VERSION_H
#define LLAVERO_DOCS_VERSION_H

#include "base/str.h"

/* Does the expression hold for this server (docs.h says which names do)? False is returned when it
 * cannot be understood, with `*bad` the word at fault (empty when the expression ends too early),
 * else true with `*holds` the answer. `and` binds tighter than `or`. */
bool version_holds(struct str expression, bool *holds, struct str *bad);

#endif
