#include "core/host.h"

#include <arpa/inet.h>
#include <string.h>

enum { HOST_MAX = 253, LABEL_MAX = 63 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_label_byte(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
	       c == '_';
}

static bool label_is_good(struct str label)
{
	if (label.n == 0 || label.n > LABEL_MAX)
		return false;
	for (size_t i = 0; i < label.n; i++)
		if (!is_label_byte(label.p[i]))
			return false;
	return label.p[0] != '-' && label.p[label.n - 1] != '-';
}

/* WHATWG URL, "ends in a number": digits, or "0x" and any hex digits. */
static bool label_is_number(struct str label)
{
	bool hex = label.n >= 2 && label.p[0] == '0' && (label.p[1] == 'x' || label.p[1] == 'X');

	for (size_t i = hex ? 2 : 0; i < label.n; i++)
		if (!(hex ? is_hex(label.p[i]) : is_digit(label.p[i])))
			return false;
	return true;
}

bool host_is_name(struct str host)
{
	struct str rest = host, label = STR_NONE;

	if (host.n == 0 || host.n > HOST_MAX)
		return false;
	while (str_next(&rest, '.', &label))
		if (!label_is_good(label))
			return false;
	return !label_is_number(label);
}

static bool is_address(int family, struct str text)
{
	char copy[INET6_ADDRSTRLEN + 1];
	unsigned char address[sizeof(struct in6_addr)];

	if (text.n == 0 || text.n >= sizeof copy || memchr(text.p, '\0', text.n))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return inet_pton(family, copy, address) == 1;
}

bool host_is_ipv4(struct str host)
{
	return is_address(AF_INET, host);
}

bool host_is_ipv6(struct str address)
{
	return is_address(AF_INET6, address);
}
