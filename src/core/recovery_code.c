#include "core/recovery_code.h"

#include <string.h>

#include "base/crypto.h"

enum { GROUP = 4, TYPED_MAX = 64 };

/* Crockford's base 32: nothing that looks like something else. */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void write_digits(const char digits[RECOVERY_DIGITS], char out[RECOVERY_TEXT_LEN + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < RECOVERY_DIGITS; i++) {
		if (i && i % GROUP == 0)
			out[n++] = '-';
		out[n++] = digits[i];
	}
	out[n] = '\0';
}

void recovery_code_make(struct random *r, char out[RECOVERY_TEXT_LEN + 1])
{
	uint8_t bytes[RECOVERY_DIGITS];
	char digits[RECOVERY_DIGITS];

	random_bytes(r, bytes, sizeof bytes);
	for (size_t i = 0; i < RECOVERY_DIGITS; i++)
		digits[i] = alphabet[bytes[i] % 32];
	write_digits(digits, out);
	wipe(bytes, sizeof bytes);
	wipe(digits, sizeof digits);
}

/* The digit that a character stands for, or NUL. */
static char digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		c = (char)(c - 'A' + 'a');
	if (c == 'o')
		return '0';
	if (c == 'i' || c == 'l')
		return '1';
	if (c == '\0' || !strchr(alphabet, c))
		return '\0';
	return c;
}

bool recovery_code_read(struct str typed, char out[RECOVERY_TEXT_LEN + 1])
{
	char digits[RECOVERY_DIGITS];
	size_t n = 0;

	if (typed.n > TYPED_MAX)
		return false;
	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i], digit = digit_of(c);

		if (c == '-' || c == ' ')
			continue;
		if (digit == '\0' || n == RECOVERY_DIGITS)
			return false;
		digits[n++] = digit;
	}
	if (n != RECOVERY_DIGITS)
		return false;
	write_digits(digits, out);
	wipe(digits, sizeof digits);
	return true;
}
