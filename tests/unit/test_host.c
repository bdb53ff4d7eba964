#include "core/host.h"
#include "unit.h"

static void test_label_and_name_lengths(void **state)
{
	struct arena *a = *state;

	for (size_t n = 62; n <= 64; n++)
		assert_int_equal(
			host_is_name(str_printf(a, "%s.example", repeated(a, 'a', n).p)), n <= 63);
	const char *label = repeated(a, 'a', 49).p;

	for (size_t n = 52; n <= 54; n++) /* 4 * 50 + n */
		assert_int_equal(host_is_name(str_printf(a, "%s.%s.%s.%s.%s", label, label, label,
					 label, repeated(a, 'b', n).p)),
			n <= 53);
}

static void test_names(void **state)
{
	static const char *const good[] = {
		"a", "localhost", "A.b", "a-b.c", "a_b.c", "1.a", "0x.a", "0x1g", "x--y.z", "a1"};
	static const char *const bad[] = {"", ".", "a.", ".a", "a..b", "-a", "a-", "a.-b", "a b",
		"a/b", "a:b", "a%", "*", "a.1", "1", "1.2.3.4", "0x", "a.0X", "a.0xfF", "\xC3\xA9"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(host_is_name(str_from(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(host_is_name(str_from(bad[i])));
	assert_false(host_is_name(STR_NONE));
	assert_false(host_is_name(STR("a\0b")));
}

static void test_addresses(void **state)
{
	static const char *const bad4[] = {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4",
		"1.2.3.4.", " 1.2.3.4", "1.2.3.4 ", "0x1.2.3.4", "+1.2.3.4", "1..2.3"};
	static const char *const bad6[] = {"", ":", ":::", "1::2::3", "::1%lo", "::g",
		"12345::", "1:2:3:4:5:6:7:8:9", "::1.2.3.256", "::01.2.3.4", "[::1]"};

	(void)state;
	assert_true(host_is_ipv4(STR("0.0.0.0")));
	assert_true(host_is_ipv4(STR("255.255.255.255")));
	assert_true(host_is_ipv6(STR("::")));
	assert_true(host_is_ipv6(STR("1:2:3:4:5:6:7:8")));
	assert_true(host_is_ipv6(STR("ABCD:ABCD:ABCD:ABCD:ABCD:ABCD:255.255.255.255")));
	for (size_t i = 0; i < COUNT(bad4); i++)
		assert_false(host_is_ipv4(str_from(bad4[i])));
	for (size_t i = 0; i < COUNT(bad6); i++)
		assert_false(host_is_ipv6(str_from(bad6[i])));
	assert_false(host_is_ipv4(STR("1.2.3.4\0")));
	assert_false(host_is_ipv6(STR_NONE));
	assert_false(host_is_ipv6(
		STR("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_label_and_name_lengths),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
