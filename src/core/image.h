/* Which kind of picture is this? Pictures of strangers are served from here, so what they are is
 * told by their bytes and never by whoever sent them. Only kinds without scripts: no SVG. */
#ifndef LLAVERO_CORE_IMAGE_H
#define LLAVERO_CORE_IMAGE_H

#include "base/str.h"

/* "image/png", "image/jpeg", "image/gif" or "image/webp"; NULL: it is none of these. */
const char *image_type(struct str bytes);

#endif
