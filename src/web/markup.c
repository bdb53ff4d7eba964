#include "web/markup.h"

#include <time.h>

#include "base/clock.h"

static bool has_unsafe_byte(struct str url)
{
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= 0x20 || url.p[i] == 0x7F)
			return true;
	return false;
}

/* Where the path ends: at the first '?' or '#'. */
static struct str before_query(struct str url)
{
	size_t query = str_find(url, '?'), fragment = str_find(url, '#');

	return str_slice(url, 0, query < fragment ? query : fragment);
}

/* The scheme in front of the first ':', or STR_NONE when `url` is relative. */
static struct str scheme_of(struct str url)
{
	struct str head = before_query(url);
	size_t colon = str_find(head, ':'), slash = str_find(head, '/');

	return colon < head.n && colon < slash ? str_slice(head, 0, colon) : STR_NONE;
}

bool markup_url_is_safe(struct str url)
{
	struct str scheme = scheme_of(url);

	if (!url.n || has_unsafe_byte(url) || str_has_char(before_query(url), '\\'))
		return false;
	if (str_is_set(scheme))
		return str_eq_nocase(scheme, STR("http")) || str_eq_nocase(scheme, STR("https"));
	return !str_starts(url, STR("//"));
}

bool markup_target_is_safe(struct str url)
{
	static const char *const refused[] = {"javascript", "data", "vbscript", "file", "blob",
		"about", "filesystem", "view-source", "ws", "wss", "chrome", "mailto"};
	struct str scheme = scheme_of(url);

	if (!str_has_text(scheme) || has_unsafe_byte(url))
		return false;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (str_eq_nocase(scheme, str_from(refused[i])))
			return false;
	return true;
}

void markup_add_url(struct buf *out, struct str url)
{
	if (markup_url_is_safe(url))
		buf_add_html(out, url);
}

void markup_add_target(struct buf *out, struct str url)
{
	if (markup_target_is_safe(url))
		buf_add_html(out, url);
}

static struct str padded(struct arena *a, int n)
{
	return str_printf(a, "%02d", n);
}

static const enum message months[12] = {MSG_TIME_MONTH_1, MSG_TIME_MONTH_2, MSG_TIME_MONTH_3,
	MSG_TIME_MONTH_4, MSG_TIME_MONTH_5, MSG_TIME_MONTH_6, MSG_TIME_MONTH_7, MSG_TIME_MONTH_8,
	MSG_TIME_MONTH_9, MSG_TIME_MONTH_10, MSG_TIME_MONTH_11, MSG_TIME_MONTH_12};

struct str markup_month(enum lang lang, int month)
{
	return message(lang, months[month]);
}

void markup_add_time(struct buf *out, enum lang lang, int64_t s)
{
	time_t at = (time_t)s;
	struct tm tm;
	char iso[24];

	if (!gmtime_r(&at, &tm))
		return;
	struct arena *a = out->arena;
	const struct message_arg args[] = {
		{"day", str_printf(a, "%d", tm.tm_mday)},
		{"month", markup_month(lang, tm.tm_mon)},
		{"year", str_printf(a, "%d", tm.tm_year + 1900)},
		{"hour", padded(a, tm.tm_hour)},
		{"minute", padded(a, tm.tm_min)},
	};

	clock_format_iso(s, iso);
	buf_addf(out, "<time datetime=\"%s\">", iso);
	buf_add_html(out, message_format(a, lang, MSG_TIME_FORMAT, args, 5));
	buf_add_c(out, "</time>");
}

void markup_add_ago(struct buf *out, enum lang lang, int64_t age_s)
{
	static const struct {
		int64_t unit_s;
		enum message one, other;
	} units[] = {
		{INT64_C(365) * 86400, MSG_TIME_YEAR_AGO, MSG_TIME_YEARS_AGO},
		{INT64_C(30) * 86400, MSG_TIME_MONTH_AGO, MSG_TIME_MONTHS_AGO},
		{86400, MSG_TIME_DAY_AGO, MSG_TIME_DAYS_AGO},
		{3600, MSG_TIME_HOUR_AGO, MSG_TIME_HOURS_AGO},
		{60, MSG_TIME_MINUTE_AGO, MSG_TIME_MINUTES_AGO},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		int64_t n = age_s / units[i].unit_s;

		if (n < 1)
			continue;
		const struct message_arg arg = {"n", str_printf(out->arena, "%lld", (long long)n)};

		buf_add_html(out, message_format(out->arena, lang,
					  n == 1 ? units[i].one : units[i].other, &arg, 1));
		return;
	}
	buf_add_html(out, message(lang, MSG_TIME_NOW));
}
