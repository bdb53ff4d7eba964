/* Values and names of the log in words. */
#include "explain/told.h"

#include "base/clock.h"

enum { KEY_MAX = 128 };
static const int64_t MINUTE = 60, HOUR = 3600, DAY = 86400;

/* The message "<prefix><a>.<b>", lower case, with '_' for spaces; `b` may be "". */
static bool find(
	struct arena *a, const char *prefix, struct str first, struct str second, enum message *out)
{
	struct buf key;

	buf_init(&key, a, KEY_MAX);
	buf_add_c(&key, prefix);
	buf_add(&key, str_replaced(a, str_lower(a, first), ' ', '_'));
	if (second.n) {
		buf_add_char(&key, '.');
		buf_add(&key, str_replaced(a, str_lower(a, second), ' ', '_'));
	}
	buf_add_char(&key, '\0');
	return !key.overflow && message_find(key.p, out);
}

static struct str look_up(
	struct arena *a, enum lang lang, const char *prefix, struct str first, struct str second)
{
	enum message m;

	return find(a, prefix, first, second, &m) ? message(lang, m) : STR_NONE;
}

static struct str counted(struct arena *a, enum lang lang, const char *unit, int64_t n)
{
	struct message_arg arg = {"n", str_printf(a, "%lld", (long long)n)};
	enum message m;

	if (!find(a, "duration.", str_printf(a, n == 1 ? "%s" : "%ss", unit), STR_NONE, &m))
		return arg.value;
	return message_format(a, lang, m, &arg, 1);
}

struct str told_duration(struct arena *a, enum lang lang, int64_t seconds)
{
	if (seconds < 2 * MINUTE)
		return counted(a, lang, "second", seconds < 0 ? 0 : seconds);
	if (seconds < 2 * HOUR)
		return counted(a, lang, "minute", seconds / MINUTE);
	if (seconds < 2 * DAY)
		return counted(a, lang, "hour", seconds / HOUR);
	return counted(a, lang, "day", seconds / DAY);
}

struct str told_time(struct arena *a, int64_t seconds)
{
	char text[24];

	clock_format_iso(seconds, text);
	return str_printf(a, "%.10s %.8s UTC", text, text + 11);
}

static struct str told_length(struct arena *a, enum lang lang, int64_t n)
{
	struct message_arg arg = {"n", str_printf(a, "%lld", (long long)n)};
	struct str name = n == 0 ? STR("absent") : STR("length");
	enum message m;

	if (!find(a, "word.", name, n == 1 ? STR("one") : STR_NONE, &m))
		return arg.value;
	return message_format(a, lang, m, &arg, 1);
}

struct str told_nothing(struct arena *a, enum lang lang)
{
	return look_up(a, lang, "word.", STR("absent"), STR_NONE);
}

struct str told_value(struct arena *a, enum lang lang, enum evidence_name name, struct str value)
{
	int64_t number;
	bool is_number = str_to_i64(value, &number);
	struct str word;

	if (value.n == 0)
		return told_nothing(a, lang);
	switch (evidence_kind(name)) {
	case EVIDENCE_TEXT:
	case EVIDENCE_NUMBER:
		break;
	case EVIDENCE_LENGTH:
		return is_number ? told_length(a, lang, number) : value;
	case EVIDENCE_SECONDS:
		return is_number ? told_duration(a, lang, number) : value;
	case EVIDENCE_TIME:
		return is_number ? told_time(a, number) : value;
	case EVIDENCE_WORD:
		word = look_up(a, lang, "word.", str_from(evidence_name(name)), value);
		return str_is_set(word) ? word : value;
	}
	return value;
}

struct str told_cause(struct arena *a, enum lang lang, enum cause cause)
{
	struct str title = look_up(a, lang, "why.", str_from(cause_name(cause)), STR_NONE);

	return str_is_set(title) ? title : str_from(cause_name(cause));
}

struct str told_endpoint(struct arena *a, enum lang lang, struct str endpoint)
{
	struct str words = look_up(a, lang, "endpoint.", endpoint, STR_NONE);

	return str_is_set(words) ? words : endpoint;
}

size_t told_same(struct str a, struct str b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	/* Not inside a character. */
	while (i > 0 && i < a.n && ((unsigned char)a.p[i] & 0xC0) == 0x80)
		i--;
	return i;
}

struct str told_why(struct arena *a, enum lang lang, enum cause cause, const char *which,
	const struct message_arg *args, size_t n)
{
	enum message m;

	return find(a, "why.", str_from(cause_name(cause)), str_from(which), &m)
		       ? message_format(a, lang, m, args, n)
		       : STR("");
}

struct str told_label(struct arena *a, enum lang lang, enum evidence_name name)
{
	struct str label = look_up(a, lang, "evidence.", str_from(evidence_name(name)), STR_NONE);

	return str_is_set(label) ? label : str_from(evidence_name(name));
}

struct str told_step(struct arena *a, enum lang lang, struct str flow, const char *step)
{
	struct str words = look_up(a, lang, "step.", flow, str_from(step));

	return str_is_set(words) ? words : str_from(step);
}
