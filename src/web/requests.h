/* The request log as pages: an app's for its owner, and for administrators what belongs to no app
 * that is known. */
#ifndef LLAVERO_WEB_REQUESTS_H
#define LLAVERO_WEB_REQUESTS_H

#include "explain/explanation.h"
#include "web/page.h"

http_handler app_requests_page, app_requests_events, app_request_page, app_flow_page;
http_handler admin_requests_page, admin_requests_events, admin_request_page;

/* Whose log, and where its pages are. */
struct requests_of {
	int64_t app_id;  /* 0: of no app that is known */
	struct str path; /* of the list: "/settings/applications/7/requests", "/admin/requests" */
};

/* The log of an app, of that number. */
struct requests_of requests_of_app(struct arena *a, int64_t app_id);
/* The log of no app. False: the reply is ready, since the viewer is no administrator. */
bool requests_of_nobody(struct context *c, struct http_request *req, struct http_reply *rep,
	struct requests_of *out);

/* The page of a request; of a flow (of an app only). */
struct str requests_href(struct arena *a, const struct requests_of *of, struct str request_id);
struct str requests_flow_href(struct arena *a, const struct requests_of *of, uint64_t flow_id);
/* The page of an entry, for a viewer who may see it. "" when the store failed. */
struct str requests_href_for(struct context *c, const struct log_entry *entry);

/* The entries of a request that the viewer may see, refusals first. DB_NONE: none, or not theirs,
 * or it is no request id at all. */
enum db_status requests_find(
	struct context *c, struct str request_id, struct log_entry **out, size_t *n);
/* Could that be a request id? */
bool requests_is_id(struct str request_id);

/* The title of a cause by its name; the name itself when another version wrote it. */
struct str requests_cause(struct arena *a, enum lang lang, struct str cause);
/* A cause that is told but refuses nothing. */
bool requests_is_notice(struct str cause);
/* How many requests of an app were refused in the last 24 hours. False when the store failed. */
bool requests_refused_today(struct context *c, int64_t app_id, int64_t *n);

#endif
