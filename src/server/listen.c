#include "server/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "server/reachable.h"

enum { BACKLOG = 1024 };

static bool split(const char *address, char host[96], char port[16])
{
	const char *colon = strrchr(address, ':');
	size_t n = colon ? (size_t)(colon - address) : 0;

	int64_t number;

	if (!colon || n == 0 || n >= 96 || strlen(colon + 1) >= 16)
		return false;
	/* the resolver takes 65537 for 1 */
	if (!str_to_i64(str_from(colon + 1), &number) || number < 0 || number > 65535)
		return false;
	bool brackets = address[0] == '[' && address[n - 1] == ']';

	snprintf(host, 96, "%.*s", (int)(brackets ? n - 2 : n), address + brackets);
	snprintf(port, 16, "%s", colon + 1);
	return true;
}

static int open_one(const struct addrinfo *at)
{
	int on = 1, fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	/* Each worker has its own socket on the address; the kernel spreads connections. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 &&
		bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	close(fd);
	return -1;
}

/* SO_REUSEPORT would let two servers share an address unnoticed: look first whether one is
 * there. */
static bool is_taken(const struct addrinfo *at)
{
	int on = 1, fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool taken = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		     bind(fd, at->ai_addr, at->ai_addrlen) != 0 && errno == EADDRINUSE;

	if (fd >= 0)
		close(fd);
	return taken;
}

/* The port that was given out for port 0, for the workers after the first. */
static void take_port(int fd, struct addrinfo *at)
{
	socklen_t n = at->ai_addrlen;

	if (getsockname(fd, at->ai_addr, &n) != 0)
		return;
}

static unsigned port_of(const struct addrinfo *at)
{
	return at->ai_family == AF_INET6
		       ? ntohs(((const struct sockaddr_in6 *)(const void *)at->ai_addr)->sin6_port)
		       : ntohs(((const struct sockaddr_in *)(const void *)at->ai_addr)->sin_port);
}

static bool open_all(struct addrinfo *at, int *fds, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		fds[i] = open_one(at);
		if (fds[i] < 0) {
			int problem = errno;

			while (i > 0)
				close(fds[--i]);
			errno = problem;
			return false;
		}
		take_port(fds[i], at);
	}
	return true;
}

static int look_up(const char *host, const char *port, struct addrinfo **at)
{
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};

	return getaddrinfo(host, port, &hints, at);
}

bool listen_on(const char *address, int *fds, unsigned n, char bound[128], char problem[256])
{
	char host[96], port[16];
	struct addrinfo *at = NULL;

	if (!split(address, host, port)) {
		snprintf(problem, 256, "cannot listen on '%.100s': that is no ADDRESS:PORT",
			address);
		return false;
	}
	int code = look_up(host, port, &at);

	if (code != 0) {
		snprintf(
			problem, 256, "cannot listen on '%.100s': %s", address, gai_strerror(code));
		return false;
	}
	errno = is_taken(at) ? EADDRINUSE : 0;
	bool good = errno == 0 && open_all(at, fds, n);

	if (good)
		snprintf(bound, 128, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port_of(at));
	else
		snprintf(problem, 256, "cannot listen on '%.100s': %s", address, strerror(errno));
	freeaddrinfo(at);
	return good;
}

static bool name_of(int fd, char bound[128])
{
	struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
	socklen_t length = sizeof at;
	char host[96], port[16];

	if (getsockname(fd, (struct sockaddr *)(void *)&at, &length) != 0 ||
		getnameinfo((const struct sockaddr *)(const void *)&at, length, host, sizeof host,
			port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return false;
	snprintf(bound, 128, at.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return true;
}

bool listen_share(int fd, int *fds, unsigned n, char bound[128], char problem[256])
{
	bool good = name_of(fd, bound);

	fds[0] = fd;
	for (unsigned i = 1; i < n; i++) {
		fds[i] = good ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
		good = fds[i] >= 0;
	}
	if (good)
		return true;
	snprintf(problem, 256, "a socket that was passed cannot be used: %s", strerror(errno));
	for (unsigned i = 0; i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return false;
}

static bool is_loopback(const struct sockaddr *at)
{
	static const uint8_t mapped[13] = {[10] = 0xff, [11] = 0xff, [12] = 127};

	if (at->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)(const void *)at)->sin_addr.s_addr) >>
			       24 ==
		       127;
	if (at->sa_family != AF_INET6)
		return false;
	const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)at)->sin6_addr;

	return IN6_IS_ADDR_LOOPBACK(six) || memcmp(six->s6_addr, mapped, sizeof mapped) == 0;
}

bool listen_is_open(const char *address)
{
	char host[96], port[16];
	struct addrinfo *at = NULL;

	if (!split(address, host, port) || look_up(host, port, &at) != 0)
		return false;
	/* listen_on takes the first */
	bool open = !is_loopback(at->ai_addr);

	freeaddrinfo(at);
	return open;
}

static bool is_any(const struct sockaddr *at)
{
	if (at->sa_family == AF_INET)
		return ((const struct sockaddr_in *)(const void *)at)->sin_addr.s_addr ==
		       htonl(INADDR_ANY);
	return at->sa_family == AF_INET6 &&
	       IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)(const void *)at)->sin6_addr);
}

bool listen_is_public(const char *address)
{
	char host[96], port[16];
	struct addrinfo *at = NULL;

	if (!split(address, host, port) || look_up(host, port, &at) != 0)
		return false;
	bool public = is_any(at->ai_addr) ? interfaces_are_public(at->ai_family)
					  : address_is_public(at->ai_addr);

	freeaddrinfo(at);
	return public;
}
