/* User codes of the device flow: RFC 8628 6.1; GitHub reference 5.1: "78FA-2E45". */
#ifndef LLAVERO_CORE_USER_CODE_H
#define LLAVERO_CORE_USER_CODE_H

#include "base/random.h"
#include "base/str.h"

enum { USER_CODE_LEN = 8 }; /* without its dash */

/* Eight upper-case hexadecimal digits and a NUL. */
void user_code_generate(struct random *r, char out[USER_CODE_LEN + 1]);
/* Reads what a person typed: letters in either case; spaces, dashes and other punctuation count for
 * nothing; O is taken for 0, I and L for 1. False when that leaves no user code. */
bool user_code_read(struct str typed, char out[USER_CODE_LEN + 1]);
/* With its dash, in the arena. */
struct str user_code_show(struct arena *a, const char code[USER_CODE_LEN + 1]);

#endif
