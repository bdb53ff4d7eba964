#include "web/qr.h"

#include <qrencode.h>

enum { QUIET = 4, SVG_MAX = 256 * 1024 };

static void free_code(void *code)
{
	QRcode_free(code);
}

/* One rectangle for each run of dark modules in a row. */
static void add_row(struct buf *b, const QRcode *code, int y)
{
	const unsigned char *row = code->data + (size_t)y * (size_t)code->width;

	for (int x = 0, run; x < code->width; x += run) {
		for (run = 0; x + run < code->width && (row[x + run] & 1); run++)
			;
		if (run > 0)
			buf_addf(b, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
		else
			run = 1;
	}
}

struct str qr_svg(struct arena *a, struct str text)
{
	struct buf b;

	if (text.n > QR_TEXT_MAX)
		return STR_NONE;
	QRcode *code = QRcode_encodeString8bit(str_c(a, text), 0, QR_ECLEVEL_M);

	if (!code)
		return STR_NONE;
	arena_defer(a, free_code, code);

	const int side = code->width + 2 * QUIET;

	buf_init(&b, a, SVG_MAX);
	buf_addf(&b,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
		" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
		"<path d=\"",
		side, side, side, side);
	for (int y = 0; y < code->width; y++)
		add_row(&b, code, y);
	buf_add_c(&b, "\"/></svg>\n");
	return b.overflow ? STR_NONE : buf_str(&b);
}
