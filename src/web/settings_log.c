#include "web/settings.h"

#include "store/audit.h"

enum { SHOWN = 100 };

/* "oauth_application.create" is described by the message "log.oauth_application_create". */
static enum message words_of(struct arena *a, struct str action)
{
	struct buf key;
	enum message m;

	buf_init(&key, a, 128);
	buf_add_c(&key, "log.");
	buf_add(&key, str_replaced(a, action, '.', '_'));
	buf_add_char(&key, '\0');
	return !key.overflow && message_find(key.p, &m) ? m : MSG_NONE;
}

/* Newest first: row numbers are leased in blocks, so they do not tell the order. */
static void sort(struct audit_entry *entries, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct audit_entry moved = entries[i];
		size_t at = i;

		for (; at > 0 && entries[at - 1].at < moved.at; at--)
			entries[at] = entries[at - 1];
		entries[at] = moved;
	}
}

void settings_log_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct audit_entry *entries;
	size_t n;

	if (context_failed(
		    c, audit_list(c->store, c->arena, web_account(c)->id, SHOWN, &entries, &n)))
		return;
	sort(entries, n);
	struct page_settings_log_entry *rows =
		ARENA_ARRAY(c->arena, struct page_settings_log_entry, n);

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct page_settings_log_entry){
			.what = words_of(c->arena, entries[i].action),
			.action = entries[i].action,
			.actor = entries[i].actor,
			.detail = entries[i].detail,
			.address = entries[i].address,
			.at = entries[i].at,
			.age = web_age(c, entries[i].at),
		};
	const struct page_settings_log page = {
		.layout = web_layout(c, req, rep),
		.entries = rows,
		.entries_n = n,
	};

	WEB_SHOW(c, rep, 200, settings_log, &page);
}
