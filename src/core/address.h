/* Internet addresses that a server must not be sent to by a stranger: RFC 6890 and the IANA
 * special-purpose registries, RFC 9700 and assurance 4.12. Only the bytes of the address that a
 * connection is made to count, never its spelling. */
#ifndef LLAVERO_CORE_ADDRESS_H
#define LLAVERO_CORE_ADDRESS_H

#include "base/str.h"

/* Everything that is not an ordinary address of the public internet: private, loopback, link-local,
 * shared, documentation, benchmarking, multicast, reserved, 0.0.0.0/8. */
bool ipv4_is_special(const uint8_t address[4]);
/* The same; and what carries an IPv4 address inside (mapped, NAT64, 6to4, Teredo) or is not global
 * unicast. An IPv4-mapped address is special always: nothing good comes that way. */
bool ipv6_is_special(const uint8_t address[16]);
bool ipv4_is_loopback(const uint8_t address[4]);  /* 127.0.0.0/8 */
bool ipv6_is_loopback(const uint8_t address[16]); /* ::1 */
/* Names that mean this machine or this network wherever they are asked: localhost and below, names
 * without a dot, .local, .internal, .home.arpa, .lan. A dot at the end changes nothing. */
bool host_is_local_name(struct str host);

#endif
