/* What only starting needed goes back to the system. */
#ifndef LLAVERO_SERVER_GIVE_BACK_H
#define LLAVERO_SERVER_GIVE_BACK_H

/* Frees the heap's unused pages, and forgets the pages of the program and its libraries that only
 * starting has read; one that is read again comes from the page cache. To be called once, when all
 * is started. What cannot be given back stays; a debugger's breakpoint that was set before does
 * not. */
void give_back_memory(void);

#endif
