/* Failpoints: named places where tests make a call fail. In a release build they are gone.
 *
 *     if (FAIL_AT("store.commit") || sqlite3_step(s) != SQLITE_DONE) ...
 *
 * LLAVERO_FAIL="store.commit:3" fails the third passage once, "store.commit:3+" the third and all
 * later ones; several are separated by commas. "name:3!" kills the process there (SIGKILL). */
#ifndef LLAVERO_BASE_FAIL_H
#define LLAVERO_BASE_FAIL_H

#include <stdbool.h>

#ifdef LLAVERO_RELEASE
#define FAIL_AT(name) false
#define KILL_AT(name) ((void)0)
#else
#define FAIL_AT(name) fail_at(name)
/* A place where something is done already, so that it cannot fail any more: of a specification,
 * only "name:3!" does anything here. */
#define KILL_AT(name) ((void)fail_at(name))
#endif

/* Reads a specification as above; NULL or "" clears. Returns false when it cannot be understood
 * or when this is a release build. Not for use while other threads run. */
bool fail_configure(const char *spec);
/* True when this passage of `name` is to fail. Thread-safe. */
bool fail_at(const char *name);
/* Some failpoint is named: whoever insists that all goes well must not. */
bool fail_is_configured(void);
/* How often `name` has been passed since fail_configure named it; 0 for others. */
unsigned long fail_passages(const char *name);

#endif
