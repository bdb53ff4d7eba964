/* Which language a page is in. RFC 9110 12.5.4. */
#include "web/visit.h"

/* The weight of one range, in thousandths: "en;q=0.8" weighs 800, no q weighs 1000, and what
 * cannot be read weighs nothing. */
static int weight_of(struct str parameters)
{
	struct str q = str_trim(parameters);
	int weight, unit = 100;

	if (q.n == 0)
		return 1000;
	if (!str_starts(q, STR("q=")) || q.n < 3 || (q.p[2] != '0' && q.p[2] != '1'))
		return 0;
	weight = (q.p[2] - '0') * 1000;
	for (size_t i = 4; i < q.n && unit > 0; i++, unit /= 10)
		if (q.p[i] >= '0' && q.p[i] <= '9')
			weight += (q.p[i] - '0') * unit;
	return weight > 1000 ? 1000 : weight;
}

static enum lang best_of(struct str ranges)
{
	enum lang best = LANG_EN, lang;
	int best_weight = 0;
	struct str range;

	while (str_next(&ranges, ',', &range)) {
		size_t semicolon = str_find(range, ';');
		int weight = weight_of(str_slice(range, semicolon + 1, range.n));

		if (weight > best_weight &&
			lang_find(str_trim(str_slice(range, 0, semicolon)), &lang)) {
			best = lang;
			best_weight = weight;
		}
	}
	return best;
}

/* BCP 47 tags in order of preference, spaces between them. */
static bool first_of(struct str ui_locales, enum lang *lang)
{
	struct str tag;

	while (str_has_text(ui_locales) && str_next(&ui_locales, ' ', &tag))
		if (lang_find(tag, lang))
			return true;
	return false;
}

enum lang web_choose_lang(const struct lang_wishes *w)
{
	enum lang lang;

	if (lang_find(w->query, &lang) || lang_find(w->cookie, &lang) ||
		first_of(w->ui_locales, &lang))
		return lang;
	return best_of(w->accept_language);
}
