#include "server/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

enum { FIRST = 3, MOST = 2 }; /* SD_LISTEN_FDS_START; for `listen` and for mtls_listen */

static bool is_listening(int fd)
{
	int family = 0, listens = 0;
	socklen_t n = sizeof family, m = sizeof listens;

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &n) == 0 &&
	       getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &m) == 0 && listens &&
	       (family == AF_INET || family == AF_INET6);
}

static bool keep(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
	       fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* Variables are for the process they name: they would be inherited by others. */
static int64_t how_many(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int64_t number, n;

	if (!pid || !fds || !str_to_i64(str_from(pid), &number) || number != getpid() ||
		!str_to_i64(str_from(fds), &n) || n < 0)
		return 0;
	return n;
}

static bool take(struct supervised *out, int fd, struct str name, char problem[256])
{
	bool mtls = str_eq_c(name, "mtls");
	int *to = mtls ? &out->mtls : &out->web;

	if (*to >= 0)
		snprintf(problem, 256, "two sockets were passed for %s",
			mtls ? "mtls_listen" : "'listen'");
	else if (!is_listening(fd) || !keep(fd))
		snprintf(problem, 256,
			"the socket '%.*s' that was passed is no listening TCP socket",
			(int)(name.n < 100 ? name.n : 100), name.p);
	else
		*to = fd;
	return *to == fd;
}

bool supervisor_sockets(struct supervised *out, char problem[256])
{
	const char *names = getenv("LISTEN_FDNAMES");
	struct str rest = str_from(names ? names : ""), name;
	int64_t n = how_many();
	bool good = n <= MOST;

	*out = (struct supervised){-1, -1};
	if (!good)
		snprintf(problem, 256, "%lld sockets were passed, but at most %d are of use",
			(long long)n, MOST);
	for (int i = 0; i < n && good; i++) {
		if (!str_next(&rest, ':', &name))
			name = STR("unknown");
		good = take(out, FIRST + i, name, problem);
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return good;
}

/* A name that begins with '@' is of the abstract kind, whose first byte is 0. */
static bool address_of(const char *path, struct sockaddr_un *at, socklen_t *n)
{
	size_t length = strlen(path);

	if ((path[0] != '/' && path[0] != '@') || length >= sizeof at->sun_path)
		return false;
	*at = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(at->sun_path, path, length);
	if (path[0] == '@')
		at->sun_path[0] = '\0';
	*n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return true;
}

void supervisor_tell(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un at;
	socklen_t n;

	if (!path || !*path)
		return;
	int fd = address_of(path, &at, &n) ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;

	if (fd < 0 || sendto(fd, state, strlen(state), MSG_NOSIGNAL,
			      (const struct sockaddr *)(const void *)&at, n) < 0)
		LOG(LOG_WARN, "supervisor cannot be told", LOG_CSTR("state", state),
			LOG_CSTR("problem", strerror(errno)));
	if (fd >= 0)
		close(fd);
}
