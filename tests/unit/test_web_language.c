#include "unit.h"
#include "web/visit.h"

static const struct {
	const char *query, *cookie, *accept;
	enum lang want;
} rows[] = {
	{NULL, NULL, NULL, LANG_EN},
	{NULL, NULL, "", LANG_EN},
	{NULL, NULL, "es", LANG_ES},
	{NULL, NULL, "es-MX,es;q=0.9,en;q=0.8", LANG_ES},
	{NULL, NULL, "en;q=0.8, es;q=0.9", LANG_ES},
	{NULL, NULL, "fr, de;q=0.9, es;q=0.1", LANG_ES},
	{NULL, NULL, "fr", LANG_EN},
	{NULL, NULL, "es;q=0", LANG_EN},
	{NULL, NULL, "es;q=0.000,en;q=0.001", LANG_EN},
	{NULL, NULL, "es ; q=0.5 , en ; q=0.4", LANG_ES},
	{NULL, NULL, "es;q=x", LANG_EN},
	{NULL, NULL, "es;q=0.9999999999999999999999", LANG_ES},
	{NULL, NULL, "en;q=1.5,es", LANG_EN},
	{NULL, NULL, ";;;,,,=", LANG_EN},
	{NULL, "es", "en", LANG_ES},
	{NULL, "xx", "es", LANG_ES},
	{"en", "es", "es", LANG_EN},
	{"es", "en", "en", LANG_ES},
	{"klingon", "es", "en", LANG_ES},
};

static void what_was_chosen_last_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (web_choose_lang(str_from(rows[i].query), str_from(rows[i].cookie),
			    str_from(rows[i].accept)) != rows[i].want)
			fail_msg("row %zu: query %s, cookie %s, accept %s", i,
				rows[i].query ? rows[i].query : "-",
				rows[i].cookie ? rows[i].cookie : "-",
				rows[i].accept ? rows[i].accept : "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_chosen_last_counts),
	};

	return cmocka_run_group_tests_name("web language", tests, NULL, NULL);
}
