/* What is on the public internet, as far as an address or a name tells. Rehearsals are for
 * everything else: whoever can reach one can become anybody. What is not known to be private
 * counts as public. */
#ifndef LLAVERO_SERVER_REACHABLE_H
#define LLAVERO_SERVER_REACHABLE_H

#include <sys/socket.h>

#include "base/str.h"

/* Not: unspecified, loopback, RFC 1918, shared (100.64.0.0/10), link-local or unique local
 * (fc00::/7). IPv4 within IPv6 counts as IPv4. */
bool address_is_public(const struct sockaddr *at);
/* The host of a URL: an address, in brackets if it is IPv6, or a name. Names that nobody can own
 * are not public: single labels, localhost, test, example, internal, local, home.arpa, and
 * example.com, .net and .org, with all below them. */
bool host_is_public(struct str host);
/* The host in "scheme://host:port/path". */
struct str host_of_url(struct str url);
/* Some interface of this machine has a public address of this family; AF_INET6 means both. */
bool interfaces_are_public(int family);

#endif
