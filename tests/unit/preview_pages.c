/* For whoever changes templates or CSS: writes every page, filled with samples, in every language
 * to the directory named by the only argument. tools/preview-pages runs it and takes screenshots.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "preview.h"

static const char *folder;

static void write_file(const char *name, struct str body)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");

	if (!file || fwrite(body.p, 1, body.n, file) != body.n || fclose(file)) {
		perror(path);
		exit(1);
	}
}

static const struct page_permissions_row personal[] = {
	{MSG_SCOPE_USER_EMAIL_TITLE, MSG_SCOPE_USER_EMAIL_GLOSS, TEXT("user:email")},
	{MSG_SCOPE_READ_USER_TITLE, MSG_SCOPE_READ_USER_GLOSS, TEXT("read:user")},
};
static const struct page_permissions_row repositories[] = {
	{MSG_SCOPE_REPO_TITLE, MSG_SCOPE_REPO_GLOSS, TEXT("repo")},
};
static const struct page_permissions_row networks[] = {
	{MSG_SCOPE_WRITE_NETWORK_CONFIGURATIONS_TITLE, MSG_SCOPE_WRITE_NETWORK_CONFIGURATIONS_GLOSS,
		TEXT("write:network_configurations")},
};
const struct page_permissions_group sample_groups[3] = {
	{MSG_SCOPE_GROUP_PERSONAL, personal, N(personal)},
	{MSG_SCOPE_GROUP_REPOSITORIES, repositories, N(repositories)},
	{MSG_SCOPE_GROUP_ORGANIZATIONS, networks, N(networks)},
};
struct page_layout sample_layout(const char *viewer)
{
	return (struct page_layout){.viewer = str_from(viewer),
		.authenticity_token = STR("sample"),
		.switch_href = STR("?lang=es"),
		.demo = true,
		.support = STR("help@id.example.org")};
}

static void sample_sign_in(struct buf *out, enum lang lang, size_t which)
{
	if (which == 0)
		page_login(out, lang,
			&(struct page_login){.layout = sample_layout(NULL),
				.app_name = STR("Sampler"),
				.login = STR("octocat"),
				.error = MSG_LOGIN_ERROR_WRONG,
				.signup_href = STR("/join")});
	else if (which == 1)
		page_login(out, lang, &(struct page_login){.layout = sample_layout(NULL)});
	else if (which == 2)
		page_signup(out, lang,
			&(struct page_signup){.layout = sample_layout(NULL),
				.login = STR("-octo"),
				.email = STR("octo@example.org"),
				.error_login = MSG_SIGNUP_ERROR_LOGIN,
				.login_href = STR("/login")});
	else if (which == 3)
		page_select_account(out, lang,
			&(struct page_select_account){.layout = sample_layout("octocat"),
				.action = STR("/login/oauth/select_account"),
				.app_name = STR("Sampler"),
				.login = STR("octocat"),
				.name = STR("Mona Cat"),
				.other_href = STR("/login")});
	else if (which == 4)
		page_form_post(out, lang,
			&(struct page_form_post){.layout = sample_layout("octocat"),
				.target = STR("https://app.example/cb"),
				.app_name = STR("Sampler"),
				.origin = STR("https://app.example")});
	else if (which == 7)
		page_oidc_logout(out, lang,
			&(struct page_oidc_logout){.layout = sample_layout("octocat"),
				.app_name = STR("Sampler"),
				.login = STR("octocat"),
				.destination = STR("https://app.example")});
	else if (which == 5)
		page_logout(out, lang, &(struct page_logout){.layout = sample_layout("octocat")});
	else
		page_signed_out(
			out, lang, &(struct page_signed_out){.layout = sample_layout(NULL)});
}

static void sample_consent(struct buf *out, enum lang lang, size_t which)
{
	struct page_consent p = {.layout = sample_layout("octocat"),
		.action = STR("/login/oauth/authorize"),
		.app_name = STR("Sampler"),
		.app_initial = STR("S"),
		.owner = STR("hubot"),
		.homepage = STR("https://app.example"),
		.app_description = STR("Collects the sounds your repositories make."),
		.app_age = 90 * 86400,
		.login = STR("octocat"),
		.switch_account_href = STR("/login/oauth/select_account"),
		.redirect_origin = STR("https://app.example"),
		.asked = sample_groups,
		.asked_n = N(sample_groups)};

	p.offline = which == 1;
	if (which == 1) {
		p.asked_n = 1;
		p.held = sample_groups + 1;
		p.held_n = 2;
	} else if (which == 2) {
		p.asked_n = 0;
		p.app_name = STR(LONG_NAME);
		p.app_initial = STR("D");
		p.app_description = STR_NONE;
		p.redirect_origin =
			STR("http://a-very-long-host-name.with-many.labels.example:8080");
	} else if (which == 3) {
		p.asked_n = 0;
		p.held = sample_groups;
		p.held_n = 1;
		p.reauthorize = true;
	}
	page_consent(out, lang, &p);
}

static void sample_errors(struct buf *out, enum lang lang, size_t which)
{
	struct str id = STR("C0DE:1A2B:3C4D5E:6F7081:66F1A2B3");

	if (which == 0)
		page_error(out, lang,
			&(struct page_error){.layout = sample_layout(NULL),
				.code = STR("500"),
				.title = message(lang, MSG_ERROR_INTERNAL),
				.detail = message(lang, MSG_ERROR_INTERNAL_DETAIL),
				.request_id = id});
	else if (which == 1)
		page_not_found(out, lang,
			&(struct page_not_found){
				.layout = sample_layout("octocat"), .request_id = id});
	else if (which == 2)
		page_redirect_mismatch(out, lang,
			&(struct page_redirect_mismatch){.layout = sample_layout("octocat"),
				.app_name = STR("Sampler"),
				.redirect_uri =
					STR("https://app.example.evil.test/auth/callback?next="
					    "https%3A%2F%2Fapp.example%2Fa%2Flong%2Fway"),
				.request_id = id,
				.docs_href = STR("/docs")});
	else if (which == 3)
		page_unverified_email(out, lang,
			&(struct page_unverified_email){.layout = sample_layout("octocat"),
				.app_name = STR("Sampler"),
				.email = STR("octocat@example.org"),
				.request_id = id});
	else if (which == 4)
		page_app_suspended(out, lang,
			&(struct page_app_suspended){.layout = sample_layout(NULL),
				.app_name = STR("Sampler"),
				.request_id = id,
				.docs_href = STR("/docs")});
	else
		page_too_many_attempts(out, lang,
			&(struct page_too_many_attempts){
				.layout = sample_layout(NULL), .minutes = 3, .request_id = id});
}

static const struct {
	const char *name;
	void (*write)(struct buf *out, enum lang lang, size_t which);
	size_t which;
} pages[] = {
	{"login_error", sample_sign_in, 0},
	{"login", sample_sign_in, 1},
	{"signup", sample_sign_in, 2},
	{"select_account", sample_sign_in, 3},
	{"form_post", sample_sign_in, 4},
	{"logout", sample_sign_in, 5},
	{"signed_out", sample_sign_in, 6},
	{"oidc_logout", sample_sign_in, 7},
	{"consent", sample_consent, 0},
	{"consent_more", sample_consent, 1},
	{"consent_public", sample_consent, 2},
	{"consent_again", sample_consent, 3},
	{"error", sample_errors, 0},
	{"not_found", sample_errors, 1},
	{"redirect_mismatch", sample_errors, 2},
	{"unverified_email", sample_errors, 3},
	{"app_suspended", sample_errors, 4},
	{"too_many_attempts", sample_errors, 5},
	{"settings_profile", sample_settings, 0},
	{"settings_sessions", sample_settings, 1},
	{"authorized_apps", sample_settings, 2},
	{"authorized_apps_none", sample_settings, 3},
	{"authorized_app", sample_settings, 4},
	{"settings_log", sample_log, 0},
	{"developer_apps", sample_developer, 0},
	{"developer_apps_none", sample_developer, 1},
	{"app_new", sample_developer, 2},
	{"app_edit", sample_developer, 3},
	{"app_advanced", sample_developer, 4},
	{"transfer", sample_developer, 5},
	{"app_standard", sample_developer, 6},
	{"docs_page", sample_docs, 0},
	{"docs_index", sample_docs, 1},
	{"demo_home", sample_docs, 2},
	{"demo_result_ok", sample_docs, 3},
	{"demo_result", sample_docs, 4},
	{"home", sample_docs, 5},
	{"home_signed_in", sample_docs, 6},
};

int main(int argc, char **argv)
{
	struct arena arena;

	if (argc != 2) {
		fprintf(stderr, "usage: preview_pages DIRECTORY\n");
		return 2;
	}
	folder = argv[1];
	arena_init(&arena, (size_t)1 << 28);
	for (size_t i = 0; i < N(pages); i++) {
		for (size_t lang = 0; lang < LANGS; lang++) {
			struct buf out;
			char name[128];

			buf_init(&out, &arena, (size_t)1 << 22);
			pages[i].write(&out, (enum lang)lang, pages[i].which);
			snprintf(name, sizeof(name), "%s.%s.html", pages[i].name,
				lang_tag((enum lang)lang));
			write_file(name, buf_str(&out));
		}
	}
	arena_release(&arena);
	return 0;
}
