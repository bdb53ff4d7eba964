/* What people may read of a request: no secret of ours in any place, nothing that a terminal or a
 * page would obey, and never more than was asked for. */
#include "core/redact.h"
#include "unit.h"

#define HEX40 "0123456789abcdef0123456789abcdef01234567"
#define MOST 300

static struct str shown(struct arena *a, const char *text)
{
	return redact(a, str_from(text), NULL, 0, MOST);
}

/* With the secrets "hunter2hunter2" and "a-b_c~d.e". */
static struct str shown_knowing(struct arena *a, const char *text)
{
	static const struct str secrets[] = {{"hunter2hunter2", 14}, {"a-b_c~d.e", 9}};

	return redact(a, str_from(text), secrets, COUNT(secrets), MOST);
}

static void test_absent_stays_absent_and_empty_stays_empty(void **state)
{
	assert_false(str_is_set(redact(*state, STR_NONE, NULL, 0, MOST)));
	assert_str(redact(*state, STR(""), NULL, 0, MOST), "");
	assert_str(redact(*state, STR("plain"), NULL, 0, 0), "…");
}

static void test_ordinary_text_stays(void **state)
{
	static const char *const texts[] = {"https://app.example/cb?next=%2Fhome",
		"read:user user:email", "urn:ietf:params:oauth:grant-type:device_code",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0)", "Ov23li0123456789abcd",
		"0123456789abcdef0123", "ñandú – 日本語"};

	for (size_t i = 0; i < COUNT(texts); i++)
		assert_str(shown(*state, texts[i]), texts[i]);
}

static void test_runs_below_at_and_above_the_limit(void **state)
{
	struct arena *a = *state;

	for (size_t n = REDACT_RUN - 1; n <= REDACT_RUN + 1; n++) {
		struct str run = repeated(a, 'a', n);
		struct str out = redact(a, run, NULL, 0, MOST);

		if (n < REDACT_RUN)
			assert_true(str_eq(out, run));
		else
			assert_true(str_eq(out, str_printf(a, "[%zu characters]", n)));
		out = redact(a, str_printf(a, "x=%.*s&y=1", STR_ARG(run)), NULL, 0, MOST);
		assert_true(
			str_eq(out, n < REDACT_RUN ? str_printf(a, "x=%.*s&y=1", STR_ARG(run))
						   : str_printf(a, "x=[%zu characters]&y=1", n)));
	}
}

static void test_runs_of_any_letters_and_digits(void **state)
{
	assert_str(shown(*state, HEX40), "[40 characters]");
	assert_str(shown(*state, "GHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz"), "[40 characters]");
	assert_str(shown(*state, HEX40 "&" HEX40), "[40 characters]&[40 characters]");
	assert_str(shown(*state, "é" HEX40 "é"), "é[40 characters]é");
}

static void test_tokens_with_their_prefixes(void **state)
{
	struct arena *a = *state;
	static const char *const kinds[] = {"gho_", "ghp_", "ghr_", "ghu_", "ghs_"};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		for (size_t n = 7; n <= 9; n++) {
			struct str rest = repeated(a, 'Q', n), out;

			out = redact(a, str_printf(a, "t:%s%.*s.", kinds[i], STR_ARG(rest)), NULL,
				0, MOST);
			assert_true(
				str_eq(out, n < 8 ? str_printf(a, "t:%sQQQQQQQ.", kinds[i])
						  : str_printf(a, "t:[%zu characters].", n + 4)));
		}
	}
	assert_str(shown(a, "gho_"), "gho_");
	assert_str(shown(a, "gh"), "gh");
	assert_str(shown(a, "xgho_" HEX40), "xgho_[40 characters]");
}

static void test_known_secrets_wherever_they_are(void **state)
{
	static const char *const rows[][2] = {
		{"hunter2hunter2", "[14 characters]"},
		{"hunter2hunter2 at the start", "[14 characters] at the start"},
		{"at the end hunter2hunter2", "at the end [14 characters]"},
		{"?p=hunter2hunter2&q=a-b_c~d.e", "?p=[14 characters]&q=[9 characters]"},
		{"xhunter2hunter2", "x[14 characters]"},
		{"hunter2hunter", "hunter2hunter"},
		{"Hunter2hunter2", "Hunter2hunter2"},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_str(shown_knowing(*state, rows[i][0]), rows[i][1]);
}

/* What is behind a known secret is a secret no less. */
static void test_what_touches_a_known_secret_is_covered_too(void **state)
{
	static const char *const rows[] = {"hunter2hunter2" HEX40, "a-b_c~d.e" HEX40,
		HEX40 "hunter2hunter2", "hunter2hunter2gho_" HEX40};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str out = shown_knowing(*state, rows[i]);

		if (strstr(str_c(*state, out), "abcdef")) {
			print_error("%s became %.*s\n", rows[i], STR_ARG(out));
			fail();
		}
	}
}

/* Half of a secret was sent as the secret, and the whole of it elsewhere. */
static void test_a_known_secret_that_is_part_of_another(void **state)
{
	const struct str half = STR("0123456789abcdef0123456789abcde");

	assert_str(redact(*state, STR("s=" HEX40 "!"), &half, 1, MOST), "s=[40 characters]!");
}

static void test_short_secrets_would_cover_everything(void **state)
{
	const struct str seven = STR("abcdefg"), eight = STR("abcdefgh");

	assert_str(redact(*state, STR("x abcdefg x"), &seven, 1, MOST), "x abcdefg x");
	assert_str(redact(*state, STR("x abcdefgh x"), &eight, 1, MOST), "x [8 characters] x");
}

static void test_bytes_that_nobody_should_print(void **state)
{
	assert_str(shown(*state, "a\tb\nc\rd\x1b[31me\x7f"), "a?b?c?d?[31me?");
	assert_str(redact(*state, (struct str){"a\0b", 3}, NULL, 0, MOST), "a?b");
	assert_str(shown(*state, "caf\xe9 \xff\xc3\xa9"), "caf? ???");
	/* C1 in UTF-8: CSI and OSC for some terminals. */
	assert_str(shown(*state, "a\xc2\x9b"
				 "31mb\xc2\x80"),
		"a?31mb?");
	assert_str(shown(*state, "a\xc2\xa0\xc2\xa9"), "a\xc2\xa0\xc2\xa9");
}

static void test_no_more_than_was_asked_for(void **state)
{
	struct arena *a = *state;

	assert_str(redact(a, STR("a b c d e"), NULL, 0, 9), "a b c d e");
	assert_str(redact(a, STR("a b c d ef"), NULL, 0, 9), "a b c d e…");
	assert_str(redact(a, STR("a b c d e"), NULL, 0, 8), "a b c d …");
	/* Not inside a character. */
	assert_str(redact(a, STR("ñandú"), NULL, 0, 1), "ñ…");
	assert_str(redact(a, STR("日本"), NULL, 0, 4), "日本");
	assert_str(redact(a, STR("日本語"), NULL, 0, 4), "日本…");
	/* A secret over the edge is covered whole. */
	assert_str(redact(a, STR("abc " HEX40 " def"), NULL, 0, 10), "abc [40 characters]…");
}

static void test_no_text_grows_without_bound(void **state)
{
	struct arena *a = *state;
	static const struct str secret = {"--------", 8};
	const char bytes[] = {'a', '-', '\x80', '\xff', '\n', '"'};

	for (size_t i = 0; i < COUNT(bytes); i++) {
		struct str out = redact(a, repeated(a, bytes[i], 70000), &secret, 1, MOST);

		/* A covered secret is told in fewer than twice its bytes. */
		assert_in_range(out.n, 1, 2 * MOST + 20);
		assert_true(str_is_utf8(out));
	}
}

static void test_what_looks_like_a_client_id(void **state)
{
	static const char *const ids[] = {"Ov23li0123456789ABCD", "Iv23li0123456789abcd",
		"Iv1.0123456789abcdef", "0123456789abcdef0123"},
				 *const others[] = {"", "Ov23", "Ov23li0123456789ABC",
					 "Ov23li0123456789ABCDE", "Ov23li0123456789ABC ",
					 "Ov23li01234567-9ABCD", "Ov24li0123456789ABCD",
					 "Iv1.0123456789ABCDEF", "Iv1.0123456789abcdeg",
					 "0123456789abcdef012", "0123456789abcdef012g",
					 "0123456789ABCDEF0123", HEX40, "my-app",
					 "gho_0123456789abcdef"};

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++)
		assert_true(looks_like_client_id(str_from(ids[i])));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(looks_like_client_id(str_from(others[i])));
	assert_false(looks_like_client_id(STR_NONE));
}

static void test_a_client_id_to_be_shown(void **state)
{
	assert_str(redact_client_id(*state, STR("Ov23li0123456789ABCD")), "Ov23li0123456789ABCD");
	assert_str(redact_client_id(*state, STR("hunter2")), "[7 characters]");
	assert_str(redact_client_id(*state, STR("")), "");
	assert_false(str_is_set(redact_client_id(*state, STR_NONE)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_absent_stays_absent_and_empty_stays_empty),
		test_with_arena(test_ordinary_text_stays),
		test_with_arena(test_runs_below_at_and_above_the_limit),
		test_with_arena(test_runs_of_any_letters_and_digits),
		test_with_arena(test_tokens_with_their_prefixes),
		test_with_arena(test_known_secrets_wherever_they_are),
		test_with_arena(test_what_touches_a_known_secret_is_covered_too),
		test_with_arena(test_a_known_secret_that_is_part_of_another),
		test_with_arena(test_short_secrets_would_cover_everything),
		test_with_arena(test_bytes_that_nobody_should_print),
		test_with_arena(test_no_more_than_was_asked_for),
		test_with_arena(test_no_text_grows_without_bound),
		cmocka_unit_test(test_what_looks_like_a_client_id),
		test_with_arena(test_a_client_id_to_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
