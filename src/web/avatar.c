/* The picture of an account: a pattern of its id. The same for accounts that do not exist, so that
 * it tells nobody which do (assurance A202). */
#include "base/buf.h"
#include "base/crypto.h"
#include "web/home.h"

enum { CELLS = 5, SIDE = 84, CELL = 12, MARGIN = 12 };

static void add_cells(struct buf *b, const uint8_t *bits)
{
	/* Three columns, mirrored: faces are symmetrical. */
	for (int i = 0; i < CELLS * (CELLS / 2 + 1); i++) {
		int row = i % CELLS, column = i / CELLS;

		if (!(bits[i / 8] >> (i % 8) & 1))
			continue;
		buf_addf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
			MARGIN + column * CELL, MARGIN + row * CELL, CELL, CELL);
		if (column != CELLS - 1 - column)
			buf_addf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
				MARGIN + (CELLS - 1 - column) * CELL, MARGIN + row * CELL, CELL,
				CELL);
	}
}

void asset_avatar(struct context *c, struct http_request *req, struct http_reply *rep)
{
	uint8_t hash[SHA256_LEN];
	struct buf b;

	(void)c;
	sha256(req->vars[0], hash);
	buf_init(&b, req->arena, 8192);
	buf_addf(&b,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\">"
		"<rect width=\"%d\" height=\"%d\" fill=\"#f0efeb\"/><g fill=\"hsl(%d 45%% 42%%)\">",
		SIDE, SIDE, SIDE, SIDE, (hash[0] << 8 | hash[1]) % 360);
	add_cells(&b, hash + 2);
	buf_add_c(&b, "</g></svg>\n");
	http_reply(rep, 200, "image/svg+xml", buf_str(&b));
	http_header(rep, "Cache-Control", "public, max-age=86400");
	http_header(rep, "X-Content-Type-Options", "nosniff");
	http_header(rep, "Content-Security-Policy", "default-src 'none'");
}
