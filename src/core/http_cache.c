#include "core/http_cache.h"

#include <time.h>

#include "base/arena.h"

/* The seconds of "name=SECONDS" in a Cache-Control value; -1 without one. Whether it is there at
 * all: `*here`. */
static int64_t directive(struct str value, const char *name, bool *here)
{
	struct str part, wanted = str_from(name);

	*here = false;
	while (str_next(&value, ',', &part)) {
		part = str_trim(part);
		size_t equals = str_find(part, '=');
		int64_t seconds;

		if (!str_eq_nocase(str_trim(str_slice(part, 0, equals)), wanted))
			continue;
		*here = true;
		struct str number = str_trim(str_slice(part, equals + 1, part.n));

		if (number.n >= 2 && number.p[0] == '"' && number.p[number.n - 1] == '"')
			number = str_slice(number, 1, number.n - 1);
		if (equals < part.n && str_to_i64(number, &seconds))
			return seconds;
		return -1;
	}
	return -1;
}

static int64_t two_digits(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

/* RFC 9110 5.6.7, the one form that may be sent: "Sun, 06 Nov 1994 08:49:37 GMT"; -1 for others. */
static int64_t read_date(struct str s)
{
	static const char form[] = "Aaa, 00 Aaa 0000 00:00:00 GMT";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int month = -1;

	if (s.n != sizeof form - 1)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';
		bool letter = (s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z';

		if (form[i] == '0'                         ? !digit
			: form[i] == 'A' || form[i] == 'a' ? !letter
							   : s.p[i] != form[i])
			return -1;
	}
	for (int m = 0; m < 12; m++)
		if (str_eq(str_slice(s, 8, 11), (struct str){&months[(size_t)m * 3], 3}))
			month = m;
	if (month < 0)
		return -1;
	struct tm tm = {.tm_mday = (int)two_digits(s.p + 5),
		.tm_mon = month,
		.tm_year = (int)(two_digits(s.p + 12) * 100 + two_digits(s.p + 14) - 1900),
		.tm_hour = (int)two_digits(s.p + 17),
		.tm_min = (int)two_digits(s.p + 20),
		.tm_sec = (int)two_digits(s.p + 23)};

	return (int64_t)timegm(&tm);
}

/* RFC 9111 4.2.1, as a cache that many are served from; -1 when nothing is said. */
static int64_t lifetime(const struct http_freshness *f)
{
	bool here, no_store, no_cache;
	int64_t seconds;

	directive(f->cache_control, "no-store", &no_store);
	directive(f->cache_control, "no-cache", &no_cache);
	if (no_store || no_cache)
		return 0;
	seconds = directive(f->cache_control, "s-maxage", &here);
	if (!here)
		seconds = directive(f->cache_control, "max-age", &here);
	if (here)
		return seconds < 0 ? 0 : seconds;
	if (!str_is_set(f->expires))
		return -1;
	int64_t expires = read_date(f->expires), date = read_date(f->date);

	/* "an invalid date format ... represents a time in the past" (5.3) */
	return expires < 0 || date < 0 || expires < date ? 0 : expires - date;
}

int64_t http_fresh_for(const struct http_freshness *f, int64_t least, int64_t most, int64_t usual)
{
	int64_t seconds = lifetime(f), age = 0;

	if (seconds < 0)
		return usual;
	if (!str_to_i64(str_trim(f->age), &age))
		age = 0;
	seconds -= age;
	return seconds < least ? least : seconds > most ? most : seconds;
}
