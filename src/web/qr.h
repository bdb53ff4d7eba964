/* QR codes for pages: what a phone's camera reads from the screen. */
#ifndef LLAVERO_WEB_QR_H
#define LLAVERO_WEB_QR_H

#include "base/buf.h"

enum { QR_TEXT_MAX = 1024 };

/* `text` (no NUL inside, at most QR_TEXT_MAX bytes) as a whole SVG document: black on white, with
 * the quiet zone of four modules, error correction level M, served as image/svg+xml. STR_NONE when
 * the text is too long or the library is out of memory. */
struct str qr_svg(struct arena *a, struct str text);

#endif
