/* The documentation that is compiled in, and `llavero docs render`. */
#include "docs/site.h"
#include "docs_pages.h"

#define AT "/apps/oauth-apps/maintaining-oauth-apps/"
#define TOKEN_PAGE "troubleshooting-oauth-app-access-token-request-errors"

static void the_site_is_found(void **state)
{
	static const char *const old[] = {"/apps/managing-oauth-apps/" TOKEN_PAGE,
		"/apps/managing-oauth-apps/" TOKEN_PAGE "/",
		"/apps/building-integrations/managing-oauth-apps/" TOKEN_PAGE,
		"/apps/building-integrations/managing-oauth-apps/" TOKEN_PAGE "/",
		AT TOKEN_PAGE "/"};

	(void)state;
	for (size_t i = 0; i < sizeof old / sizeof old[0]; i++) {
		assert_true(str_eq_c(docs_redirect(str_from(old[i])), AT TOKEN_PAGE));
		assert_null(docs_find(str_from(old[i]), STR("en")));
	}
	assert_false(str_is_set(docs_redirect(STR(AT TOKEN_PAGE))));
	assert_false(str_is_set(docs_redirect(STR("/no/such/"))));
	assert_false(str_is_set(docs_redirect(STR("/"))));
	assert_false(str_is_set(docs_redirect(STR_NONE)));
	assert_null(docs_find(STR(AT TOKEN_PAGE), STR("fr")));
	for (size_t i = 0; i < docs_site_n_pages; i++)
		assert_ptr_equal(docs_find(docs_site_pages[i].path, docs_site_pages[i].lang),
			&docs_site_pages[i]);
	for (size_t i = 0; i < docs_site_n_redirects; i++)
		assert_true(str_eq(
			docs_redirect(docs_site_redirects[i].from), docs_site_redirects[i].to));
}

static bool has_id(const struct docs_site_page *p, const char *id)
{
	return memmem(p->body_html.p, p->body_html.n, str_printf(&arena, "id=\"%s\"", id).p,
		       strlen(id) + 5) != NULL;
}

static void the_missions_anchors_exist(void **state)
{
	static const char *const langs[] = {"en", "es"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct docs_site_page *token =
			docs_find(STR(AT TOKEN_PAGE), str_from(langs[i]));
		const struct docs_site_page *authorize = docs_find(
			STR(AT "troubleshooting-authorization-request-errors"), str_from(langs[i]));

		assert_non_null(token);
		assert_non_null(authorize);
		assert_true(has_id(token, "incorrect-client-credentials"));
		assert_true(has_id(token, "bad-verification-code"));
		assert_true(has_id(token, "unverified_user_email"));
		assert_true(has_id(token, "unverified-user-email"));
		assert_true(has_id(authorize, "redirect-uri-mismatch2"));
		assert_true(has_id(authorize, "access-denied"));
	}
	assert_true(has_id(
		docs_find(STR(AT TOKEN_PAGE), STR("es")), "código-de-verificación-incorrecto"));
}

static void the_command_renders_a_file(void **state)
{
	static const char text[] =
		"---\ntitle: Errores de los tokens\nintro: '{% data reusables.shortdesc."
		"troubleshooting_access_token_reques_errors_oauth_apps %}'\nredirect_from:\n"
		"  - /apps/x/\nversions:\n  github-ae: '*'\n---\n\n{% note %}\n\n**Nota:** a\n\n"
		"{% endnote %}\n\n### Uno\n\nPara tu {% data variables.product.prodname_oauth_app "
		"%} en "
		"{% data variables.product.product_name %}, client\\_id.\n";
	char path[] = "/tmp/llavero-docs-XXXXXX", *out = NULL;
	int fd = mkstemp(path);
	size_t n = 0;
	FILE *f = fdopen(fd, "w"), *memory;

	(void)state;
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	memory = open_memstream(&out, &n);
	assert_int_equal(docs_render_command(path, NULL, memory, memory), 0);
	fclose(memory);
	assert_non_null(strstr(out, "<!DOCTYPE html>\n<html lang=\"es\">"));
	assert_non_null(strstr(out, "<h1>Errores de los tokens</h1>"));
	assert_non_null(strstr(out, "<p>Para tu App de OAuth en llavero, client_id.</p>"));
	assert_non_null(strstr(out, "</html>\n"));
	free(out);
	memory = open_memstream(&out, &n);
	assert_int_equal(docs_render_command("/no/such/file", NULL, memory, memory), 1);
	assert_int_equal(docs_render_command(path, "fr", memory, memory), 1);
	fclose(memory);
	assert_string_equal(out, "/no/such/file: cannot be read\n"
				 "fr: the language must be en or es\n");
	free(out);
	remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_site_is_found),
		TEST(the_missions_anchors_exist),
		TEST(the_command_renders_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
