/* Entering a device's code: RFC 8628 3.3. Works without JavaScript: eight fields of one character
 * each are sent as they are. */
#include "web/device.h"

#include "base/limits.h"
#include "flow/device_enter.h"
#include "web/page.h"
#include "web/qr.h"
#include "web/sign_in.h"

enum { FIELDS = USER_CODE_LEN + 1, DASH = 4 };

static void show(
	struct context *c, struct http_request *req, struct http_reply *rep, const char *user_code)
{
	struct page_device_field *fields = ARENA_ARRAY(c->arena, struct page_device_field, FIELDS);

	for (int i = 0, digit = 0; i < FIELDS; i++) {
		fields[i] =
			(struct page_device_field){.at = i, .dash = i == DASH, .value = STR("")};
		if (i == DASH)
			continue;
		if (user_code)
			fields[i].value = (struct str){user_code + digit, 1};
		fields[i].number = ++digit;
	}
	const struct page_device page = {
		.layout = web_layout(c, req, rep),
		.fields = fields,
		.fields_n = FIELDS,
		.login = web_account(c)->login,
		.address =
			str_printf(c->arena, "%.*s/login/device", STR_ARG(c->settings->base_url)),
	};

	WEB_SHOW(c, rep, 200, device, &page);
}

void device_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	char *filled_in = arena_alloc(c->arena, USER_CODE_LEN + 1);
	struct str sent = params_get(&req->query, "user_code");

	show(c, req, rep, user_code_read(sent, filled_in) ? filled_in : NULL);
}

/* The one field, or the characters of the many in their order. */
static struct str typed(const struct context *c)
{
	struct str one = params_get(web_form(c), "user_code");
	struct buf b;

	if (str_has_text(one))
		return one;
	buf_init(&b, c->arena, LIMIT_BODY);
	for (int i = 0; i < FIELDS; i++) {
		struct str name = str_printf(c->arena, "user-code-%d", i);

		buf_add(&b, params_get(web_form(c), str_c(c->arena, name)));
	}
	return buf_str(&b);
}

void device_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct device_entry entry = {
		.account = web_account(c), .session_id = c->visit->session.id, .typed = typed(c)};

	switch (enter_device_code(c, &entry)) {
	case DEVICE_ENTERED:
		web_go(c, req, rep,
			str_printf(c->arena, "/login/device/confirmation?user_code=%.*s",
				STR_ARG(user_code_show(c->arena, entry.user_code))),
			MSG_NONE);
		break;
	case DEVICE_UNKNOWN:
		web_go(c, req, rep, STR("/login/device/failure?reason=not_found"), MSG_NONE);
		break;
	case DEVICE_THROTTLED:
		show_too_many_attempts(c, req, rep, entry.retry_after_s);
		break;
	case DEVICE_FAILED:
		break;
	}
}

void device_account_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct page_device_account page = {
		.layout = web_layout(c, req, rep),
		.login = web_account(c)->login,
		.name = web_account(c)->name,
	};

	WEB_SHOW(c, rep, 200, device_account, &page);
}

void device_qr(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str svg = qr_svg(req->arena,
		str_printf(req->arena, "%.*s/login/device", STR_ARG(c->settings->base_url)));

	if (!str_is_set(svg)) {
		c->failed = true;
		return;
	}
	http_reply(rep, 200, "image/svg+xml", svg);
	http_header(rep, "Cache-Control", "public, max-age=86400");
	http_header(rep, "X-Content-Type-Options", "nosniff");
}
