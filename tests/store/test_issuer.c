/* Issuers that are trusted, the apps they serve, and whom they mean. */
#include "store/issuer.h"
#include "store_fixture.h"

#define ISSUER STR("https://idp.example")

static struct issuer usual(enum issuer_subject subject)
{
	return (struct issuer){.issuer = ISSUER,
		.jwks = STR("{\"keys\":[]}"),
		.jwks_uri = STR_NONE,
		.algs = JOSE_BIT(JOSE_ES256) | JOSE_BIT(JOSE_EDDSA),
		.subject = subject,
		.scopes = STR("gist repo")};
}

static void create(struct fixture *f, const struct issuer *i)
{
	assert_int_equal(db_begin_write(f->store.db), DB_OK);
	assert_int_equal(issuer_create(&f->store, &f->arena, i), DB_OK);
}

static void done(struct fixture *f)
{
	assert_int_equal(db_commit(f->store.db), DB_OK);
}

static void assert_text(struct str got, const char *wanted)
{
	if (!str_eq_c(got, wanted))
		fail_msg("'%.*s' is not '%s'", STR_ARG(got), wanted);
}

static struct account account_named(
	struct fixture *f, const char *login, const char *email, bool proven)
{
	struct account made;
	bool taken;

	assert_int_equal(account_create(&f->store, &f->arena, str_from(login), STR_NONE,
				 str_from(email), proven, STR_NONE, false, &made, &taken),
		DB_OK);
	return made;
}

static void test_it_is_kept(void **state)
{
	struct fixture *f = *state;
	struct issuer i = usual(SUBJECT_IS_EMAIL), got, *all;
	size_t n;

	create(f, &i);
	assert_int_equal(issuer_create(&f->store, &f->arena, &i), DB_CONFLICT);
	assert_int_equal(issuer_read(&f->store, &f->arena, ISSUER, &got), DB_OK);
	assert_text(got.jwks, "{\"keys\":[]}");
	assert_false(str_is_set(got.jwks_uri));
	assert_int_equal(got.algs, i.algs);
	assert_int_equal(got.subject, SUBJECT_IS_EMAIL);
	assert_text(got.scopes, "gist repo");
	assert_false(got.any_app);
	got.jwks = STR_NONE;
	got.jwks_uri = STR("https://idp.example/keys");
	got.algs = JOSE_ASYMMETRIC;
	got.scopes = STR_NONE;
	got.any_app = true;
	assert_int_equal(issuer_update(&f->store, &f->arena, &got), DB_OK);
	assert_int_equal(issuer_list(&f->store, &f->arena, STR(""), 10, &all, &n), DB_OK);
	assert_int_equal(n, 1);
	assert_text(all[0].jwks_uri, "https://idp.example/keys");
	assert_int_equal(all[0].algs, JOSE_ASYMMETRIC);
	assert_false(str_is_set(all[0].jwks) || str_is_set(all[0].scopes));
	assert_int_equal(issuer_list(&f->store, &f->arena, ISSUER, 10, &all, &n), DB_OK);
	assert_int_equal(n, 0);
	assert_int_equal(issuer_delete(&f->store, ISSUER), DB_OK);
	assert_int_equal(issuer_delete(&f->store, ISSUER), DB_NONE);
	assert_int_equal(issuer_update(&f->store, &f->arena, &got), DB_NONE);
	assert_int_equal(issuer_read(&f->store, &f->arena, ISSUER, &got), DB_NONE);
	done(f);
}

static void test_which_apps_it_serves(void **state)
{
	static const int64_t first[] = {7, 8, 7}, second[] = {9};
	struct fixture *f = *state;
	struct issuer i = usual(SUBJECT_IS_LOGIN);

	create(f, &i);
	assert_int_equal(issuer_serves(&f->store, &i, 7), DB_NONE);
	assert_int_equal(issuer_set_apps(&f->store, ISSUER, first, 3), DB_OK);
	assert_int_equal(issuer_serves(&f->store, &i, 7), DB_OK);
	assert_int_equal(issuer_serves(&f->store, &i, 8), DB_OK);
	assert_int_equal(issuer_set_apps(&f->store, ISSUER, second, 1), DB_OK);
	assert_int_equal(issuer_serves(&f->store, &i, 7), DB_NONE);
	assert_int_equal(issuer_serves(&f->store, &i, 9), DB_OK);
	i.any_app = true;
	assert_int_equal(issuer_serves(&f->store, &i, 7), DB_OK);
	assert_int_equal(issuer_delete(&f->store, ISSUER), DB_OK);
	i = usual(SUBJECT_IS_LOGIN);
	assert_int_equal(issuer_create(&f->store, &f->arena, &i), DB_OK);
	assert_int_equal(issuer_serves(&f->store, &i, 9), DB_NONE);
	done(f);
}

static enum db_status means(
	struct fixture *f, const struct issuer *i, const char *subject, int64_t *id)
{
	struct account found = {.id = 0};
	enum db_status status = issuer_account(&f->store, &f->arena, i, str_from(subject), &found);

	*id = found.id;
	return status;
}

static void test_whom_it_means(void **state)
{
	struct fixture *f = *state;
	struct issuer i = usual(SUBJECT_IS_LOGIN);
	int64_t id;

	create(f, &i);
	struct account mona = account_named(f, "mona", "mona@example.com", true);
	struct account hubot = account_named(f, "hubot", "hubot@example.com", false);

	assert_int_equal(means(f, &i, "Mona", &id), DB_OK);
	assert_int_equal(id, mona.id);
	assert_int_equal(means(f, &i, "mona@example.com", &id), DB_NONE);
	assert_int_equal(means(f, &i, " app", &id), DB_NONE);
	i.subject = SUBJECT_IS_EMAIL;
	assert_int_equal(means(f, &i, "MONA@example.com", &id), DB_OK);
	assert_int_equal(id, mona.id);
	assert_int_equal(means(f, &i, "hubot@example.com", &id), DB_NONE); /* not proven */
	assert_int_equal(means(f, &i, "mona", &id), DB_NONE);
	i.subject = SUBJECT_IS_LINK;
	assert_int_equal(means(f, &i, "mona", &id), DB_NONE);
	assert_int_equal(issuer_link_put(&f->store, ISSUER, STR("1"), mona.id), DB_OK);
	assert_int_equal(issuer_link_put(&f->store, ISSUER, STR("1"), hubot.id), DB_OK);
	assert_int_equal(means(f, &i, "1", &id), DB_OK);
	assert_int_equal(id, hubot.id);
	done(f);
}

static void test_links_end_with_what_they_link(void **state)
{
	struct fixture *f = *state;
	struct issuer i = usual(SUBJECT_IS_LINK);
	struct issuer_link *links;
	size_t n;

	create(f, &i);
	struct account mona = account_named(f, "mona", "mona@example.com", true);

	assert_int_equal(issuer_link_put(&f->store, ISSUER, STR("1"), mona.id), DB_OK);
	assert_int_equal(issuer_link_put(&f->store, ISSUER, STR("2"), mona.id), DB_OK);
	assert_int_equal(
		issuer_link_list(&f->store, &f->arena, ISSUER, STR(""), 10, &links, &n), DB_OK);
	assert_int_equal(n, 2);
	assert_text(links[1].subject, "2");
	assert_text(links[1].login, "mona");
	assert_int_equal(issuer_link_delete(&f->store, ISSUER, STR("1")), DB_OK);
	assert_int_equal(issuer_link_delete(&f->store, ISSUER, STR("1")), DB_NONE);
	assert_int_equal(account_delete(&f->store, &f->arena, mona.id), DB_OK);
	assert_int_equal(issuer_link_delete(&f->store, ISSUER, STR("2")), DB_NONE);
	done(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_it_is_kept),
		WITH_STORE(test_which_apps_it_serves),
		WITH_STORE(test_whom_it_means),
		WITH_STORE(test_links_end_with_what_they_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
