#include "server/reachable.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#include "core/host.h"

struct range {
	uint32_t from;
	unsigned bits;
};

static bool four_is_public(uint32_t address)
{
	static const struct range private[] = {{0x00000000, 8}, {0x0A000000, 8}, {0x64400000, 10},
		{0x7F000000, 8}, {0xA9FE0000, 16}, {0xAC100000, 12}, {0xC0A80000, 16}};

	for (size_t i = 0; i < sizeof private / sizeof private[0]; i++)
		if ((address ^ private[i].from) >> (32 - private[i].bits) == 0)
			return false;
	return true;
}

static bool six_is_public(const struct in6_addr *address)
{
	const uint8_t *b = address->s6_addr;

	if (IN6_IS_ADDR_V4MAPPED(address))
		return four_is_public((uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 |
				      (uint32_t)b[14] << 8 | b[15]);
	return !IN6_IS_ADDR_UNSPECIFIED(address) && !IN6_IS_ADDR_LOOPBACK(address) &&
	       !IN6_IS_ADDR_LINKLOCAL(address) && (b[0] & 0xFE) != 0xFC;
}

bool address_is_public(const struct sockaddr *at)
{
	if (at->sa_family == AF_INET)
		return four_is_public(
			ntohl(((const struct sockaddr_in *)(const void *)at)->sin_addr.s_addr));
	if (at->sa_family == AF_INET6)
		return six_is_public(&((const struct sockaddr_in6 *)(const void *)at)->sin6_addr);
	return true;
}

/* Is `host` the name `top`, or below it? In any case of letters. */
static bool is_within(struct str host, const char *top)
{
	struct str name = str_from(top);

	if (host.n < name.n)
		return false;
	struct str end = str_slice(host, host.n - name.n, host.n);

	return str_eq_nocase(end, name) && (host.n == name.n || host.p[host.n - name.n - 1] == '.');
}

static bool name_is_public(struct str name)
{
	static const char *const nobodys[] = {"localhost", "test", "example", "internal", "local",
		"home.arpa", "example.com", "example.net", "example.org"};

	if (str_ends(name, STR(".")))
		name = str_slice(name, 0, name.n - 1);
	if (!host_is_name(name))
		return true;
	for (size_t i = 0; i < sizeof nobodys / sizeof nobodys[0]; i++)
		if (is_within(name, nobodys[i]))
			return false;
	return str_has_char(name, '.');
}

bool host_is_public(struct str host)
{
	char text[INET6_ADDRSTRLEN + 1] = "";
	struct in_addr four;
	struct in6_addr six;
	bool brackets = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
	struct str bare = brackets ? str_slice(host, 1, host.n - 1) : host;

	if (bare.n >= sizeof text)
		return brackets || name_is_public(host);
	if (bare.n > 0)
		memcpy(text, bare.p, bare.n);
	if (brackets)
		return inet_pton(AF_INET6, text, &six) != 1 || six_is_public(&six);
	if (inet_pton(AF_INET, text, &four) == 1)
		return four_is_public(ntohl(four.s_addr));
	return name_is_public(host);
}

struct str host_of_url(struct str url)
{
	size_t begin = str_find(url, ':') + 3; /* past "://" */
	struct str rest = str_slice(url, begin, url.n);

	rest = str_slice(rest, 0, str_find(rest, '/'));
	/* A name before '@' is no host. */
	while (str_has_char(rest, '@'))
		rest = str_slice(rest, str_find(rest, '@') + 1, rest.n);
	size_t bracket = str_starts(rest, STR("[")) ? str_find(rest, ']') : 0;

	return str_slice(rest, 0, bracket + str_find(str_slice(rest, bracket, rest.n), ':'));
}

bool interfaces_are_public(int family)
{
	struct ifaddrs *all;
	bool found = false;

	/* Who cannot be asked may be anywhere. */
	if (getifaddrs(&all) != 0)
		return true;
	for (const struct ifaddrs *one = all; one && !found; one = one->ifa_next) {
		int of = one->ifa_addr ? one->ifa_addr->sa_family : AF_UNSPEC;

		if (of == AF_INET || (of == AF_INET6 && family == AF_INET6))
			found = address_is_public(one->ifa_addr);
	}
	freeifaddrs(all);
	return found;
}
