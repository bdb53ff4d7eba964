#include "core/easy_password.h"

static char letter(struct random *r)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";

	return letters[random_below(r, sizeof letters - 1)];
}

void easy_password_make(struct random *r, char out[EASY_PASSWORD_LEN + 1])
{
	for (int i = 0; i < EASY_PASSWORD_LEN; i++)
		out[i] = (char)(i % 5 == 4 ? '-' : letter(r));
	out[EASY_PASSWORD_LEN] = '\0';
}

void easy_letters_make(struct random *r, char *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = letter(r);
	out[n] = '\0';
}
