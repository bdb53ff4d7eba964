#include "core/refresh_token.h"

#include "unit.h"

static const struct refresh_keys keys = {{{1, 2, 3}}, {4, 5, 6}};
static const struct refresh_parts parts = {0xABCDEF012345, 7, {9, 8, 7}};

static void test_what_is_written_is_read(void **state)
{
	char text[REFRESH_TEXT_LEN + 1];
	struct refresh_parts back;

	(void)state;
	refresh_write(&keys, &parts, text);
	assert_int_equal(strlen(text), REFRESH_TEXT_LEN);
	assert_memory_equal(text, "ghr_", 4);
	assert_int_equal(refresh_read(&keys, str_from(text), &back), REFRESH_OK);
	assert_true(back.family == parts.family && back.generation == 7);
	assert_memory_equal(back.secret, parts.secret, REFRESH_SECRET_LEN);
}

/* A203 */
static void test_every_altered_character_is_noticed(void **state)
{
	char text[REFRESH_TEXT_LEN + 1];
	struct refresh_parts back;

	(void)state;
	refresh_write(&keys, &parts, text);
	for (size_t i = 0; i < REFRESH_TEXT_LEN; i++) {
		char was = text[i];

		text[i] = was == '0' ? '1' : '0';
		assert_int_not_equal(refresh_read(&keys, str_from(text), &back), REFRESH_OK);
		text[i] = '-';
		assert_int_not_equal(refresh_read(&keys, str_from(text), &back), REFRESH_OK);
		text[i] = was;
	}
	assert_int_equal(refresh_read(&keys, (struct str){text, REFRESH_TEXT_LEN - 1}, &back),
		REFRESH_BAD_SHAPE);
}

static void test_another_instances_token_is_forged(void **state)
{
	struct refresh_keys others = keys;
	char text[REFRESH_TEXT_LEN + 1];
	struct refresh_parts back;

	(void)state;
	others.seal[31] ^= 1;
	refresh_write(&others, &parts, text);
	assert_int_equal(refresh_read(&keys, str_from(text), &back), REFRESH_FORGED);
}

/* A098: however often it is asked for, there is one successor. */
static void test_a098_the_successor_is_one(void **state)
{
	char text[REFRESH_TEXT_LEN + 1], other[REFRESH_TEXT_LEN + 1];
	struct refresh_parts one, two, three;
	uint8_t a[TOKEN_SECRET_LEN], b[TOKEN_SECRET_LEN];

	(void)state;
	refresh_write(&keys, &parts, text);
	refresh_successor(&keys, str_from(text), &parts, &one, a);
	refresh_successor(&keys, str_from(text), &parts, &two, b);
	assert_memory_equal(&one.secret, &two.secret, REFRESH_SECRET_LEN);
	assert_memory_equal(a, b, sizeof a);
	assert_true(one.family == parts.family && one.generation == 8);
	refresh_write(&keys, &one, other);
	refresh_successor(&keys, str_from(other), &one, &three, b);
	assert_memory_not_equal(a, b, sizeof a);
	assert_memory_not_equal(&three.secret, &one.secret, REFRESH_SECRET_LEN);
}

static void test_the_text_does_not_show_its_generation(void **state)
{
	char text[REFRESH_TEXT_LEN + 1], other[REFRESH_TEXT_LEN + 1];
	struct refresh_parts next = parts;
	int same = 0;

	(void)state;
	next.generation++;
	refresh_write(&keys, &parts, text);
	refresh_write(&keys, &next, other);
	for (int i = 4; i < 24; i++)
		same += text[i] == other[i];
	assert_true(same < 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written_is_read),
		cmocka_unit_test(test_every_altered_character_is_noticed),
		cmocka_unit_test(test_another_instances_token_is_forged),
		cmocka_unit_test(test_a098_the_successor_is_one),
		cmocka_unit_test(test_the_text_does_not_show_its_generation),
	};

	if (!crypto_start())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
