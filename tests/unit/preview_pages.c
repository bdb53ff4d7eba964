/* For whoever changes templates or CSS: writes every page, filled with samples, in every language
 * to the directory named by the only argument. tools/preview-pages runs it and takes screenshots.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/pages.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const char *folder;
static const int64_t now = 1790000000;

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

static struct page_layout layout(const char *viewer)
{
	return (struct page_layout){.viewer = str_from(viewer),
		.authenticity_token = STR("sample"),
		.switch_href = STR("?lang=es"),
		.demo = true};
}

static const struct page_permissions_row personal[] = {
	{MSG_SCOPE_USER_EMAIL_TITLE, MSG_SCOPE_USER_EMAIL_GLOSS, STR("user:email")},
	{MSG_SCOPE_READ_USER_TITLE, MSG_SCOPE_READ_USER_GLOSS, STR("read:user")},
};
static const struct page_permissions_row repositories[] = {
	{MSG_SCOPE_REPO_TITLE, MSG_SCOPE_REPO_GLOSS, STR("repo")},
};
static const struct page_permissions_row networks[] = {
	{MSG_SCOPE_WRITE_NETWORK_CONFIGURATIONS_TITLE, MSG_SCOPE_WRITE_NETWORK_CONFIGURATIONS_GLOSS,
		STR("write:network_configurations")},
};
static const struct page_permissions_group groups[] = {
	{MSG_SCOPE_GROUP_PERSONAL, personal, N(personal)},
	{MSG_SCOPE_GROUP_REPOSITORIES, repositories, N(repositories)},
	{MSG_SCOPE_GROUP_ORGANIZATIONS, networks, N(networks)},
};
static const struct page_app_form_callback callbacks[] = {
	{1, STR("https://app.example/auth/callback"), false, MSG_NONE},
	{2, STR("https://app.example/#no"), true, MSG_APP_ERROR_CALLBACK},
	{3, STR(""), false, MSG_NONE},
};
static const struct page_app_form_callback spare[] = {
	{4, STR(""), false, MSG_NONE},
	{5, STR(""), false, MSG_NONE},
};

#define LONG_NAME "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

static void sample_sign_in(struct buf *out, enum lang lang, size_t which)
{
	if (which == 0)
		page_login(out, lang,
			&(struct page_login){.layout = layout(NULL),
				.app_name = STR("Sampler"),
				.login = STR("octocat"),
				.error = MSG_LOGIN_ERROR_WRONG,
				.signup_href = STR("/signup")});
	else if (which == 1)
		page_login(out, lang, &(struct page_login){.layout = layout(NULL)});
	else if (which == 2)
		page_signup(out, lang,
			&(struct page_signup){.layout = layout(NULL),
				.login = STR("-octo"),
				.email = STR("octo@example.org"),
				.error_login = MSG_SIGNUP_ERROR_LOGIN,
				.login_href = STR("/login")});
	else if (which == 3)
		page_select_account(out, lang,
			&(struct page_select_account){.layout = layout("octocat"),
				.app_name = STR("Sampler"),
				.accounts = &(struct page_select_account_account){STR("octocat"),
					STR("Mona Cat"), STR("/x")},
				.accounts_n = 1,
				.other_href = STR("/login")});
	else if (which == 4)
		page_redirecting(out, lang,
			&(struct page_redirecting){.layout = layout("octocat"),
				.target = STR("#stay"),
				.app_name = STR("Sampler"),
				.origin = STR("https://app.example")});
	else if (which == 5)
		page_logout(out, lang, &(struct page_logout){.layout = layout("octocat")});
	else
		page_signed_out(out, lang, &(struct page_signed_out){.layout = layout(NULL)});
}

static void sample_consent(struct buf *out, enum lang lang, size_t which)
{
	struct page_consent p = {.layout = layout("octocat"),
		.app_name = STR("Sampler"),
		.app_initial = STR("S"),
		.owner = STR("hubot"),
		.homepage = STR("https://app.example"),
		.app_description = STR("Collects the sounds your repositories make."),
		.app_age = 90 * 86400,
		.login = STR("octocat"),
		.switch_account_href = STR("/login/oauth/select_account"),
		.redirect_origin = STR("https://app.example"),
		.asked = groups,
		.asked_n = N(groups)};

	if (which == 1) {
		p.asked_n = 1;
		p.held = groups + 1;
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
		p.held = groups;
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
			&(struct page_error){.layout = layout(NULL),
				.code = STR("500"),
				.title = message(lang, MSG_ERROR_INTERNAL),
				.detail = message(lang, MSG_ERROR_INTERNAL_DETAIL),
				.request_id = id});
	else if (which == 1)
		page_not_found(out, lang,
			&(struct page_not_found){.layout = layout("octocat"), .request_id = id});
	else if (which == 2)
		page_redirect_mismatch(out, lang,
			&(struct page_redirect_mismatch){.layout = layout("octocat"),
				.app_name = STR("Sampler"),
				.redirect_uri =
					STR("https://app.example.evil.test/auth/callback?next="
					    "https%3A%2F%2Fapp.example%2Fa%2Flong%2Fway"),
				.request_id = id,
				.docs_href = STR("/docs")});
	else if (which == 3)
		page_unverified_email(out, lang,
			&(struct page_unverified_email){.layout = layout("octocat"),
				.app_name = STR("Sampler"),
				.email = STR("octocat@example.org"),
				.request_id = id});
	else if (which == 4)
		page_app_suspended(out, lang,
			&(struct page_app_suspended){.layout = layout(NULL),
				.app_name = STR("Sampler"),
				.request_id = id,
				.docs_href = STR("/docs")});
	else
		page_too_many_attempts(out, lang,
			&(struct page_too_many_attempts){
				.layout = layout(NULL), .minutes = 3, .request_id = id});
}

static void sample_settings(struct buf *out, enum lang lang, size_t which)
{
	static const struct page_settings_profile_email emails[] = {
		{STR("octocat@example.org"), true, true},
		{STR("mona@cats.example"), false, false},
	};
	static const struct page_settings_sessions_session sessions[] = {
		{STR("1"), STR("Firefox 131 on Linux"), STR("192.0.2.7"), now - 86400, 20, true},
		{STR("2"), STR("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604"),
			STR("2001:db8::17"), now - 864000, 7300, false},
	};
	static const struct page_authorized_apps_app apps[] = {
		{STR("Sampler"), STR("S"), STR("hubot"), now - 864000, STR("/x"), 4},
		{STR(LONG_NAME), STR("D"), STR("octocat"), now, STR("/y"), 1},
	};

	struct page_layout l = layout("octocat");

	if (which == 0) {
		l.notice = message(lang, MSG_PROFILE_SAVED);
		page_settings_profile(out, lang,
			&(struct page_settings_profile){.layout = l,
				.login = STR("octocat"),
				.name = STR("Mona Cat"),
				.member_since = now - 86400 * 400,
				.emails = emails,
				.emails_n = N(emails),
				.error_current = MSG_PROFILE_ERROR_CURRENT});
	} else if (which == 1) {
		page_settings_sessions(out, lang,
			&(struct page_settings_sessions){.layout = l,
				.sessions = sessions,
				.sessions_n = N(sessions),
				.others = true});
	} else if (which == 2) {
		page_authorized_apps(out, lang,
			&(struct page_authorized_apps){
				.layout = l, .apps = apps, .apps_n = N(apps)});
	} else if (which == 3) {
		page_authorized_apps(out, lang, &(struct page_authorized_apps){.layout = l});
	} else {
		page_authorized_app(out, lang,
			&(struct page_authorized_app){.layout = l,
				.name = STR("Sampler"),
				.initial = STR("S"),
				.owner = STR("hubot"),
				.description = STR("Collects the sounds your repositories make."),
				.client_id = STR("0v1234"),
				.homepage = STR("https://app.example"),
				.granted = now,
				.permissions = groups,
				.permissions_n = 2,
				.revoke_action = STR("/settings/connections/applications/x")});
	}
}

static void edit(struct buf *out, enum lang lang)
{
	static const struct page_app_edit_secret secrets[] = {
		{STR("1"), STR("8fd02b77"), STR("octocat"), now - 86400 * 30, 7300, true},
		{STR("2"), STR("a1b2c3d4"), STR("octocat"), now, 0, false},
	};

	page_app_edit(out, lang,
		&(struct page_app_edit){.layout = layout("octocat"),
			.id = 7,
			.title = STR("Sampler"),
			.users_n = 1,
			.client_id = STR("Ov23liAbCdEf01234567"),
			.new_secret = STR("c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"),
			.secrets = secrets,
			.secrets_n = N(secrets),
			.name = STR("Sampler"),
			.homepage = STR("app.example"),
			.error_homepage = MSG_FORM_ERROR_URL,
			.description = STR("Collects the sounds\nyour repositories make."),
			.device_flow = true,
			.callbacks = callbacks,
			.callbacks_n = N(callbacks),
			.spare = spare,
			.spare_n = N(spare)});
}

static void sample_developer(struct buf *out, enum lang lang, size_t which)
{
	static const struct page_developer_apps_app apps[] = {
		{7, STR("Sampler"), STR("S"), 1, false},
		{8, STR(LONG_NAME), STR("D"), 1240, true},
	};
	static const struct page_developer_apps_transfer transfers[] = {
		{3, STR("Metronome"), STR("hubot")},
	};
	struct page_layout l = layout("octocat");

	if (which == 0) {
		page_developer_apps(out, lang,
			&(struct page_developer_apps){.layout = l,
				.apps = apps,
				.apps_n = N(apps),
				.transfers = transfers,
				.transfers_n = N(transfers)});
	} else if (which == 1) {
		page_developer_apps(out, lang, &(struct page_developer_apps){.layout = l});
	} else if (which == 2) {
		page_app_new(out, lang,
			&(struct page_app_new){.layout = l,
				.callbacks = callbacks + 2,
				.callbacks_n = 1,
				.spare = spare,
				.spare_n = N(spare)});
	} else if (which == 3) {
		edit(out, lang);
	} else if (which == 4) {
		page_app_advanced(out, lang,
			&(struct page_app_advanced){.layout = l,
				.id = 7,
				.title = STR("Sampler"),
				.users_n = 12,
				.transfer_name = STR("Sampler"),
				.transfer_owner = STR("nobody-here"),
				.error_transfer_owner = MSG_APP_ERROR_TRANSFER_OWNER});
	} else {
		page_transfer(out, lang,
			&(struct page_transfer){.layout = l,
				.id = 3,
				.app_name = STR("Metronome"),
				.app_initial = STR("M"),
				.from = STR("hubot"),
				.homepage = STR("https://metronome.example"),
				.users_n = 3});
	}
}

static void docs_page(struct buf *out, enum lang lang)
{
	static const struct page_docs_page_heading headings[] = {
		{STR("Incorrect client credentials"), STR("#incorrect-client-credentials"), false},
		{STR("What to check"), STR("#what-to-check"), true},
		{STR("Bad verification code"), STR("#bad-verification-code"), false},
	};

	page_docs_page(out, lang,
		&(struct page_docs_page){.layout = layout(NULL),
			.title = STR("Troubleshooting token request errors"),
			.intro = {STR("<p>When a code cannot be exchanged for a token.</p>")},
			.body = {STR("<p>The reply is <code>200 OK</code> and carries an error.</p>"
				     "<h2 id=\"incorrect-client-credentials\">Incorrect client "
				     "credentials</h2><p>The <code>client_id</code> or the secret "
				     "is wrong:</p><pre><code>{\n  \"error\": "
				     "\"incorrect_client_credentials\",\n  \"error_description\": "
				     "\"The client_id and/or client_secret passed are "
				     "incorrect.\"\n}</code></pre><h3 id=\"what-to-check\">What to "
				     "check</h3><ul><li>The secret has not been deleted.</li><li>"
				     "It belongs to this <a href=\"/docs\">app</a>.</li></ul>"
				     "<table><thead><tr><th>Name</th><th>Type</th></tr></thead>"
				     "<tbody><tr><td><code>code</code></td><td>string</td></tr>"
				     "</tbody></table>"
				     "<div class=\"note\"><p><strong>Note:</strong> codes live ten "
				     "minutes.</p></div>")},
			.headings = headings,
			.headings_n = N(headings)});
}

static void demo_result(struct buf *out, enum lang lang, bool ok)
{
	static const struct page_demo_result_step steps[] = {
		{STR("The browser is sent to the server"), STR("The app asks for a code."),
			STR("GET /login/oauth/authorize?client_id=Ov23liAbCdEf01234567&state=7f…\n"
			    "Host: 127.0.0.1:9292"),
			STR("HTTP/1.1 302 Found\nLocation: /demo/callback?code=0a1b…&state=7f…")},
		{STR("The app exchanges the code"), STR("Server to server."),
			STR("POST /login/oauth/access_token\nAccept: application/json\n\n"
			    "client_id=Ov23liAbCdEf01234567&client_secret=…&code=0a1b…"),
			STR("HTTP/1.1 200 OK\nContent-Type: application/json; charset=utf-8\n\n{\n "
			    " "
			    "\"error\": \"bad_verification_code\"\n}")},
	};

	page_demo_result(out, lang,
		&(struct page_demo_result){.layout = layout(NULL),
			.ok = ok,
			.heading = ok ? STR("Signed in as octocat") : STR("The code was refused"),
			.verdict = STR("The demo client sent the same code twice on purpose."),
			.error = ok ? STR_NONE : STR("bad_verification_code"),
			.steps = steps,
			.steps_n = N(steps),
			.docs_href = ok ? STR_NONE : STR("/docs"),
			.again_href = STR("/demo/start")});
}

static void sample_docs(struct buf *out, enum lang lang, size_t which)
{
	static const struct page_docs_index_page pages[] = {
		{STR("Troubleshooting authorization request errors"),
			{STR("<p>When people cannot be sent to sign in.</p>")}, STR("/docs/a")},
		{STR("Troubleshooting token request errors"),
			{STR("<p>When a code cannot be exchanged for a token.</p>")},
			STR("/docs/b")},
	};
	static const struct page_docs_index_section sections[] = {
		{STR("Managing OAuth apps"), pages, N(pages)}};
	static const struct page_demo_home_error errors[] = {
		{MSG_DOCS_TITLE, MSG_DOCS_LEAD, STR("bad_verification_code"), STR("/demo/1")},
		{MSG_DEMO_PROVOKE, MSG_DEMO_LEAD, STR("incorrect_client_credentials"),
			STR("/demo/2")},
	};

	if (which == 0)
		docs_page(out, lang);
	else if (which == 1)
		page_docs_index(out, lang,
			&(struct page_docs_index){
				.layout = layout(NULL), .sections = sections, .sections_n = 1});
	else if (which == 2)
		page_demo_home(out, lang,
			&(struct page_demo_home){.layout = layout(NULL),
				.sign_in_href = STR("/demo/start"),
				.client_id = STR("Ov23liAbCdEf01234567"),
				.callback = STR("http://127.0.0.1:9292/demo/callback"),
				.errors = errors,
				.errors_n = N(errors)});
	else if (which <= 4)
		demo_result(out, lang, which == 3);
	else
		page_home(out, lang,
			&(struct page_home){.layout = layout(which == 5 ? NULL : "octocat"),
				.base_url = STR("http://127.0.0.1:9292"),
				.signup_href = STR("/signup")});
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
	{"redirecting", sample_sign_in, 4},
	{"logout", sample_sign_in, 5},
	{"signed_out", sample_sign_in, 6},
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
	{"developer_apps", sample_developer, 0},
	{"developer_apps_none", sample_developer, 1},
	{"app_new", sample_developer, 2},
	{"app_edit", sample_developer, 3},
	{"app_advanced", sample_developer, 4},
	{"transfer", sample_developer, 5},
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
