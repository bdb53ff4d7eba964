#include "core/duration.h"

static const struct {
	char letter;
	int64_t seconds;
} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
enum { UNITS = sizeof units / sizeof units[0] };

/* Takes the digits off the front of `*rest`. */
static bool take_number(struct str *rest, int64_t *out)
{
	size_t n = 0;

	while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9')
		n++;
	bool good = str_to_i64(str_slice(*rest, 0, n), out);

	*rest = str_slice(*rest, n, rest->n);
	return good;
}

/* Takes a unit that is smaller than those before `*next`. */
static bool take_unit(struct str *rest, size_t *next, int64_t *seconds)
{
	while (*next < UNITS && rest->n > 0 && units[*next].letter != rest->p[0])
		(*next)++;
	if (*next == UNITS || rest->n == 0)
		return false;
	*seconds = units[(*next)++].seconds;
	*rest = str_slice(*rest, 1, rest->n);
	return true;
}

bool duration_read(struct str text, int64_t most_s, int64_t *out_s)
{
	struct str rest = text;
	int64_t number, unit = 1, sum = 0;
	size_t next = 0;

	if (str_to_i64(text, out_s))
		return *out_s <= most_s;
	if (text.n == 0)
		return false;
	while (rest.n > 0) {
		if (!take_number(&rest, &number) || !take_unit(&rest, &next, &unit) ||
			number > (most_s - sum) / unit)
			return false;
		sum += number * unit;
	}
	*out_s = sum;
	return true;
}
