#include "core/user_code.h"

enum { TYPED_MAX = 64 };

void user_code_generate(struct random *r, char out[USER_CODE_LEN + 1])
{
	for (int i = 0; i < USER_CODE_LEN; i++)
		out[i] = "0123456789ABCDEF"[random_below(r, 16)];
	out[USER_CODE_LEN] = '\0';
}

static char upper(char c)
{
	if (c < 'a' || c > 'z')
		return c;
	return (char)(c - 'a' + 'A');
}

/* The letters that digits are taken for are no hexadecimal digits. */
static char digit_of(char c)
{
	c = upper(c);
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c;
}

bool user_code_read(struct str typed, char out[USER_CODE_LEN + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < typed.n; i++) {
		char c = digit_of(typed.p[i]);
		bool hex = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');

		if (!hex && !(c >= 'G' && c <= 'Z'))
			continue;
		if (!hex || n == USER_CODE_LEN || i >= TYPED_MAX)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n == USER_CODE_LEN;
}

struct str user_code_show(struct arena *a, const char code[USER_CODE_LEN + 1])
{
	return str_printf(a, "%.4s-%.4s", code, code + 4);
}
