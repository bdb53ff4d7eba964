/* Host names and addresses as text. RFC 1123 2.1, RFC 3986 3.2.2.
 *
 * Only forms that every URL reader takes for the same host are good: the WHATWG URL standard
 * reads "127.1", "0x7f.1" and "2130706433" as addresses, others read names. */
#ifndef LLAVERO_CORE_HOST_H
#define LLAVERO_CORE_HOST_H

#include "base/str.h"

/* A name of 1 to 253 bytes: labels of 1 to 63 letters, digits, '-' and '_', no hyphen at a
 * label's ends, no dot at the end, and a last label that is not a number. */
bool host_is_name(struct str host);
/* Four decimal numbers from 0 to 255 without leading zeros. */
bool host_is_ipv4(struct str host);
/* An IPv6 address as it stands between brackets, without a zone. */
bool host_is_ipv6(struct str address);

#endif
