/* The prompt parameter: OpenID Connect Core 3.1.2.1. */
#ifndef LLAVERO_CORE_PROMPT_H
#define LLAVERO_CORE_PROMPT_H

#include "base/str.h"

enum prompt { PROMPT_NONE = 1, PROMPT_LOGIN = 2, PROMPT_CONSENT = 4, PROMPT_SELECT_ACCOUNT = 8 };

/* Bits of the names in `text`, which spaces divide; STR_NONE gives 0. False: a name that is not
 * known, or "none" with another. */
bool prompt_read(struct str text, unsigned *out);
/* The name at `i`, NULL past the last; for metadata. */
const char *prompt_name(size_t i);

#endif
