/* Scopes: RFC 6749 3.3 (row 6749-32) and section 6 of the GitHub reference. */
#include "base/limits.h"
#include "core/scope.h"
#include "unit.h"

/* What `text` means, as a comma list; fails the test when it is refused. */
static struct str meaning(struct arena *a, struct str text, size_t *unknown, bool *offline)
{
	struct scope_set s;

	assert_int_equal(scope_parse(text, &s, unknown, offline), SCOPE_OK);
	return scope_format(a, s, ",");
}

static struct scope_set set_of(const char *text)
{
	struct scope_set s;
	size_t unknown;
	bool offline;

	assert_int_equal(
		scope_parse_form(str_from(text), SCOPE_FORM_SPACED, &s, &unknown, &offline),
		SCOPE_OK);
	assert_int_equal(unknown, 0);
	return s;
}

static void test_catalogue(void **state)
{
	struct arena *a = *state;
	bool seen[SCOPE_GROUPS] = {false};

	assert_in_range(scope_count(), 45, SCOPE_MAX);
	for (size_t i = 0; i < scope_count(); i++) {
		char *key = str_c(a, scope_name(i));

		for (char *p = key; *p; p++)
			*p = *p == ':' ? '_' : *p;
		assert_string_equal(scope_key(i), key);
		assert_in_range(scope_group_of(i), 0, SCOPE_GROUPS - 1);
		seen[scope_group_of(i)] = true;
		if (i > 0)
			assert_true(strcmp(scope_name(i - 1).p, scope_name(i).p) < 0);
	}
	for (size_t g = 0; g < SCOPE_GROUPS; g++)
		assert_true(seen[g]);
}

/* Each row finds itself, alone and among all; nothing implies itself, so there is no cycle. */
static void test_every_row(void **state)
{
	struct arena *a = *state;
	struct scope_set all = {{0}};

	for (size_t i = 0; i < scope_count(); i++) {
		struct scope_set s = set_of(scope_name(i).p);

		assert_true(scope_has(s, i));
		assert_str(scope_format(a, s, ","), scope_name(i).p);
		assert_true(scope_allows(s, scope_name(i).p));
		assert_true(scope_covers(s, s));
		struct scope_set implied = scope_expand(s);

		for (size_t j = 0; j < scope_count(); j++) {
			if (j != i && scope_has(implied, j))
				assert_false(scope_covers(set_of(scope_name(j).p), s));
		}
		all = scope_union(all, s);
		all = scope_expand(all);
	}
	struct str text = scope_format(a, all, ", ");
	size_t names = 1;

	for (size_t i = 0; i < text.n; i++)
		names += text.p[i] == ',';
	assert_int_equal(names, scope_count());
}

static void test_implied(void **state)
{
	static const char *const rows[][2] = {
		{"admin:enterprise", "admin:enterprise manage_billing:enterprise "
				     "manage_runners:enterprise read:enterprise"},
		{"admin:gpg_key", "admin:gpg_key read:gpg_key write:gpg_key"},
		{"admin:org", "admin:org manage_runners:org read:org write:org"},
		{"admin:org_hook", "admin:org_hook"},
		{"admin:public_key", "admin:public_key read:public_key write:public_key"},
		{"admin:repo_hook", "admin:repo_hook read:repo_hook write:repo_hook"},
		{"admin:ssh_signing_key",
			"admin:ssh_signing_key read:ssh_signing_key write:ssh_signing_key"},
		{"audit_log", "audit_log read:audit_log"},
		{"codespace", "codespace codespace:secrets"},
		{"delete:packages", "delete:packages"},
		{"project", "project read:project"},
		{"repo",
			"public_repo repo repo:invite repo:status repo_deployment security_events"},
		{"user", "read:user user user:email user:follow"},
		{"write:discussion", "read:discussion write:discussion"},
		{"write:network_configurations",
			"read:network_configurations write:network_configurations"},
		{"write:packages", "read:packages write:packages"},
	};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_str(scope_format(a, scope_expand(set_of(rows[i][0])), " "), rows[i][1]);
}

static void test_normalisation(void **state)
{
	static const char *const rows[][2] = {
		{"user,gist,user:email", "gist,user"}, /* GitHub's own example */
		{"user:email,user:email", "user:email"},
		{"read:org admin:org", "admin:org"}, /* two steps apart */
		{"write:org read:org", "write:org"},
		{"repo public_repo repo:status", "repo"},
		{"repo read:org gist workflow", "gist,read:org,repo,workflow"},
		{"read:user user:email", "read:user,user:email"},
		{"user:follow read:user user:email", "read:user,user:email,user:follow"},
	};
	struct arena *a = *state;
	size_t unknown;
	bool offline;

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_str(meaning(a, str_from(rows[i][0]), &unknown, &offline), rows[i][1]);
}

static void test_intersection(void **state)
{
	static const char *const rows[][3] = {
		{"repo gist", "gist user", "gist"},
		{"repo", "public_repo", "public_repo"}, /* what is implied counts */
		{"public_repo", "repo", "public_repo"},
		{"admin:org", "read:org repo", "read:org"},
		{"repo", "repo", "repo"},
		{"repo", "gist", ""},
		{"", "repo", ""},
	};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_str(scope_format(a,
				   scope_intersection(set_of(rows[i][0]), set_of(rows[i][1])), ","),
			rows[i][2]);
}

static void test_separators(void **state)
{
	static const char *const same[] = {"repo gist", "repo,gist", "gist, repo", " repo  gist ",
		",,repo,, ,gist,", "repo ,gist repo"};
	struct arena *a = *state;
	size_t unknown;
	bool offline;

	for (size_t i = 0; i < COUNT(same); i++) {
		assert_str(meaning(a, str_from(same[i]), &unknown, &offline), "gist,repo");
		assert_int_equal(unknown, 0);
	}
	assert_str(meaning(a, STR_NONE, &unknown, &offline), "");
	assert_str(meaning(a, STR(""), &unknown, &offline), "");
	assert_str(meaning(a, STR(" ,, "), &unknown, &offline), "");
}

static void test_6749_32_unknown_names(void **state)
{
	struct arena *a = *state;
	size_t unknown;
	bool offline;

	assert_str(meaning(a, STR("Repo repo"), &unknown, &offline), "repo");
	assert_int_equal(unknown, 1);
	assert_str(meaning(a, STR("re repository repo: USER gist\t \"repo\" r\0epo"), &unknown,
			   &offline),
		"");
	assert_int_equal(unknown, 7);
	assert_str(meaning(a, STR("nothing"), &unknown, &offline), "");
	assert_int_equal(unknown, 1);
}

static void test_openid_is_of_the_standard_edge(void **state)
{
	struct arena *a = *state;
	struct scope_set s;
	size_t unknown;
	bool offline;

	assert_int_equal(scope_parse(STR("openid gist email"), &s, &unknown, &offline), SCOPE_OK);
	assert_int_equal(unknown, 2);
	assert_str(scope_format(a, s, " "), "gist");
	assert_str(scope_unknown(a, STR("openid gist"), SCOPE_FORM_LOOSE), "openid");
	assert_str(scope_unknown(a, STR("openid gist"), SCOPE_FORM_SPACED), "");
	assert_true(scope_read(STR("email gist openid profile"), &s));
	assert_str(scope_format(a, s, " "), "email gist openid profile");
	assert_str(scope_format(a, scope_without_openid(s), " "), "gist");
	assert_true(scope_is_openid(STR("profile")));
	assert_false(scope_is_openid(STR("gist")));
	assert_false(scope_is_openid(STR("address")));
	/* nothing of GitHub's implies them, nor the other way */
	assert_false(scope_covers(set_of("user"), set_of("email")));
	assert_false(scope_covers(set_of("profile"), set_of("read:user")));
}

static void test_offline_access(void **state)
{
	struct arena *a = *state;
	size_t unknown;
	bool offline;

	assert_str(meaning(a, STR("repo"), &unknown, &offline), "repo");
	assert_false(offline);
	assert_str(meaning(a, STR("repo offline_access"), &unknown, &offline), "repo");
	assert_true(offline);
	assert_int_equal(unknown, 0);
	assert_str(meaning(a, STR("OFFLINE_ACCESS"), &unknown, &offline), "");
	assert_false(offline);
	assert_false(scope_allows(set_of("repo"), "offline_access"));
}

static void test_limits(void **state)
{
	struct arena *a = *state;
	struct scope_set s;
	size_t unknown;
	bool offline;

	for (size_t n = LIMIT_SCOPE_TEXT - 1; n <= LIMIT_SCOPE_TEXT + 1; n++)
		assert_int_equal(scope_parse(repeated(a, 'x', n), &s, &unknown, &offline),
			n <= LIMIT_SCOPE_TEXT ? SCOPE_OK : SCOPE_TOO_LONG);
	for (size_t n = LIMIT_SCOPES - 1; n <= LIMIT_SCOPES + 1; n++) {
		char *text = arena_alloc(a, 5 * n + 1);

		for (size_t i = 0; i < n; i++)
			memcpy(text + 5 * i, "repo,", 5);
		assert_int_equal(scope_parse(str_from(text), &s, &unknown, &offline),
			n <= LIMIT_SCOPES ? SCOPE_OK : SCOPE_TOO_LONG);
	}
	/* Separators alone are no names. */
	assert_int_equal(
		scope_parse(repeated(a, ',', LIMIT_SCOPE_TEXT), &s, &unknown, &offline), SCOPE_OK);
}

static void test_sets(void **state)
{
	struct arena *a = *state;
	struct scope_set none = {{0}}, repo = set_of("repo"), status = set_of("repo:status");

	assert_true(scope_is_empty(none));
	assert_false(scope_is_empty(repo));
	assert_false(scope_is_empty(set_of("write:ssh_signing_key"))); /* the last row */
	assert_true(scope_covers(repo, status));
	assert_false(scope_covers(status, repo));
	assert_true(scope_covers(status, none));
	assert_true(scope_covers(none, none));
	assert_false(scope_covers(none, status));
	assert_true(scope_covers(set_of("admin:org user"), set_of("read:org user:email")));
	assert_false(scope_covers(set_of("admin:org user"), set_of("read:org gist")));
	assert_str(scope_format(a, scope_union(repo, status), ","), "repo");
	assert_str(scope_format(a, scope_union(status, set_of("gist")), ", "), "gist, repo:status");
	assert_true(scope_allows(repo, "security_events"));
	assert_true(scope_allows(set_of("admin:org"), "read:org"));
	assert_false(scope_allows(status, "repo"));
	assert_false(scope_allows(repo, "Repo"));
	assert_false(scope_allows(repo, "no_such_scope"));
	assert_false(scope_allows(none, "repo"));
	assert_false(scope_has(repo, scope_count()));
	assert_false(scope_has(repo, (size_t)-1));
}

/* An operator's scopes: issue of the GitHub reference's section 6, catalogue as data. */
static void test_an_operator_adds_scopes(void **state)
{
	const struct scope_text texts[SCOPE_LANGS] = {
		{STR("Deployments"), STR("Start them")}, {STR("Despliegues"), STR("Iniciarlos")}};
	size_t unknown, before = scope_count();
	bool offline;

	assert_int_equal(
		scope_add(STR("deploy:read"), SCOPE_GROUP_OTHER, STR_NONE, texts), SCOPE_ADDED);
	assert_int_equal(
		scope_add(STR("deploy"), SCOPE_GROUP_OTHER, STR("deploy:read, gist"), texts),
		SCOPE_ADDED);
	assert_int_equal(scope_count(), before + 2);
	assert_str(meaning(*state, STR("user deploy gist deploy:read"), &unknown, &offline),
		"deploy,user");
	assert_int_equal(unknown, 0);
	assert_true(scope_allows(set_of("deploy"), "deploy:read"));
	assert_true(scope_allows(set_of("deploy"), "gist"));
	assert_false(scope_allows(set_of("deploy:read"), "deploy"));
	assert_null(scope_key(before));
	assert_str(scope_text_of(before, 1).title, "Despliegues");
	scope_reset();
	meaning(*state, STR("deploy"), &unknown, &offline);
	assert_int_equal(unknown, 1);
}

static void test_bad_scopes_are_not_added(void **state)
{
	const struct scope_text texts[SCOPE_LANGS] = {{STR("t"), STR("g")}, {STR("t"), STR("g")}};
	const struct {
		struct str name, implied;
		enum scope_add_fault fault;
	} cases[] = {
		{STR(""), STR(""), SCOPE_BAD_NAME},
		{STR("with space"), STR(""), SCOPE_BAD_NAME},
		{STR("comma,"), STR(""), SCOPE_BAD_NAME},
		{STR("Upper"), STR(""), SCOPE_BAD_NAME},
		{STR("repo"), STR(""), SCOPE_NAME_TAKEN},
		{STR("offline_access"), STR(""), SCOPE_NAME_TAKEN},
		{STR("new"), STR("nowhere"), SCOPE_UNKNOWN_IMPLIED},
		{STR("new"), STR("new"), SCOPE_UNKNOWN_IMPLIED},
		{STR("new"), STR("repo user gist project codespace delete_repo"), SCOPE_TOO_MANY},
	};
	size_t before = scope_count();

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
			scope_add(cases[i].name, SCOPE_GROUP_OTHER, cases[i].implied, texts),
			cases[i].fault);
	assert_int_equal(scope_add(repeated(*state, 'a', 65), SCOPE_GROUP_OTHER, STR_NONE, texts),
		SCOPE_BAD_NAME);
	assert_int_equal(scope_count(), before);
	while (scope_count() < SCOPE_MAX)
		assert_int_equal(scope_add(str_printf(*state, "s%zu", scope_count()),
					 SCOPE_GROUP_OTHER, STR_NONE, texts),
			SCOPE_ADDED);
	assert_int_equal(
		scope_add(STR("more"), SCOPE_GROUP_OTHER, STR_NONE, texts), SCOPE_TOO_MANY);
	scope_reset();
}

static void test_6749_32_only_spaces_part_names_of_the_standard_edge(void **state)
{
	struct arena *a = *state;
	struct scope_set s;
	size_t unknown;
	bool offline;

	assert_int_equal(scope_parse_form(STR("repo user,gist  gist"), SCOPE_FORM_SPACED, &s,
				 &unknown, &offline),
		SCOPE_OK);
	assert_int_equal(unknown, 1);
	assert_str(scope_format(a, s, " "), "gist repo");
	assert_str(scope_unknown(a, STR("repo user,gist"), SCOPE_FORM_SPACED), "user,gist");
	assert_int_equal(scope_stray_byte(STR("a !#[]~")), 7);
	assert_int_equal(scope_stray_byte(STR("a\"b")), 1);
	assert_int_equal(scope_stray_byte(STR("a\\b")), 1);
	assert_int_equal(scope_stray_byte(STR("ab\tc")), 2);
	assert_int_equal(scope_stray_byte(STR("ab\x7F")), 2);
	assert_int_equal(scope_stray_byte(STR("\xC3\xA9")), 0);
	assert_int_equal(scope_stray_byte(STR_NONE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_an_operator_adds_scopes),
		test_with_arena(test_bad_scopes_are_not_added),
		test_with_arena(test_catalogue),
		test_with_arena(test_every_row),
		test_with_arena(test_implied),
		test_with_arena(test_normalisation),
		test_with_arena(test_intersection),
		test_with_arena(test_separators),
		test_with_arena(test_6749_32_unknown_names),
		test_with_arena(test_6749_32_only_spaces_part_names_of_the_standard_edge),
		test_with_arena(test_openid_is_of_the_standard_edge),
		test_with_arena(test_offline_access),
		test_with_arena(test_limits),
		test_with_arena(test_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
