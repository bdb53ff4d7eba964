/* Calls of app developers and their CI jobs: the clock, faults on purpose, throw-away apps and
 * users. Mounted only while the setting `rehearsal` holds; docs/testing-your-app.md. */
#ifndef LLAVERO_REHEARSAL_REHEARSAL_H
#define LLAVERO_REHEARSAL_REHEARSAL_H

#include "flow/context.h"
#include "http/http.h"

/* Ended by a NULL path. */
extern const struct http_route rehearsal_routes[];

#endif
