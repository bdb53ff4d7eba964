#include "oauth/document.h"

#include "core/jose.h"

void document_list_begin(struct buf *b, const char *name)
{
	buf_add_char(b, ',');
	buf_add_json(b, str_from(name));
	buf_add_c(b, ":[");
}

void document_list_add(struct buf *b, struct str value)
{
	if (b->p[b->n - 1] != '[')
		buf_add_char(b, ',');
	buf_add_json(b, value);
}

void document_list(struct buf *b, const char *name, const char *const *values)
{
	document_list_begin(b, name);
	for (; *values; values++)
		document_list_add(b, str_from(*values));
	buf_add_char(b, ']');
}

void document_algorithms(struct context *c, struct buf *b, const char *name)
{
	document_list_begin(b, name);
	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS; alg++)
		if (c->settings->signing_algs & JOSE_BIT(alg))
			document_list_add(b, str_from(jose_alg_word((enum jose_alg)alg)));
	buf_add_char(b, ']');
}

void document_proof_algorithms(struct buf *b)
{
	static const char *const algs[] = {"ES256", "PS256", "RS256", "EdDSA", NULL};

	document_list(b, "dpop_signing_alg_values_supported", algs);
}

void document_send(struct http_request *req, struct http_reply *rep, const struct buf *b)
{
	http_reply(rep, 200, "application/json; charset=utf-8", buf_str(b));
	http_add_etag(req, rep, false);
	http_header(rep, "Cache-Control", "public, max-age=3600");
	http_header(rep, "X-Content-Type-Options", "nosniff");
}
