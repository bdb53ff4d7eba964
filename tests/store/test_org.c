/* Organisations, members and teams. */
#include "store/org.h"
#include "store_fixture.h"

static struct org make_org(struct fixture *f, const char *login)
{
	struct org org;

	assert_int_equal(
		org_create(&f->store, &f->arena, str_from(login), STR("A Name"), STR_NONE, &org),
		DB_OK);
	return org;
}

static void test_a_login_is_taken_once_among_accounts_and_organisations(void **state)
{
	struct fixture *f = *state;
	struct account account;
	struct org org;
	bool login_taken;

	begin(f);
	make_account(f, "octocat", "o@example.com");
	org = make_org(f, "Acme");
	assert_true(str_eq_c(org.login, "Acme"));
	assert_true(str_eq_c(org.name, "A Name"));
	assert_false(str_is_set(org.description));
	assert_int_equal(org_create(&f->store, &f->arena, STR("ACME"), STR_NONE, STR_NONE, &org),
		DB_CONFLICT);
	assert_int_equal(org_create(&f->store, &f->arena, STR("OctoCat"), STR_NONE, STR_NONE, &org),
		DB_CONFLICT);
	assert_int_equal(
		account_create(&f->store, &f->arena, STR("acme"), STR_NONE, STR("acme@example.com"),
			true, STR_NONE, false, &account, &login_taken),
		DB_CONFLICT);
	assert_true(login_taken);
	commit(f);
}

static void test_members(void **state)
{
	struct fixture *f = *state;
	struct org_member member, *members;
	struct org_membership *orgs;
	int64_t admins;
	size_t n;

	begin(f);
	struct account one = make_account(f, "one", "1@example.com");
	struct account two = make_account(f, "two", "2@example.com");
	struct org acme = make_org(f, "acme"), other = make_org(f, "other");

	assert_int_equal(org_member_get(&f->store, acme.id, one.id, &member), DB_NONE);
	assert_int_equal(org_member_put(&f->store, acme.id, one.id, true, false), DB_OK);
	assert_int_equal(org_member_put(&f->store, acme.id, two.id, false, true), DB_OK);
	assert_int_equal(org_member_put(&f->store, other.id, one.id, false, true), DB_OK);
	assert_int_equal(org_member_get(&f->store, acme.id, one.id, &member), DB_OK);
	assert_true(member.admin && !member.is_public);
	assert_int_equal(org_member_list(&f->store, &f->arena, acme.id, &members, &n), DB_OK);
	assert_int_equal(n, 2);
	assert_true(str_eq_c(members[1].account.login, "two") && members[1].is_public);
	assert_int_equal(
		org_list_of_account(&f->store, &f->arena, one.id, false, &orgs, &n), DB_OK);
	assert_int_equal(n, 2);
	assert_int_equal(org_list_of_account(&f->store, &f->arena, one.id, true, &orgs, &n), DB_OK);
	assert_int_equal(n, 1);
	assert_true(str_eq_c(orgs[0].org.login, "other"));
	/* putting again changes the role, and adds nobody */
	assert_int_equal(org_member_put(&f->store, acme.id, two.id, true, false), DB_OK);
	assert_int_equal(org_admin_count(&f->store, acme.id, &admins), DB_OK);
	assert_int_equal(admins, 2);
	assert_int_equal(org_member_remove(&f->store, acme.id, two.id), DB_OK);
	assert_int_equal(org_member_remove(&f->store, acme.id, two.id), DB_NONE);
	commit(f);
}

static void test_slugs(void **state)
{
	struct fixture *f = *state;
	static const char *const rows[][2] = {{"Release Crew!", "release-crew"}, {"a", "a"},
		{"--A  b--", "a-b"}, {"under_score 1", "under_score-1"}, {"ñ", ""}, {"", ""},
		{"a/../b", "a-b"}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_true(str_eq_c(team_slug(&f->arena, str_from(rows[i][0])), rows[i][1]));
}

static void test_teams_are_of_members_and_go_with_their_organisation(void **state)
{
	struct fixture *f = *state;
	struct team_member member, *members;
	struct team team, again, *teams;
	struct org gone;
	size_t n;

	begin(f);
	struct account one = make_account(f, "one", "1@example.com");
	struct org acme = make_org(f, "acme"), other = make_org(f, "other");

	assert_int_equal(
		team_create(&f->store, &f->arena, &acme, STR("Core Team"), STR("It"), true, &team),
		DB_OK);
	assert_true(str_eq_c(team.slug, "core-team") && team.secret);
	assert_true(str_eq_c(team.org.login, "acme"));
	assert_int_equal(
		team_create(&f->store, &f->arena, &acme, STR("core team"), STR_NONE, false, &again),
		DB_CONFLICT);
	assert_int_equal(
		team_create(&f->store, &f->arena, &acme, STR("!"), STR_NONE, false, &again),
		DB_NONE);
	assert_int_equal(team_create(&f->store, &f->arena, &other, STR("Core team"), STR_NONE,
				 false, &again),
		DB_OK);
	assert_int_equal(team_member_put(&f->store, &team, one.id, false), DB_NONE);
	org_member_put(&f->store, acme.id, one.id, false, false);
	assert_int_equal(team_member_put(&f->store, &team, one.id, true), DB_OK);
	assert_int_equal(team_member_get(&f->store, team.id, one.id, &member), DB_OK);
	assert_true(member.maintainer);
	assert_int_equal(team_member_list(&f->store, &f->arena, team.id, &members, &n), DB_OK);
	assert_int_equal(n, 1);
	assert_int_equal(team_list_of_account(&f->store, &f->arena, one.id, &teams, &n), DB_OK);
	assert_int_equal(n, 1);
	/* leaving the organisation is leaving its teams */
	assert_int_equal(org_member_remove(&f->store, acme.id, one.id), DB_OK);
	assert_int_equal(team_member_get(&f->store, team.id, one.id, &member), DB_NONE);
	org_member_put(&f->store, acme.id, one.id, false, false);
	team_member_put(&f->store, &team, one.id, false);
	assert_int_equal(org_delete(&f->store, acme.id), DB_OK);
	assert_int_equal(org_by_login(&f->store, &f->arena, STR("acme"), &gone), DB_NONE);
	assert_int_equal(team_by_id(&f->store, &f->arena, team.id, &again), DB_NONE);
	assert_int_equal(team_list_of_account(&f->store, &f->arena, one.id, &teams, &n), DB_OK);
	assert_int_equal(n, 0);
	assert_int_equal(
		team_by_slug(&f->store, &f->arena, other.id, STR("CORE-team"), &again), DB_OK);
	assert_int_equal(team_delete(&f->store, again.id), DB_OK);
	assert_int_equal(team_list(&f->store, &f->arena, other.id, &teams, &n), DB_OK);
	assert_int_equal(n, 0);
	commit(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_a_login_is_taken_once_among_accounts_and_organisations),
		WITH_STORE(test_members),
		WITH_STORE(test_slugs),
		WITH_STORE(test_teams_are_of_members_and_go_with_their_organisation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
