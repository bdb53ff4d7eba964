/* Passwords that the server makes up: of letters and digits that nobody mistakes, because somebody
 * may type them, with 59 random bits. */
#ifndef LLAVERO_CORE_EASY_PASSWORD_H
#define LLAVERO_CORE_EASY_PASSWORD_H

#include "base/random.h"

enum { EASY_PASSWORD_LEN = 14 };

void easy_password_make(struct random *r, char out[EASY_PASSWORD_LEN + 1]);
/* `n` such letters and digits, without the hyphens, and a NUL. */
void easy_letters_make(struct random *r, char *out, size_t n);

#endif
