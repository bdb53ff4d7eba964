/* What the process gives up once it runs, so that whoever gets to run code in it finds little to do
 * (docs/operations.md, "Confinement"). */
#ifndef LLAVERO_SERVER_CONFINE_H
#define LLAVERO_SERVER_CONFINE_H

#include <stdbool.h>

/* Becomes the user `name`, with its groups and no others; nothing for "". Only root can become
 * somebody else. Call before threads start, and before files are made. False with a sentence in
 * `problem`. */
bool confine_user(const char *name, char problem[256]);

/* For the calling thread and all that it starts from now on, for good: no rights are ever gained
 * (PR_SET_NO_NEW_PRIVS), nothing can be read from memory by the user's other processes
 * (PR_SET_DUMPABLE), and only the system calls of a network service are there (seccomp): starting
 * or looking into another program ends the process; memory cannot be both written and run; sockets
 * are of the internet or of this machine; every other call fails as if the kernel did not have it.
 * A build with sanitizers keeps the calls, which its tools need. False with a sentence in
 * `problem`.
 */
bool confine_calls(char problem[256]);

#endif
