/* Memory that libraries ask for. A parser that gets none says that its text is wrong, a signature
 * that cannot be looked at is not valid, and some go on without what they had no room for: whoever
 * asked would refuse what is right, or miss what a token is bound to. So what they ask for is
 * watched, and who serves a request asks at its end whether anything was missing. And as some go on
 * with the NULL they were given, there is a reserve for when there is no more. */
#ifndef LLAVERO_BASE_MEMORY_H
#define LLAVERO_BASE_MEMORY_H

#include <stdbool.h>

/* Once, before any of the libraries is used. False: one of them was. libsodium, libmicrohttpd and
 * GnuTLS cannot be watched; SQLite and libpq tell the difference themselves. */
bool memory_watch_libraries(void);
/* Frees text that one of them has made: json_dumps, or what an allocator of theirs gave. */
void memory_give(void *p);
/* Has a library been refused memory in this thread, since memory_forget? Failpoint memory.library.
 */
bool memory_ran_out(void);
/* The same of what is not watched, descriptors among it: this machine is at its end, and nobody
 * else is to blame. */
void memory_note_missing(void);
void memory_forget(void);

#endif
