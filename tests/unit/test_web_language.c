#include "unit.h"
#include "web/visit.h"

static const struct {
	const char *query, *cookie, *accept;
	const char *ui_locales;
	enum lang want;
} rows[] = {
	{NULL, NULL, NULL, NULL, LANG_EN},
	{NULL, NULL, "", NULL, LANG_EN},
	{NULL, NULL, "es", NULL, LANG_ES},
	{NULL, NULL, "es-MX,es;q=0.9,en;q=0.8", NULL, LANG_ES},
	{NULL, NULL, "en;q=0.8, es;q=0.9", NULL, LANG_ES},
	{NULL, NULL, "fr, de;q=0.9, es;q=0.1", NULL, LANG_ES},
	{NULL, NULL, "fr", NULL, LANG_EN},
	{NULL, NULL, "es;q=0", NULL, LANG_EN},
	{NULL, NULL, "es;q=0.000,en;q=0.001", NULL, LANG_EN},
	{NULL, NULL, "es ; q=0.5 , en ; q=0.4", NULL, LANG_ES},
	{NULL, NULL, "es;q=x", NULL, LANG_EN},
	{NULL, NULL, "es;q=0.9999999999999999999999", NULL, LANG_ES},
	{NULL, NULL, "en;q=1.5,es", NULL, LANG_EN},
	{NULL, NULL, ";;;,,,=", NULL, LANG_EN},
	{NULL, "es", "en", NULL, LANG_ES},
	{NULL, "xx", "es", NULL, LANG_ES},
	{"en", "es", "es", NULL, LANG_EN},
	{"es", "en", "en", NULL, LANG_ES},
	{"klingon", "es", "en", NULL, LANG_ES},
	{NULL, NULL, "en", "fr es-MX en", LANG_ES},
	{NULL, NULL, "es", "fr de", LANG_ES},
	{NULL, "en", "en", "es", LANG_EN},
	{"en", NULL, "es", "es", LANG_EN},
};

static void what_was_chosen_last_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct lang_wishes wishes = {str_from(rows[i].query),
			str_from(rows[i].cookie), str_from(rows[i].ui_locales),
			str_from(rows[i].accept)};

		if (web_choose_lang(&wishes) != rows[i].want)
			fail_msg("row %zu: query %s, cookie %s, accept %s", i,
				rows[i].query ? rows[i].query : "-",
				rows[i].cookie ? rows[i].cookie : "-",
				rows[i].accept ? rows[i].accept : "-");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_chosen_last_counts),
	};

	return cmocka_run_group_tests_name("web language", tests, NULL, NULL);
}
