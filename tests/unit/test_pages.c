/* Compiled templates: what outsiders wrote is shown and never run (assurance.md A172 to A178),
 * in every language. */
#include "base/buf.h"
#include "core/scope.h"
#include "gen/assets.h"
#include "gen/pages.h"
#include "unit.h"

/* Closes an attribute, a text, a title; would run in each of them. */
#define HOSTILE "\"'></title></script><script>alert(1)</script><img src=x onerror=alert(1)>"
#define HOSTILE_ESCAPED                                                                            \
	"&quot;&#39;&gt;&lt;/title&gt;&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"        \
	"&lt;img src=x onerror=alert(1)&gt;"

static struct buf page_buf(struct arena *a)
{
	struct buf out;

	buf_init(&out, a, (size_t)1 << 20);
	return out;
}

static const char *text_of(struct arena *a, const struct buf *out)
{
	return str_c(a, buf_str(out));
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
		n++;
	return n;
}

#define assert_has(text, part) assert_int_not_equal(count((text), (part)), 0)
#define assert_lacks(text, part) assert_int_equal(count((text), (part)), 0)

static const char *consent(struct arena *a, enum lang lang, struct page_consent p)
{
	struct buf out = page_buf(a);

	page_consent(&out, lang, &p);
	assert_false(out.overflow);
	return text_of(a, &out);
}

static const char *login(struct arena *a, enum lang lang, struct page_login p)
{
	struct buf out = page_buf(a);

	page_login(&out, lang, &p);
	return text_of(a, &out);
}

static void test_A172_stored_markup_is_text(void **state)
{
	struct arena *a = *state;
	struct page_consent_field field = {STR(HOSTILE), STR(HOSTILE)};
	const char *page = consent(a, LANG_EN,
		(struct page_consent){.layout = {.viewer = STR(HOSTILE), .notice = STR(HOSTILE)},
			.app_name = STR(HOSTILE),
			.app_initial = STR("<"),
			.app_description = STR(HOSTILE),
			.owner = STR(HOSTILE),
			.login = STR(HOSTILE),
			.redirect_origin = STR(HOSTILE),
			.hidden = &field,
			.hidden_n = 1});

	assert_lacks(page, "<script>");
	assert_lacks(page, "<img src=x");
	assert_lacks(page, "\"'>");
	assert_int_equal(count(page, "</title>"), 1);
	assert_has(page, "<title>Authorize " HOSTILE_ESCAPED " ·");
	assert_has(page, "name=\"" HOSTILE_ESCAPED "\" value=\"" HOSTILE_ESCAPED "\"");
	assert_has(page, "<strong><bdi>" HOSTILE_ESCAPED "</bdi></strong>");
}

static void test_A173_reflected_markup_is_text(void **state)
{
	struct arena *a = *state;
	const char *page = login(
		a, LANG_ES, (struct page_login){.login = STR(HOSTILE), .return_to = STR(HOSTILE)});

	assert_lacks(page, "<script>");
	assert_has(page, "name=\"login\" type=\"text\" value=\"" HOSTILE_ESCAPED "\"");
	assert_has(page, "name=\"return_to\" value=\"" HOSTILE_ESCAPED "\"");

	struct buf out = page_buf(a);

	page_redirect_mismatch(&out, LANG_EN,
		&(struct page_redirect_mismatch){
			.app_name = STR("A"), .redirect_uri = STR("javascript:" HOSTILE)});
	page = text_of(a, &out);
	assert_has(page, "<code>javascript:" HOSTILE_ESCAPED "</code>");
	assert_lacks(page, "href=\"javascript");
}

static void test_A174_links_are_http_or_relative(void **state)
{
	static const char *const good[] = {"http://a.example", "HTTPS://a.example/x?y=z:w#f", "/x",
		"/x:y", "?a=b", "#top", "a/b", "a", "/x?u=http://b.example", "/x?p=\\", "x#a:b"};
	static const char *const bad[] = {"", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
		" javascript:alert(1)", "\tjavascript:alert(1)", "java\nscript:alert(1)",
		"\x01javascript:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example",
		"/\\evil.example", "\\\\evil.example", "mailto:a@b", "com.example.app:/x", ":x",
		"http:\\\\evil.example", "file:///etc/passwd", "/x y", "javascript\x7f:x"};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(good); i++)
		if (!markup_url_is_safe(str_from(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (markup_url_is_safe(str_from(bad[i])))
			fail_msg("let through: %s", bad[i]);
	assert_false(markup_url_is_safe(STR_NONE));

	const char *page =
		consent(a, LANG_EN, (struct page_consent){.homepage = STR("javascript:alert(1)")});

	assert_lacks(page, "javascript");
	page = consent(
		a, LANG_EN, (struct page_consent){.homepage = STR("https://a.example/?a&b")});
	assert_has(page, "href=\"https://a.example/?a&amp;b\"");
}

static void test_A174_links_inside_attributes_are_filtered(void **state)
{
	struct arena *a = *state;
	struct buf out = page_buf(a);

	page_authorized_app(&out, LANG_EN,
		&(struct page_authorized_app){.revoke_action = STR("javascript:alert(1)")});
	assert_has(text_of(a, &out), "<form method=\"post\" action=\"\">");
}

static void test_A174_redirect_targets(void **state)
{
	static const char *const good[] = {"https://a.example/cb?code=1", "com.example.app:/cb",
		"com.example.app://cb?code=1", "http://127.0.0.1:8080/cb", "vscode://x/y"};
	static const char *const bad[] = {"", "/x", "javascript:alert(1)", "JAVASCRIPT:alert(1)",
		"data:text/html,x", "vbscript:x", "file:///x", "blob:x", "about:blank",
		"view-source:x", "filesystem:x", "https://a.example/\r\nx", "java\tscript:x"};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(good); i++)
		if (!markup_target_is_safe(str_from(good[i])))
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (markup_target_is_safe(str_from(bad[i])))
			fail_msg("let through: %s", bad[i]);

	struct buf out = page_buf(a);

	page_form_post(&out, LANG_EN,
		&(struct page_form_post){.target = STR("https://app.example/cb?a=1&b=\"x")});
	assert_has(text_of(a, &out), "action=\"https://app.example/cb?a=1&amp;b=&quot;x\"");
	out = page_buf(a);
	page_form_post(
		&out, LANG_EN, &(struct page_form_post){.target = STR("javascript:alert(1)")});
	assert_lacks(text_of(a, &out), "javascript");
}

/* A178 */
static void test_A175_9700_15_pages_need_only_our_own_files(void **state)
{
	struct arena *a = *state;
	const char *page = consent(a, LANG_EN, (struct page_consent){.app_name = STR("A")});

	assert_lacks(page, "<style");
	assert_lacks(page, " style=");
	assert_lacks(page, " onclick=");
	assert_lacks(page, " onload=");
	assert_lacks(page, "src=\"http");
	assert_int_equal(count(page, "<script"), count(page, "<script src=\"/static/"));
	assert_has(page, "<meta name=\"referrer\" content=\"no-referrer\">");
	assert_has(page, "href=\"" ASSET_APP_CSS "\"");
}

static void test_A176_no_second_reading(void **state)
{
	static const char probes[] = "{{7*7}}${7*7}{app}{% if %}%n%s%08x";
	struct arena *a = *state;
	const char *page = consent(
		a, LANG_ES, (struct page_consent){.app_name = str_from(probes), .app_age = 1});

	assert_has(page, probes);
	const struct message_arg args[] = {{"app", STR("{owner}%s")}, {"owner", STR("me")}};

	assert_str(message_format(a, LANG_EN, MSG_AUTHORIZED_REVOKED, args, 2),
		"{owner}%s has no access any more.");
	assert_str(message_format(a, LANG_EN, MSG_AUTHORIZED_REVOKED, NULL, 0),
		" has no access any more.");
}

static void test_A177_names_are_isolated(void **state)
{
	static const char rtl[] = "\xE2\x80\xAE"
				  "gro.elpmaxe";
	struct arena *a = *state;
	const char *page = consent(a, LANG_EN,
		(struct page_consent){.app_name = repeated(a, 'x', 10000), .owner = str_from(rtl)});
	char isolated[64];

	snprintf(isolated, sizeof(isolated), "<bdi>%s</bdi>", rtl);
	assert_has(page, isolated);
}

static void test_A065_consent_form_repeats_what_was_sent(void **state)
{
	const struct page_consent_field fields[] = {
		{STR("client_id"), STR("abc")}, {STR("state"), STR("a&b=\"c\"")}};
	struct arena *a = *state;
	const char *page = consent(a, LANG_EN,
		(struct page_consent){.layout = {.authenticity_token = STR("tok")},
			.action = STR("/login/oauth/authorize"),
			.app_name = STR("A"),
			.hidden = fields,
			.hidden_n = 2});

	assert_has(page, "<form method=\"post\" action=\"/login/oauth/authorize\"");
	assert_has(page, "name=\"authenticity_token\" value=\"tok\"");
	assert_has(page, "<input type=\"hidden\" name=\"client_id\" value=\"abc\">");
	assert_has(page, "name=\"state\" value=\"a&amp;b=&quot;c&quot;\"");
	assert_has(page, "name=\"authorize\" value=\"1\" id=\"js-oauth-authorize-btn\"");
	assert_has(page, "name=\"authorize\" value=\"0\"");
	assert_lacks(page, "name=\"redirect_uri\"");
}

static void test_both_languages(void **state)
{
	struct arena *a = *state;
	struct page_login p = {
		.layout = {.switch_href = STR("/login?lang=es")}, .app_name = STR("Sampler")};
	const char *english = login(a, LANG_EN, p), *spanish = login(a, LANG_ES, p);

	assert_has(english, "<html lang=\"en\">");
	assert_has(english, "<title>Sign in to continue to Sampler");
	assert_has(english, "href=\"/login?lang=es\" lang=\"es\" hreflang=\"es\">Español</a>");
	assert_has(spanish, "<html lang=\"es\">");
	assert_has(spanish, "<title>Inicia sesión para continuar en Sampler");
	assert_has(spanish, "para continuar en <strong><bdi>Sampler</bdi></strong>");
}

static void test_languages_are_found(void **state)
{
	enum lang lang;

	(void)state;
	assert_true(lang_find(STR("es"), &lang) && lang == LANG_ES);
	assert_true(lang_find(STR("ES-mx"), &lang) && lang == LANG_ES);
	assert_true(lang_find(STR("en-GB"), &lang) && lang == LANG_EN);
	assert_false(lang_find(STR("fr"), &lang));
	assert_false(lang_find(STR("e"), &lang));
	assert_false(lang_find(STR("esx"), &lang));
	assert_false(lang_find(STR(""), &lang));
	assert_false(lang_find(STR_NONE, &lang));
}

static const char *waiting(struct arena *a, enum lang lang, int64_t minutes)
{
	struct buf out = page_buf(a);

	page_too_many_attempts(&out, lang, &(struct page_too_many_attempts){.minutes = minutes});
	return text_of(a, &out);
}

static void test_plurals(void **state)
{
	struct arena *a = *state;

	assert_has(waiting(a, LANG_EN, 1), "Wait 1 minute,");
	assert_has(waiting(a, LANG_EN, 2), "Wait 2 minutes,");
	assert_has(waiting(a, LANG_ES, 1), "Espera 1 minuto ");
	assert_has(waiting(a, LANG_ES, 0), "Espera 0 minutos ");
}

static const char *ago(struct arena *a, enum lang lang, int64_t age_s)
{
	struct buf out = page_buf(a);

	markup_add_ago(&out, lang, age_s);
	return text_of(a, &out);
}

static void test_times(void **state)
{
	struct arena *a = *state;
	struct buf out = page_buf(a);

	markup_add_time(&out, LANG_EN, 1775044800);
	markup_add_time(&out, LANG_ES, 1768000020);
	assert_str(buf_str(&out),
		"<time datetime=\"2026-04-01T12:00:00Z\">1 Apr 2026, 12:00 UTC</time>"
		"<time datetime=\"2026-01-09T23:07:00Z\">9 ene 2026, 23:07 UTC</time>");
	assert_string_equal(ago(a, LANG_EN, -5), "moments ago");
	assert_string_equal(ago(a, LANG_EN, 59), "moments ago");
	assert_string_equal(ago(a, LANG_EN, 60), "1 minute ago");
	assert_string_equal(ago(a, LANG_ES, 7199), "hace 1 hora");
	assert_string_equal(ago(a, LANG_ES, 7200), "hace 2 horas");
	assert_string_equal(ago(a, LANG_EN, 86400), "1 day ago");
	assert_string_equal(ago(a, LANG_EN, 59 * 86400), "1 month ago");
	assert_string_equal(ago(a, LANG_ES, 730 * 86400), "hace 2 años");
}

static void test_form_errors_stand_beside_their_fields(void **state)
{
	struct arena *a = *state;
	struct buf out = page_buf(a);

	page_signup(&out, LANG_EN,
		&(struct page_signup){.login = STR("-x"), .error_login = MSG_SIGNUP_ERROR_LOGIN});
	const char *page = text_of(a, &out);

	assert_has(page, "value=\"-x\"");
	assert_has(page, "aria-invalid=\"true\" aria-describedby=\"login-error login-hint\">");
	assert_has(page, "id=\"login-error\">Use letters");
	assert_has(page, "aria-describedby=\"password-hint\">");
	assert_lacks(page, "email-error");
}

static void test_a_textarea_keeps_its_first_line_break(void **state)
{
	struct arena *a = *state;
	struct buf out = page_buf(a);

	page_app_new(&out, LANG_EN,
		&(struct page_app_new){.description = STR("\n  two\n</textarea><b>")});
	assert_has(text_of(a, &out), ">\n\n  two\n&lt;/textarea&gt;&lt;b&gt;</textarea>");
}

static void test_every_scope_has_its_words(void **state)
{
	struct arena *a = *state;

	assert_int_not_equal(scope_count(), 0);
	for (size_t i = 0; i < scope_count(); i++) {
		const char *const parts[] = {"title", "gloss"};

		for (size_t j = 0; j < COUNT(parts); j++) {
			struct str key = str_printf(a, "scope.%s.%s", scope_key(i), parts[j]);
			enum message m;

			if (!message_find(str_c(a, key), &m))
				fail_msg("no message %s", key.p);
			for (size_t lang = 0; lang < LANGS; lang++)
				assert_true(message((enum lang)lang, m).n > 0);
		}
	}
	enum message m;

	assert_false(message_find("scope.no_such_scope.title", &m));
	assert_int_equal(m, MSG_NONE);
	assert_str(message(LANG_ES, MSG_NONE), "");
}

static void test_assets(void **state)
{
	(void)state;
	const struct asset *css = asset_find(STR(ASSET_APP_CSS));

	assert_non_null(css);
	assert_string_equal(css->content_type, "text/css; charset=utf-8");
	assert_int_equal(css->etag[0], '"');
	assert_true(str_starts(css->body, STR("/* llavero")));
	assert_ptr_equal(asset_named(STR("app.css")), css);
	assert_null(asset_find(STR("/static/app.css")));
	assert_null(asset_find(STR("")));
	assert_null(asset_named(STR("../app.css")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_A172_stored_markup_is_text),
		test_with_arena(test_A173_reflected_markup_is_text),
		test_with_arena(test_A174_links_are_http_or_relative),
		test_with_arena(test_A174_links_inside_attributes_are_filtered),
		test_with_arena(test_A174_redirect_targets),
		test_with_arena(test_A175_9700_15_pages_need_only_our_own_files),
		test_with_arena(test_A176_no_second_reading),
		test_with_arena(test_A177_names_are_isolated),
		test_with_arena(test_A065_consent_form_repeats_what_was_sent),
		test_with_arena(test_both_languages),
		test_with_arena(test_languages_are_found),
		test_with_arena(test_plurals),
		test_with_arena(test_times),
		test_with_arena(test_form_errors_stand_beside_their_fields),
		test_with_arena(test_a_textarea_keeps_its_first_line_break),
		test_with_arena(test_every_scope_has_its_words),
		test_with_arena(test_assets),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
