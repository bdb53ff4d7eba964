#include "core/prompt.h"

static const char *const names[] = {"none", "login", "consent", "select_account"};
enum { NAMES = sizeof names / sizeof names[0] };

const char *prompt_name(size_t i)
{
	return i < NAMES ? names[i] : NULL;
}

static unsigned bit_of(struct str name)
{
	for (unsigned i = 0; i < NAMES; i++)
		if (str_eq_c(name, names[i]))
			return 1U << i;
	return 0;
}

bool prompt_read(struct str text, unsigned *out)
{
	struct str rest = text, name;

	*out = 0;
	while (str_next(&rest, ' ', &name)) {
		unsigned bit = bit_of(name);

		if (!bit && name.n)
			return false;
		*out |= bit;
	}
	return !(*out & PROMPT_NONE) || *out == PROMPT_NONE;
}
