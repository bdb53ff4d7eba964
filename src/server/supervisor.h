/* Who started this process and waits for it: systemd, or whatever speaks its two small protocols
 * (sd_listen_fds(3), sd_notify(3)). Without one every function does nothing. */
#ifndef LLAVERO_SERVER_SUPERVISOR_H
#define LLAVERO_SERVER_SUPERVISOR_H

#include <stdbool.h>

/* Sockets that were opened for this process, and listen already; -1: none. Whoever opened them
 * keeps them, so that who connects while one process has ended and the next has not begun is not
 * refused.
 */
struct supervised {
	int web, mtls;
};

/* Takes the sockets: the one that is named "mtls" (FileDescriptorName) is for mtls_listen, any
 * other name is for `listen`. To be called once, before threads start: it clears LISTEN_* from the
 * environment. False with a sentence in `problem`: more sockets than two, two for one purpose, or
 * one that is no listening TCP socket. */
bool supervisor_sockets(struct supervised *out, char problem[256]);

/* Tells the supervisor: "READY=1", "STOPPING=1". What cannot be told is logged, and is no failure.
 */
void supervisor_tell(const char *state);

#endif
