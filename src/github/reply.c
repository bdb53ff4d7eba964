/* One list of fields in three encodings: GitHub reference 3.2, 3.3 and 3.5. */
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "github/oauth.h"

enum { FIELDS_MAX = 8 };

bool github_is_throttled(
	struct http_request *req, struct http_reply *rep, const struct refusal *refusal)
{
	if (cause_wire(refusal->cause) != WIRE_TOO_MANY_REQUESTS)
		return false;
	http_header_str(req, rep, "Retry-After", refusal_evidence(refusal, EVIDENCE_wait));
	return true;
}

static void write_form(struct buf *b, const struct reply_field *fields, size_t n)
{
	struct reply_field sorted[FIELDS_MAX] = {{NULL, {NULL, 0}, false}};
	size_t count = 0;

	for (size_t i = 0; i < n && count < FIELDS_MAX; i++) {
		size_t at = count++;

		for (; at > 0 && strcmp(sorted[at - 1].name, fields[i].name) > 0; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = fields[i];
	}
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(b, '&');
		buf_add_c(b, sorted[i].name);
		buf_add_char(b, '=');
		buf_add_form(b, sorted[i].value);
	}
}

static void write_json(struct buf *b, const struct reply_field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_add_char(b, i ? ',' : '{');
		buf_add_json(b, str_from(fields[i].name));
		buf_add_char(b, ':');
		if (fields[i].is_number)
			buf_add(b, fields[i].value);
		else
			buf_add_json(b, fields[i].value);
	}
	buf_add_char(b, '}');
}

static void write_xml(struct buf *b, const struct reply_field *fields, size_t n)
{
	buf_add_c(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OAuth>");
	for (size_t i = 0; i < n; i++) {
		buf_addf(b, "<%s>", fields[i].name);
		buf_add_xml(b, fields[i].value);
		buf_addf(b, "</%s>", fields[i].name);
	}
	buf_add_c(b, "</OAuth>");
}

void github_reply_fields(struct http_request *req, struct http_reply *rep, int status,
	enum reply_format format, const struct reply_field *fields, size_t n)
{
	static const char *const types[] = {
		[FORMAT_FORM] = "application/x-www-form-urlencoded; charset=utf-8",
		[FORMAT_JSON] = "application/json; charset=utf-8",
		[FORMAT_XML] = "application/xml; charset=utf-8",
		[FORMAT_NONE] = NULL,
	};
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	if (format == FORMAT_FORM)
		write_form(&b, fields, n);
	else if (format == FORMAT_JSON)
		write_json(&b, fields, n);
	else if (format == FORMAT_XML)
		write_xml(&b, fields, n);
	http_reply(rep, format == FORMAT_NONE ? 406 : status, types[format], buf_str(&b));
	http_header(rep, "Cache-Control", "no-store"); /* RFC 6749 5.1 */
	http_header(rep, "Pragma", "no-cache");
	http_header(rep, "X-Content-Type-Options", "nosniff");
	http_header(rep, "Vary", "Accept");
}
