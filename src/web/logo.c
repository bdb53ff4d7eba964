/* The picture of an app, from our own copy. Without one it is the app's initial: also for apps that
 * do not exist, so that it tells nobody which do. */
#include "web/logo.h"

#include "base/buf.h"
#include "flow/app_logo.h"
#include "web/page.h"

enum { INITIAL_MAX = 2048 };

struct str web_logo_of(struct arena *a, const struct app *app)
{
	return str_has_text(app_logo_url(a, app)) ? str_printf(a, "/logos/%lld", (long long)app->id)
						  : STR("");
}

/* A picture of a stranger is a picture and nothing else, also when somebody opens it by itself. */
static void send(struct http_reply *rep, struct str type, struct str bytes, const char *cache)
{
	http_reply(rep, 200, NULL, bytes);
	rep->content_type = type.p;
	http_header(rep, "Cache-Control", cache);
	http_header(rep, "X-Content-Type-Options", "nosniff");
	http_header(rep, "Content-Security-Policy", "default-src 'none'; sandbox");
	http_header(rep, "Cross-Origin-Resource-Policy", "same-origin");
}

static void send_initial(struct http_request *req, struct http_reply *rep, struct str name)
{
	struct buf b;

	buf_init(&b, req->arena, INITIAL_MAX);
	buf_add_c(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 56 56\">"
		      "<rect width=\"56\" height=\"56\" fill=\"#e9edf5\"/><text x=\"28\" y=\"37\" "
		      "text-anchor=\"middle\" font-family=\"sans-serif\" font-size=\"26\" "
		      "font-weight=\"700\" fill=\"#31456e\">");
	buf_add_xml(&b, web_initial(req->arena, name));
	buf_add_c(&b, "</text></svg>\n");
	send(rep, STR("image/svg+xml"), buf_str(&b), "public, max-age=300");
}

struct wanted_logo {
	struct app_logo logo; /* first: the job's */
	struct str app_name;
};

static void fetched(struct context *c, struct http_request *req, struct http_reply *rep, void *arg);

static void answer(struct context *c, struct http_request *req, struct http_reply *rep,
	struct wanted_logo *w, enum logo found)
{
	switch (found) {
	case LOGO_READY:
		send(rep, str_from(str_c(req->arena, w->logo.type)), w->logo.bytes,
			"public, max-age=3600");
		http_add_etag(req, rep, false);
		break;
	case LOGO_FETCH:
		rep->job.work = app_logo_work;
		rep->job.done = fetched;
		rep->job.arg = w;
		rep->job.outgoing = true;
		break;
	case LOGO_NONE:
		send_initial(req, rep, w->app_name);
		break;
	case LOGO_FAILED:
		c->failed = true;
		break;
	}
}

static void fetched(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct wanted_logo *w = arg;

	answer(c, req, rep, w, app_logo_take(c, &w->logo));
}

void app_logo_picture(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct wanted_logo *w = ARENA_NEW(req->arena, struct wanted_logo);
	struct app app = {.name = STR("?")};
	enum db_status status = DB_NONE;
	int64_t id;

	if (str_to_i64(req->vars[0], &id))
		status = app_by_id(c->store, c->arena, id, &app);
	if (context_failed(c, status))
		return;
	w->app_name = app.name;
	answer(c, req, rep, w, status == DB_OK ? app_logo(c, &app, &w->logo) : LOGO_NONE);
}
