#include "core/address.h"

#include <string.h>

struct range4 {
	uint8_t prefix[4];
	unsigned bits;
};

struct range6 {
	uint8_t prefix[16];
	unsigned bits;
};

static bool in_prefix(const uint8_t *address, const uint8_t *prefix, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(address, prefix, whole) != 0)
		return false;
	return rest == 0 || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0;
}

/* IANA IPv4 Special-Purpose Address Registry; multicast and the reserved rest. */
bool ipv4_is_special(const uint8_t address[4])
{
	static const struct range4 ranges[] = {
		{{0, 0, 0, 0}, 8},       /* this network */
		{{10, 0, 0, 0}, 8},      /* private */
		{{100, 64, 0, 0}, 10},   /* shared (carrier-grade NAT) */
		{{127, 0, 0, 0}, 8},     /* loopback */
		{{169, 254, 0, 0}, 16},  /* link-local: clouds tell secrets there */
		{{172, 16, 0, 0}, 12},   /* private */
		{{192, 0, 0, 0}, 24},    /* IETF protocol assignments */
		{{192, 0, 2, 0}, 24},    /* documentation */
		{{192, 31, 196, 0}, 24}, /* AS112 */
		{{192, 52, 193, 0}, 24}, /* AMT */
		{{192, 88, 99, 0}, 24},  /* 6to4 relays */
		{{192, 168, 0, 0}, 16},  /* private */
		{{192, 175, 48, 0}, 24}, /* AS112 */
		{{198, 18, 0, 0}, 15},   /* benchmarking */
		{{198, 51, 100, 0}, 24}, /* documentation */
		{{203, 0, 113, 0}, 24},  /* documentation */
		{{224, 0, 0, 0}, 4},     /* multicast */
		{{240, 0, 0, 0}, 4},     /* reserved, broadcast */
	};

	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (in_prefix(address, ranges[i].prefix, ranges[i].bits))
			return true;
	return false;
}

/* Of global unicast, 2000::/3, what the IPv6 registry sets apart; all else is special anyway. */
bool ipv6_is_special(const uint8_t address[16])
{
	static const struct range6 ranges[] = {
		{{0x20, 0x01, 0x00}, 23},       /* IETF protocol assignments, Teredo, ORCHID */
		{{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
		{{0x20, 0x02}, 16},             /* 6to4: an IPv4 address inside */
		{{0x26, 0x20, 0x00, 0x4f, 0x80}, 48}, /* AS112 */
		{{0x3f, 0xfe}, 16},                   /* 6bone */
		{{0x3f, 0xff}, 20},                   /* documentation */
	};
	static const uint8_t global_unicast[16] = {0x20};

	if (!in_prefix(address, global_unicast, 3))
		return true;
	for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
		if (in_prefix(address, ranges[i].prefix, ranges[i].bits))
			return true;
	return false;
}

bool ipv4_is_loopback(const uint8_t address[4])
{
	return address[0] == 127;
}

bool ipv6_is_loopback(const uint8_t address[16])
{
	static const uint8_t loopback[16] = {[15] = 1};

	return memcmp(address, loopback, sizeof loopback) == 0;
}

static bool is_or_below(struct str host, struct str name)
{
	if (str_eq_nocase(host, name))
		return true;
	if (host.n <= name.n)
		return false;
	size_t at = host.n - name.n;

	return host.p[at - 1] == '.' && str_eq_nocase(str_slice(host, at, host.n), name);
}

bool host_is_local_name(struct str host)
{
	static const char *const names[] = {"localhost", "localdomain", "local", "internal",
		"home.arpa", "lan", "intranet", "corp", "home"};

	if (str_ends(host, STR(".")))
		host = str_slice(host, 0, host.n - 1);
	if (!str_has_char(host, '.'))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (is_or_below(host, str_from(names[i])))
			return true;
	return false;
}
