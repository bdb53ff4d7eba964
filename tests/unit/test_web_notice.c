#include "unit.h"
#include "web/demo_flow.h"
#include "web/notice.h"

static const uint8_t key[32] = {7}, other_key[32] = {8};

static void a_notice_comes_back_as_it_was_left(void **state)
{
	const struct notice left = {MSG_APP_DELETED, true, STR("Café \"<b>\"; x=y")};
	struct notice back;
	struct str text = notice_encode(*state, key, &left);

	assert_true(notice_decode(*state, key, text, &back));
	assert_int_equal(back.message, MSG_APP_DELETED);
	assert_true(back.bad);
	assert_str(back.app, "Café \"<b>\"; x=y");
	for (size_t i = 0; i < text.n; i++)
		assert_null(strchr(" \";,\\", text.p[i]));
}

static void what_we_did_not_write_is_not_shown(void **state)
{
	const struct notice left = {MSG_APP_DELETED, false, STR("Sampler")};
	struct notice back;
	struct str text = notice_encode(*state, key, &left);

	assert_false(notice_decode(*state, other_key, text, &back));
	for (size_t i = 0; i < text.n; i++) {
		char *p = str_c(*state, text);

		p[i] = p[i] == 'A' ? 'B' : 'A';
		assert_false(notice_decode(*state, key, (struct str){p, text.n}, &back));
		assert_false(notice_decode(*state, key, str_slice(text, 0, i), &back));
	}
	assert_false(notice_decode(*state, key, STR_NONE, &back));
}

static void the_demo_masks_each_secret(void **state)
{
	const struct str secrets[] = {
		STR("0123456789abcdef"), STR_NONE, STR("short"), STR("gho_abcdefghijklmnop")};

	assert_str(demo_mask(*state, STR("a=0123456789abcdef&b=short&c=gho_abcdefghijklmnop."),
			   secrets, COUNT(secrets)),
		"a=••••cdef&b=short&c=••••mnop.");
	assert_str(demo_mask(*state, STR("0123456789abcde"), secrets, COUNT(secrets)),
		"0123456789abcde");
	assert_str(demo_mask(*state, STR("0123456789abcdef0123456789abcdef"), secrets, 1),
		"••••cdef••••cdef");
}

/* RFC 7636 appendix B */
static void the_demo_makes_challenges(void **state)
{
	assert_str(demo_challenge(*state, STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")),
		"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(a_notice_comes_back_as_it_was_left),
		test_with_arena(what_we_did_not_write_is_not_shown),
		test_with_arena(the_demo_masks_each_secret),
		test_with_arena(the_demo_makes_challenges),
	};

	return cmocka_run_group_tests_name("web notice and demo", tests, NULL, NULL);
}
