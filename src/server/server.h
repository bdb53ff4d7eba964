/* The process: what is shared by its threads. */
#ifndef LLAVERO_SERVER_SERVER_H
#define LLAVERO_SERVER_SERVER_H

#include <stdatomic.h>

#include "flow/context.h"
#include "flow/rate_limit.h"
#include "flow/rehearsal.h"
#include "http/daemon.h"
#include "server/config.h"
#include "server/jobs.h"

enum { LATENCY_BUCKETS = 8 };

struct http_counts {
	_Atomic uint64_t by_status[6]; /* 1xx..5xx at 1..5 */
	_Atomic uint64_t latency[LATENCY_BUCKETS + 1];
	_Atomic uint64_t latency_sum_us, commits, commit_failures, retries;
	_Atomic uint64_t too_slow, crowded_out; /* connections that were closed for it */
};

struct server {
	struct config config;
	struct clock clock;
	struct clock_floor floor; /* of that clock */
	int64_t noted_s;          /* the system's time that was noted last (server/set_back.h) */
	struct counters counters;
	struct http_counts http;
	struct rate_limits rates, attempts;
	struct rehearsal rehearsal; /* used while config.settings.rehearsal */
	struct http_router *router;
	struct jobs *jobs;
	struct jobs *fetches; /* apart: who makes us wait for a slow server delays no sign-in */
	_Atomic bool stopping;
	_Atomic bool outdated;    /* the schema is too new for this program: db_fits */
	_Atomic int moving;       /* an enum move_state: what it says, at most a second ago */
	_Atomic bool keys_needed; /* signing keys will be asked for: flow/signing.h */
	_Atomic unsigned open_streams;
	int64_t started_at;
};

/* Upper bounds of the latency buckets in microseconds. */
extern const uint64_t latency_bounds_us[LATENCY_BUCKETS];

/* The server of a request's context: for /metrics and /readyz. */
struct server *server_of(struct context *c);
extern const struct http_route server_routes[];

/* Runs until a signal ends it; the exit status of `llavero serve`. The caller frees the config. */
int serve(struct config *config);

#endif
