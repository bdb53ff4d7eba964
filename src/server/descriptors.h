/* How many connections fit into what the process may open. */
#ifndef LLAVERO_SERVER_DESCRIPTORS_H
#define LLAVERO_SERVER_DESCRIPTORS_H

#include "server/config.h"

/* How many descriptors `workers` of them may come to need. */
uint64_t descriptors_wanted(const struct config *c, unsigned workers);
/* Takes all descriptors that the process may have, and lowers max_connections to what fits: a
 * connection too many would take the descriptor that the database needs next. */
void descriptors_fit(struct config *c, unsigned workers);

#endif
