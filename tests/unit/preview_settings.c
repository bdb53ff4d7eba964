/* Previews: settings and developer settings. */
#include "preview.h"

static const struct page_app_form_callback callbacks[] = {
	{1, TEXT("https://app.example/auth/callback"), false, MSG_NONE},
	{2, TEXT("https://app.example/#no"), true, MSG_APP_ERROR_CALLBACK},
	{3, TEXT(""), false, MSG_NONE},
};
static const struct page_app_form_callback spare[] = {
	{4, TEXT(""), false, MSG_NONE},
	{5, TEXT(""), false, MSG_NONE},
};

void sample_settings(struct buf *out, enum lang lang, size_t which)
{
	const struct page_settings_profile_email emails[] = {
		{STR("octocat@example.org"), true, true},
		{STR("mona@cats.example"), false, false},
	};
	const struct page_settings_sessions_session sessions[] = {
		{STR("1"), STR("Firefox 131 on Linux"), STR("192.0.2.7"), NOW - 86400, 20, true},
		{STR("2"), STR("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604"),
			STR("2001:db8::17"), NOW - 864000, 7300, false},
	};
	const struct page_authorized_apps_app apps[] = {
		{STR("Sampler"), STR("S"), STR("hubot"), NOW - 864000, STR("/x"), 4},
		{STR(LONG_NAME), STR("D"), STR("octocat"), NOW, STR("/y"), 1},
	};

	struct page_layout l = sample_layout("octocat");

	if (which == 0) {
		l.notice = message(lang, MSG_PROFILE_SAVED);
		page_settings_profile(out, lang,
			&(struct page_settings_profile){.layout = l,
				.login = STR("octocat"),
				.name = STR("Mona Cat"),
				.member_since = NOW - 86400 * 400,
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
				.granted = NOW,
				.permissions = sample_groups,
				.permissions_n = 2,
				.revoke_action = STR("/settings/connections/applications/x")});
	}
}

void sample_log(struct buf *out, enum lang lang, size_t which)
{
	const struct page_settings_log_entry entries[] = {
		{MSG_LOG_OAUTH_APPLICATION_CREATE, STR("oauth_application.create"), STR("octocat"),
			STR("Sampler"), STR("192.0.2.7"), NOW - 7200, 7200},
		{MSG_LOG_USER_LOGIN, STR("user.login"), STR("octocat"), STR_NONE,
			STR("2001:db8::17"), NOW - 86400, 86400},
	};

	page_settings_log(out, lang,
		&(struct page_settings_log){.layout = sample_layout("octocat"),
			.entries = entries,
			.entries_n = which ? 0 : N(entries)});
}

static void edit(struct buf *out, enum lang lang)
{
	const struct page_app_edit_secret secrets[] = {
		{1, STR("8fd02b77"), STR("octocat"), NOW - 86400 * 30, 7300, true},
		{2, STR("a1b2c3d4"), STR("octocat"), NOW, 0, false},
	};

	page_app_edit(out, lang,
		&(struct page_app_edit){.layout = sample_layout("octocat"),
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

void sample_developer(struct buf *out, enum lang lang, size_t which)
{
	const struct page_developer_apps_app apps[] = {
		{7, STR("Sampler"), STR("S"), 1, false},
		{8, STR(LONG_NAME), STR("D"), 1240, true},
	};
	const struct page_developer_apps_transfer transfers[] = {
		{3, STR("Metronome"), STR("hubot")},
	};
	struct page_layout l = sample_layout("octocat");

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
	} else if (which == 6) {
		const struct page_app_standard_choice profiles[] = {
			{STR("github"), MSG_APP_PROFILE_GITHUB, false},
			{STR("strict"), MSG_APP_PROFILE_STRICT, true}};
		const struct page_app_standard_choice methods[] = {
			{STR("none"), MSG_APP_METHOD_NONE, true}};

		page_app_standard(out, lang,
			&(struct page_app_standard){.layout = l,
				.id = 7,
				.title = STR("Sampler"),
				.standard = true,
				.profiles = profiles,
				.profiles_n = N(profiles),
				.methods = methods,
				.methods_n = N(methods),
				.jwks = STR("{\"keys\":[]}"),
				.jwks_uri = STR("https://app.example/jwks"),
				.post_logout = STR("https://app.example/bye\n"),
				.backchannel = STR(""),
				.error_jwks = MSG_FORM_ERROR_URL});
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
