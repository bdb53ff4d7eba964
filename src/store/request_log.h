/* The request log: refused requests, and the steps of the last flows that went well. A bounded
 * window for the owners of apps; explain/notes.h decides what comes into it. */
#ifndef LLAVERO_STORE_REQUEST_LOG_H
#define LLAVERO_STORE_REQUEST_LOG_H

#include "store/store.h"

struct log_entry {
	uint64_t id;
	struct str request_id;
	int64_t at_us;
	int64_t app_id; /* 0: of no app that is known */
	bool proven;    /* it showed a secret, a code or a token of the app */
	struct str endpoint;
	struct str cause; /* "CODE_EXPIRED"; STR_NONE: it went well */
	uint64_t flow_id; /* 0: none */
	struct str address, user_agent;
	struct str detail; /* JSON: explain/detail.h */
};

/* Which entries of an app. Times are microseconds since 1970. */
struct log_query {
	int64_t app_id;
	int64_t before_us, since_us; /* at_us is below the one, and not below the other */
	struct str cause, endpoint;  /* STR_NONE: any; cause "*": of any cause; cause
				      * "": what went well */
	size_t most;
	bool brief; /* without address, user_agent and detail, which are "" */
};

/* Adds an entry; its id is given. Needs a write transaction. */
enum db_status request_log_add(struct store *s, const struct log_entry *entry);
/* The entries of one request, oldest first. DB_NONE: nothing is known of it. */
enum db_status request_log_by_request(
	struct store *s, struct arena *a, struct str request_id, struct log_entry **out, size_t *n);
/* The last entries of one flow, at most `most`, oldest first. */
enum db_status request_log_by_flow(struct store *s, struct arena *a, uint64_t flow_id, size_t most,
	struct log_entry **out, size_t *n);
/* Newest first. */
enum db_status request_log_list(struct store *s, struct arena *a, const struct log_query *q,
	struct log_entry **out, size_t *n);

/* How many requests of an app were refused for a cause in an hour. */
struct refusal_count {
	int64_t hour; /* seconds since 1970 / 3600 */
	struct str cause;
	int64_t n;
};
enum db_status refusal_count_add(
	struct store *s, int64_t app_id, int64_t hour, struct str cause, int64_t n);
enum db_status refusal_count_list(struct store *s, struct arena *a, int64_t app_id,
	int64_t since_hour, struct refusal_count **out, size_t *n);

/* Clears out what is older than `days`, and what is over the limits of base/limits.h, at most
 * `batch` rows of a kind; `*more` says that there may be more. Needs a write transaction. */
enum db_status request_log_purge(struct store *s, int64_t days, size_t batch, bool *more);

#endif
