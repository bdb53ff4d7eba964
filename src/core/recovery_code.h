/* Recovery codes: for who has lost the authenticator. Eighty bits each, so that a plain hash of
 * one is as good as kept, and written so that people can copy them from paper. */
#ifndef LLAVERO_CORE_RECOVERY_CODE_H
#define LLAVERO_CORE_RECOVERY_CODE_H

#include "base/random.h"
#include "base/str.h"

enum {
	RECOVERY_CODES = 16,    /* made at once */
	RECOVERY_DIGITS = 16,   /* of base 32 */
	RECOVERY_TEXT_LEN = 19, /* "abcd-efgh-jkmn-pqrs" */
};

/* A fresh one, NUL-terminated. */
void recovery_code_make(struct random *r, char out[RECOVERY_TEXT_LEN + 1]);
/* What was typed, as recovery_code_make writes it: any case, hyphens and spaces anywhere, o for 0,
 * i and l for 1. False when it cannot be one. */
bool recovery_code_read(struct str typed, char out[RECOVERY_TEXT_LEN + 1]);

#endif
