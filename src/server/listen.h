/* Listening sockets. */
#ifndef LLAVERO_SERVER_LISTEN_H
#define LLAVERO_SERVER_LISTEN_H

#include <stdbool.h>

/* Opens `n` sockets that share one address, one for each worker. `address` is "host:port" or
 * "[v6]:port"; port 0 takes a free one. `bound` receives the address as it is to be written in a
 * URL. False with a sentence in `problem`. */
bool listen_on(const char *address, int *fds, unsigned n, char bound[128], char problem[256]);

/* The same for `fd`, a socket that listens already: `n` descriptors of that one socket, `fd` the
 * first of them. Workers then take turns at one queue of connections. On failure `fd` is closed. */
bool listen_share(int fd, int *fds, unsigned n, char bound[128], char problem[256]);

/* True when others than this machine could reach a socket on `address`, which has the form above;
 * false also when listen_on would refuse it. */
bool listen_is_open(const char *address);

/* True when the public internet could reach a socket on `address`: by that address itself, or by
 * one of this machine's when it stands for all of them. False also when listen_on would refuse it.
 */
bool listen_is_public(const char *address);

#endif
