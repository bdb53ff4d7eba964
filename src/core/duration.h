/* Spans of time as people write them: "11m", "1h30m", "90". */
#ifndef LLAVERO_CORE_DURATION_H
#define LLAVERO_CORE_DURATION_H

#include "base/str.h"

/* Numbers with a unit (d, h, m, s), from the largest unit to the smallest, each once at most; or
 * one number without a unit, which is seconds. False for anything else, and beyond `most_s`. */
bool duration_read(struct str text, int64_t most_s, int64_t *out_s);

#endif
