#include "github/authorization_body.h"

#include "base/limits.h"
#include "core/account.h"
#include "flow/create_authorization.h"

struct reading {
	struct context *c;
	struct http_request *req;
	struct http_reply *rep;
	struct json_body body;
};

static bool wrong_type(struct reading *r, const char *field, const char *what)
{
	github_api_bad_request(r->c, r->req, r->rep, field,
		str_printf(r->req->arena, "%s must be %s.", field, what).p);
	return false;
}

static bool read_text(struct reading *r, const char *name, struct str *out)
{
	return json_body_text(r->req->arena, &r->body, name, out) != JSON_WRONG ||
	       wrong_type(r, name, "a string");
}

/* Names that the catalogue does not have are dropped, as everywhere (reference 6.3). */
static bool read_scopes(struct reading *r, const char *name, struct scope_list *out)
{
	struct str *names;
	struct buf all;
	size_t n, unknown;
	bool offline;

	switch (json_body_texts(r->req->arena, &r->body, name, &names, &n)) {
	case JSON_WRONG:
		return wrong_type(r, name, "an array of strings");
	case JSON_ABSENT:
		return true;
	case JSON_HERE:
		break;
	}
	buf_init(&all, r->req->arena, LIMIT_REVOKE_BODY);
	for (size_t i = 0; i < n; i++) {
		buf_add(&all, names[i]);
		buf_add_char(&all, ' ');
	}
	out->is_set = true;
	if (scope_parse(buf_str(&all), &out->set, &unknown, &offline) == SCOPE_OK)
		return true;
	github_api_invalid(r->c, r->req, r->rep, CAUSE_BODY_FIELD_INVALID, "OauthAccess", name);
	return false;
}

static const char *unusable(const struct authorization_body *b)
{
	if (str_is_set(b->note) && (!is_authorization_text(b->note) || b->note.n == 0))
		return "description";
	if (str_is_set(b->fingerprint) &&
		(!is_authorization_text(b->fingerprint) || b->fingerprint.n == 0))
		return "fingerprint";
	if (str_is_set(b->note_url) && homepage_check(b->note_url) != FIELD_OK)
		return "note_url";
	return NULL;
}

bool github_authorization_body(struct context *c, struct http_request *req, struct http_reply *rep,
	struct authorization_body *out)
{
	struct reading r = {.c = c, .req = req, .rep = rep};

	*out = (struct authorization_body){0};
	if (!github_api_body(c, req, rep, &r.body) || !read_scopes(&r, "scopes", &out->scopes) ||
		!read_scopes(&r, "add_scopes", &out->add_scopes) ||
		!read_scopes(&r, "remove_scopes", &out->remove_scopes) ||
		!read_text(&r, "note", &out->note) || !read_text(&r, "note_url", &out->note_url) ||
		!read_text(&r, "fingerprint", &out->fingerprint) ||
		!read_text(&r, "client_id", &out->client_id) ||
		!read_text(&r, "client_secret", &out->client_secret))
		return false;
	out->has_note = json_body_has(&r.body, "note");
	out->has_note_url = json_body_has(&r.body, "note_url");
	out->has_fingerprint = json_body_has(&r.body, "fingerprint");
	if (!unusable(out))
		return true;
	github_api_invalid(c, req, rep, CAUSE_BODY_FIELD_INVALID, "OauthAccess", unusable(out));
	return false;
}
