#include "server/descriptors.h"

#include <sys/resource.h>

#include "base/limits.h"
#include "base/log.h"

enum { OF_A_WORKER = 16, CONNECTIONS_LEAST = 16 };

static uint64_t listeners(const struct config *c, unsigned workers)
{
	return (uint64_t)workers * (*c->mtls_listen ? 2 : 1);
}

static uint64_t besides(const struct config *c, unsigned workers)
{
	return listeners(c, workers) * LIMIT_CONNECTIONS_LEAVING + (uint64_t)workers * OF_A_WORKER +
	       LIMIT_DESCRIPTORS;
}

uint64_t descriptors_wanted(const struct config *c, unsigned workers)
{
	return listeners(c, workers) * (uint64_t)c->max_connections + besides(c, workers);
}

void descriptors_fit(struct config *c, unsigned workers)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max >= descriptors_wanted(c, workers))
		return;
	uint64_t left =
		limit.rlim_max > besides(c, workers) ? limit.rlim_max - besides(c, workers) : 0;
	uint64_t each = left / listeners(c, workers);

	c->max_connections = each > CONNECTIONS_LEAST ? (int64_t)each : CONNECTIONS_LEAST;
	LOG(LOG_WARN, "fewer connections than max_connections: this process may not open more",
		LOG_INT("descriptors", (int64_t)limit.rlim_max),
		LOG_INT("connections", c->max_connections));
}
