#include "web/settings.h"

enum { DEVICE_SHOWN = 80 };

struct known {
	const char *mark, *name;
};

/* The first mark that the text has: more telling ones stand first. */
static const char *find(struct str text, const struct known *known, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct str mark = str_from(known[k].mark);

		for (size_t i = 0; i + mark.n <= text.n; i++)
			if (str_eq(str_slice(text, i, i + mark.n), mark))
				return known[k].name;
	}
	return NULL;
}

/* "Firefox, Linux", or the beginning of what an unknown browser calls itself. */
static struct str device_of(struct context *c, struct str user_agent)
{
	static const struct known browsers[] = {{"Edg/", "Edge"}, {"OPR/", "Opera"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"}};
	static const struct known systems[] = {{"Android", "Android"}, {"iPhone", "iPhone"},
		{"iPad", "iPad"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"},
		{"Mac OS X", "macOS"}, {"Linux", "Linux"}};
	const char *browser = find(user_agent, browsers, sizeof browsers / sizeof browsers[0]);
	const char *system = find(user_agent, systems, sizeof systems / sizeof systems[0]);

	if (browser && system)
		return str_printf(c->arena, "%s, %s", browser, system);
	if (str_has_text(user_agent))
		return str_slice(user_agent, 0, DEVICE_SHOWN);
	return message(c->visit->lang, MSG_SESSIONS_UNKNOWN_DEVICE);
}

void settings_sessions_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct session *sessions;
	size_t n;

	if (context_failed(c, session_list(c->store, c->arena, web_account(c)->id,
				      c->settings->session_idle_s, &sessions, &n)))
		return;
	struct page_settings_sessions_session *rows =
		ARENA_ARRAY(c->arena, struct page_settings_sessions_session, n);

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct page_settings_sessions_session){
			.id = str_printf(c->arena, "%llu", (unsigned long long)sessions[i].id),
			.device = device_of(c, sessions[i].user_agent),
			.address = sessions[i].address,
			.started = sessions[i].created_at,
			.seen_age = web_age(c, sessions[i].seen_at),
			.current = sessions[i].id == c->visit->session.id,
		};
	const struct page_settings_sessions page = {
		.layout = web_layout(c, req, rep),
		.sessions = rows,
		.sessions_n = n,
		.others = n > 1,
	};

	WEB_SHOW(c, rep, 200, settings_sessions, &page);
}

void settings_session_end(struct context *c, struct http_request *req, struct http_reply *rep)
{
	int64_t id;

	if (!str_to_i64(form_field(c, "session"), &id)) {
		web_show_error(c, req, rep, 400);
		return;
	}
	/* session_end looks at the account too: nobody ends another's session */
	enum db_status status = session_end(c->store, web_account(c)->id, (uint64_t)id);

	if (context_failed(c, status) ||
		(status == DB_OK && !settings_audit(c, "user_session.end", 0, STR_NONE)))
		return;
	web_go(c, req, rep, STR("/settings/sessions"), MSG_SESSIONS_ENDED);
}

void settings_sessions_end_others(
	struct context *c, struct http_request *req, struct http_reply *rep)
{
	if (context_failed(
		    c, session_end_others(c->store, web_account(c)->id, c->visit->session.id)) ||
		!settings_audit(c, "user_session.end_others", 0, STR_NONE))
		return;
	web_go(c, req, rep, STR("/settings/sessions"), MSG_SESSIONS_OTHERS_ENDED);
}
