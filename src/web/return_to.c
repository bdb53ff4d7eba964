#include "web/return_to.h"

#include "base/arena.h"
#include "base/limits.h"
#include "web/form_token.h"

bool return_to_is_local(struct str path)
{
	if (path.n == 0 || path.n > LIMIT_REQUEST_TARGET || path.p[0] != '/')
		return false;
	if (path.n > 1 && path.p[1] == '/')
		return false;
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] <= ' ' || path.p[i] > '~' || path.p[i] == '\\')
			return false;
	return true;
}

struct str return_to_or_home(struct str path)
{
	return return_to_is_local(path) ? path : STR("/");
}

struct str return_to_here(struct http_request *req, const struct params *form)
{
	struct buf b;
	char separator = '?';

	buf_init(&b, req->arena, REWRITTEN_BODY);
	buf_add(&b, req->path);
	if (str_is_set(req->raw_query)) {
		buf_add_char(&b, '?');
		buf_add(&b, req->raw_query);
		return buf_str(&b);
	}
	for (size_t i = 0; form && i < form->n; i++) {
		if (!is_authorize_parameter(form->v[i].name))
			continue;
		buf_add_char(&b, separator);
		buf_add_form(&b, form->v[i].name);
		buf_add_char(&b, '=');
		buf_add_form(&b, form->v[i].value);
		separator = '&';
	}
	return buf_str(&b);
}

struct str return_to_parameter(struct arena *a, struct str path, const char *name)
{
	struct params query;
	struct str text = str_slice(path, str_find(path, '?') + 1, path.n);

	if (form_parse(a, text, LIMIT_PARAMS, &query) != FORM_OK)
		return STR_NONE;
	return params_get(&query, name);
}
