/* Text of a request that people will read: what looks like a secret of ours is covered. */
#ifndef LLAVERO_CORE_REDACT_H
#define LLAVERO_CORE_REDACT_H

#include "base/arena.h"
#include "base/str.h"

enum { REDACT_RUN = 32 }; /* letters and digits in a row that may be a secret, at least */

/* A copy of `text` in which each of `secrets` (of 8 bytes or more), with the letters and digits
 * that follow it, and each run of REDACT_RUN or more letters and digits, or of fewer after "gh?_",
 * is replaced by "[40 characters]". Control characters and bytes that are not UTF-8 become '?'. At
 * most `most` bytes of the text are looked at; a cut is shown by "…". STR_NONE stays so. */
struct str redact(
	struct arena *a, struct str text, const struct str *secrets, size_t secrets_n, size_t most);

/* Has the text the form of a client id: ours, or one of GitHub's? Others may be secrets. */
bool looks_like_client_id(struct str text);
/* What came as a client id, to be shown: as it is when it looks like one, else its length. */
struct str redact_client_id(struct arena *a, struct str id);

#endif
