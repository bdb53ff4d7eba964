/* Error pages for people. */
#include "flow/authorize_reply.h"
#include "web/page.h"

struct error_text {
	int status;
	enum message title, detail;
};

static const struct error_text *text_of(int status)
{
	static const struct error_text texts[] = {
		{400, MSG_ERROR_BAD_REQUEST, MSG_ERROR_BAD_REQUEST_DETAIL},
		{403, MSG_ERROR_FORBIDDEN, MSG_ERROR_FORBIDDEN_DETAIL},
		{405, MSG_ERROR_METHOD, MSG_ERROR_METHOD_DETAIL},
		{413, MSG_ERROR_TOO_LARGE, MSG_ERROR_TOO_LARGE_DETAIL},
		{415, MSG_ERROR_BAD_REQUEST, MSG_ERROR_BAD_REQUEST_DETAIL},
		{500, MSG_ERROR_INTERNAL, MSG_ERROR_INTERNAL_DETAIL},
		{503, MSG_ERROR_BUSY, MSG_ERROR_BUSY_DETAIL},
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i].status == status)
			return &texts[i];
	return status < 500 ? &texts[0] : &texts[5];
}

static void show_not_found(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct page_not_found page = {
		.layout = web_layout(c, req, rep), .request_id = req->id};

	WEB_SHOW(c, rep, 404, not_found, &page);
}

void web_show_error(struct context *c, struct http_request *req, struct http_reply *rep, int status)
{
	const struct error_text *text = text_of(status);

	visit_read(c, req, rep);
	if (status == 404) {
		show_not_found(c, req, rep);
		return;
	}
	const struct page_error page = {
		.layout = web_layout(c, req, rep),
		.code = str_printf(c->arena, "%d", status),
		.title = message(c->visit->lang, text->title),
		.detail = message(c->visit->lang, text->detail),
		.request_id = req->id,
	};

	WEB_SHOW(c, rep, status, error, &page);
}

static void show_mismatch(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a)
{
	const struct page_redirect_mismatch page = {
		.layout = web_layout(c, req, rep),
		.app_name = a->app.name,
		.redirect_uri = a->request->redirect_uri,
		.request_id = req->id,
		.docs_href = web_docs_of_request(c, cause_wire(a->refusal.cause), req->id),
	};

	WEB_SHOW(c, rep, 400, redirect_mismatch, &page);
}

static void show_suspended(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a)
{
	const struct page_app_suspended page = {
		.layout = web_layout(c, req, rep),
		.app_name = a->app.name,
		.request_id = req->id,
		.docs_href = web_docs_of_request(c, WIRE_APPLICATION_SUSPENDED, req->id),
	};

	WEB_SHOW(c, rep, 403, app_suspended, &page);
}

void web_show_refusal(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a)
{
	enum wire_error wire = cause_wire(a->refusal.cause);

	visit_read(c, req, rep);
	if (wire == WIRE_NOT_FOUND) {
		show_not_found(c, req, rep);
	} else if (wire == WIRE_REDIRECT_URI_MISMATCH) {
		show_mismatch(c, req, rep, a);
	} else if (wire == WIRE_APPLICATION_SUSPENDED) {
		show_suspended(c, req, rep, a);
	} else {
		bool over = wire == WIRE_INVALID_REQUEST_URI;
		const struct page_error page = {
			.layout = web_layout(c, req, rep),
			.code = STR("400"),
			.title = message(
				c->visit->lang, over ? MSG_ERROR_PUSHED : MSG_ERROR_AUTHORIZE),
			.detail = message(c->visit->lang,
				over ? MSG_ERROR_PUSHED_DETAIL : MSG_ERROR_AUTHORIZE_DETAIL),
			.request_id = req->id,
			.docs_href = web_docs_of_request(c, wire, req->id),
		};

		WEB_SHOW(c, rep, 400, error, &page);
	}
}
