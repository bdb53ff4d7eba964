#include "base/limits.h"
#include "core/account.h"
#include "unit.h"

static void test_login(void **state)
{
	static const char *const good[] = {"a", "octocat", "Octo-Cat", "1", "a-b-c", "0-0"};
	static const char *const bad[] = {"-a", "a-", "-", "a--b", "a_b", "a.b", "a b", "a/b",
		"a@b", "\xC3\xA1rbol", "a\n", "../x"};
	static const char *const reserved[] = {"login", "Login", "SETTINGS", "api", "oauth2",
		"healthz", "sessions", "docs", "en", "es"};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(login_check(str_from(good[i])), FIELD_OK);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(login_check(str_from(bad[i])), FIELD_BAD_FORM);
	for (size_t i = 0; i < COUNT(reserved); i++)
		assert_int_equal(login_check(str_from(reserved[i])), FIELD_RESERVED);
	assert_int_equal(login_check(STR("a\0b")), FIELD_BAD_FORM);
	assert_int_equal(login_check(STR("")), FIELD_MISSING);
	assert_int_equal(login_check(STR_NONE), FIELD_MISSING);
	for (size_t n = LIMIT_LOGIN - 1; n <= LIMIT_LOGIN + 1; n++)
		assert_int_equal(login_check(repeated(a, 'a', n)),
			n <= LIMIT_LOGIN ? FIELD_OK : FIELD_TOO_LONG);
}

static void test_email(void **state)
{
	static const char *const good[] = {"a@b.c", "octo.cat+tag@mail.example.com",
		"root@localhost", "x@LOCALHOST", "o!#$%&*/=?^_~-@b.c", "a..b@docomo.example"};
	static const char *const bad[] = {"a", "@", "a@", "@b.c", "a@b", "a@b@c.d", "a b@c.d",
		"a@b c.d", "\"a\"@b.c", "'a@b.c", "a@b..c", "a@.b.c", "a@b.c.", "a@-b.c",
		"a@1.2.3.4", "a@[1.2.3.4]", "a@b.c\r\nBcc: x@y.z", "a\t@b.c", "<a@b.c>", "a,b@c.d",
		"a;b@c.d", "a:b@c.d", "a\\@c.d", "\xC3\xA1@b.c", "a@\xC3\xA1.c", "a(x)@b.c"};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(email_check(str_from(good[i])), FIELD_OK);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(email_check(str_from(bad[i])), FIELD_BAD_FORM);
	assert_int_equal(email_check(STR("a\0@b.c")), FIELD_BAD_FORM);
	assert_int_equal(email_check(STR("")), FIELD_MISSING);
	assert_int_equal(email_check(STR_NONE), FIELD_MISSING);
	for (size_t n = LIMIT_EMAIL - 1; n <= LIMIT_EMAIL + 1; n++) {
		char *text = arena_alloc(a, n + 1);

		memset(text, 'a', n);
		memcpy(text + n - 4, "@b.c", 4);
		assert_int_equal(
			email_check(str_from(text)), n <= LIMIT_EMAIL ? FIELD_OK : FIELD_TOO_LONG);
	}
}

static void test_password(void **state)
{
	struct arena *a = *state;
	struct str login = STR("octo-cat"), email = STR("octo@cat.example");

	assert_int_equal(password_check(STR("correct horse"), login, email), FIELD_OK);
	assert_int_equal(password_check(STR("contrase\xC3\xB1"
					    "a"),
				 login, email),
		FIELD_OK);
	assert_int_equal(password_check(STR("octo-cat"), login, email), FIELD_BAD_FORM);
	assert_int_equal(password_check(STR("OCTO-CAT"), login, email), FIELD_BAD_FORM);
	assert_int_equal(password_check(STR("Octo@cat.example"), login, email), FIELD_BAD_FORM);
	assert_int_equal(password_check(STR("octo-cat"), STR_NONE, STR_NONE), FIELD_OK);
	assert_int_equal(password_check(STR("abcdefg\xFF"), login, email), FIELD_BAD_FORM);
	assert_int_equal(password_check(STR("abcdefg\0h"), login, email), FIELD_BAD_FORM);
	assert_int_equal(password_check(STR(""), login, email), FIELD_MISSING);
	assert_int_equal(password_check(STR_NONE, login, email), FIELD_MISSING);
	for (size_t n = LIMIT_PASSWORD_MIN - 1; n <= LIMIT_PASSWORD_MIN + 1; n++)
		assert_int_equal(password_check(repeated(a, 'x', n), login, email),
			n < LIMIT_PASSWORD_MIN ? FIELD_TOO_SHORT : FIELD_OK);
	for (size_t n = LIMIT_PASSWORD_MAX - 1; n <= LIMIT_PASSWORD_MAX + 1; n++)
		assert_int_equal(password_check(repeated(a, 'x', n), login, email),
			n > LIMIT_PASSWORD_MAX ? FIELD_TOO_LONG : FIELD_OK);
}

/* U+`c` in UTF-8. */
static struct str character(struct arena *a, unsigned c)
{
	if (c < 0x80)
		return str_printf(a, "%c", (int)c);
	if (c < 0x800)
		return str_printf(a, "%c%c", (int)(0xC0 | c >> 6), (int)(0x80 | (c & 63)));
	if (c < 0x10000)
		return str_printf(a, "%c%c%c", (int)(0xE0 | c >> 12), (int)(0x80 | (c >> 6 & 63)),
			(int)(0x80 | (c & 63)));
	return str_printf(a, "%c%c%c%c", (int)(0xF0 | c >> 18), (int)(0x80 | (c >> 12 & 63)),
		(int)(0x80 | (c >> 6 & 63)), (int)(0x80 | (c & 63)));
}

static void test_app_name(void **state)
{
	static const unsigned bad[] = {1, 0x1F, 0x7F, 0x80, 0x9F, 0xAD, 0x61C, 0x200B, 0x200D,
		0x200E, 0x200F, 0x2028, 0x202A, 0x202E, 0x2060, 0x2066, 0x2069, 0xFEFF, 0xE0041};
	static const unsigned good[] = {
		0x20, 0x7E, 0xA1, 0xE9, 0x200A, 0x2010, 0x2027, 0x3042, 0xFFFD, 0x1F511};
	static const unsigned blank[] = {0x20, 0xA0, 0x2003, 0x3000, 0x3164};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct str c = character(a, bad[i]);

		assert_int_equal(
			app_name_check(str_printf(a, "My%.*sapp", STR_ARG(c))), FIELD_BAD_FORM);
	}
	for (size_t i = 0; i < COUNT(good); i++) {
		struct str c = character(a, good[i]);

		assert_int_equal(app_name_check(str_printf(a, "My%.*sapp", STR_ARG(c))), FIELD_OK);
	}
	for (size_t i = 0; i < COUNT(blank); i++) {
		struct str c = character(a, blank[i]);

		assert_int_equal(
			app_name_check(str_printf(a, " %.*s ", STR_ARG(c))), FIELD_MISSING);
	}
	assert_int_equal(app_name_check(STR("")), FIELD_MISSING);
	assert_int_equal(app_name_check(STR_NONE), FIELD_MISSING);
	assert_int_equal(app_name_check(STR("a\0b")), FIELD_BAD_FORM);
	assert_int_equal(app_name_check(STR("a\xC3")), FIELD_BAD_FORM);
}

static void test_app_name_counts_characters(void **state)
{
	struct arena *a = *state;

	for (size_t n = LIMIT_APP_NAME - 1; n <= LIMIT_APP_NAME + 1; n++) {
		char *wide = arena_alloc(a, 4 * n + 1);

		for (size_t i = 0; i < n; i++)
			memcpy(wide + 4 * i, "\xF0\x9F\x94\x91", 4);
		enum field_fault expected = n <= LIMIT_APP_NAME ? FIELD_OK : FIELD_TOO_LONG;

		assert_int_equal(app_name_check(repeated(a, 'a', n)), expected);
		assert_int_equal(app_name_check(str_from(wide)), expected);
	}
}

static void test_homepage(void **state)
{
	static const char *const good[] = {"https://cb.example", "http://localhost:3000/",
		"https://cb.example/#/app", "https://cb.example#top", "https://cb.example?x=y",
		"https://archive.example/web/http://other.example/../x", "HTTP://[::1]/x"};
	static const char *const bad[] = {"cb.example", "/x", "javascript:alert(1)",
		"ftp://cb.example", "myapp://cb", "https://", "https:///x", "https:cb.example",
		"https://u@cb.example/", "https://u:p@cb.example", "https://cb.example:0/",
		"https://cb.example/ x", "https://cb.example/\"onclick=", "https://cb.example/<x>",
		"https://cb.example/\n", "https://cb.example\\@evil", "https://\xC3\xA1.example/",
		"https://127.1/", "https:", "https", ":", "h:"};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(homepage_check(str_from(good[i])), FIELD_OK);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(homepage_check(str_from(bad[i])), FIELD_BAD_FORM);
	assert_int_equal(homepage_check(STR("")), FIELD_MISSING);
	assert_int_equal(homepage_check(STR_NONE), FIELD_MISSING);
	for (size_t n = LIMIT_APP_URL - 1; n <= LIMIT_APP_URL + 1; n++) {
		char *text = arena_alloc(a, n + 1);

		memset(text, 'a', n);
		memcpy(text, "https://cb.example/", 19);
		assert_int_equal(homepage_check(str_from(text)),
			n <= LIMIT_APP_URL ? FIELD_OK : FIELD_TOO_LONG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_login),
		test_with_arena(test_email),
		test_with_arena(test_password),
		test_with_arena(test_app_name),
		test_with_arena(test_app_name_counts_characters),
		test_with_arena(test_homepage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
