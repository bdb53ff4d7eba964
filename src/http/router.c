/* A table of exact (method, path) pairs, and a short list of paths with variables. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "http/http.h"

struct slot {
	const char *path;
	const struct http_route *by_method[HTTP_METHOD_OTHER];
};

struct http_router {
	size_t mask;
	struct slot *exact;    /* open addressing by path; paths without variables */
	struct slot *patterns; /* the others, in order of definition */
	size_t patterns_n;
};

static size_t hash(struct str s)
{
	size_t h = 1469598103934665603ULL;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211ULL;
	return h;
}

static struct slot *find_exact(const struct http_router *r, struct str path)
{
	size_t i = hash(path) & r->mask;

	while (r->exact[i].path && !str_eq_c(path, r->exact[i].path))
		i = (i + 1) & r->mask;
	return &r->exact[i];
}

static struct slot *find_pattern(const struct http_router *r, const char *path)
{
	for (size_t i = 0; i < r->patterns_n; i++)
		if (strcmp(r->patterns[i].path, path) == 0)
			return &r->patterns[i];
	return NULL;
}

static bool add(struct http_router *r, const struct http_route *route)
{
	struct slot *slot = strchr(route->path, ':') ? find_pattern(r, route->path)
						     : find_exact(r, str_from(route->path));

	if (!slot)
		slot = &r->patterns[r->patterns_n++];
	slot->path = route->path;
	if (slot->by_method[route->method])
		return false;
	slot->by_method[route->method] = route;
	return true;
}

struct http_router *http_router_new(const struct http_route *const *tables, size_t tables_n)
{
	struct http_router *r = calloc(1, sizeof *r);
	size_t count = 0, size = 16;

	for (size_t t = 0; t < tables_n; t++)
		for (const struct http_route *route = tables[t]; route->path; route++)
			count++;
	while (size < count * 4)
		size *= 2;
	if (!r)
		return NULL;
	r->mask = size - 1;
	r->exact = calloc(size, sizeof *r->exact);
	r->patterns = calloc(count + 1, sizeof *r->patterns);
	bool good = r->exact && r->patterns;

	for (size_t t = 0; good && t < tables_n; t++)
		for (const struct http_route *route = tables[t]; good && route->path; route++)
			good = add(r, route);
	if (good)
		return r;
	http_router_free(r);
	return NULL;
}

void http_router_free(struct http_router *r)
{
	if (!r)
		return;
	free(r->exact);
	free(r->patterns);
	free(r);
}

/* Does `path` have the segments of `pattern`? Variables must not be empty. */
static bool matches(
	struct arena *a, const char *pattern, struct str path, struct str vars[HTTP_PATH_VARS])
{
	struct str want = str_from(pattern), have = path, want_part, have_part;
	size_t n = 0;

	while (str_next(&want, '/', &want_part)) {
		if (!str_next(&have, '/', &have_part))
			return false;
		if (!str_starts(want_part, STR(":"))) {
			if (!str_eq(want_part, have_part))
				return false;
		} else if (have_part.n == 0 || n == HTTP_PATH_VARS ||
			   !percent_decode(a, have_part, false, &vars[n]) ||
			   !str_is_utf8(vars[n])) {
			return false;
		} else {
			n++;
		}
	}
	return !str_is_set(have);
}

static const struct http_route *of_method(
	const struct slot *slot, enum http_method method, unsigned *allowed)
{
	const struct http_route *get = slot->by_method[HTTP_GET];

	for (int m = 0; m < HTTP_METHOD_OTHER; m++)
		if (slot->by_method[m])
			*allowed |= 1U << m;
	if (get && !(get->flags & ROUTE_WRITES))
		*allowed |= 1U << HTTP_HEAD;
	if (method == HTTP_HEAD)
		return get && !(get->flags & ROUTE_WRITES) ? get : NULL;
	return method == HTTP_METHOD_OTHER ? NULL : slot->by_method[method];
}

const struct http_route *http_route_find(const struct http_router *r, enum http_method method,
	struct str path, struct arena *a, struct str vars[HTTP_PATH_VARS], unsigned *allowed)
{
	const struct slot *slot = find_exact(r, path);

	*allowed = 0;
	if (slot->path)
		return of_method(slot, method, allowed);
	for (size_t i = 0; i < r->patterns_n; i++)
		if (matches(a, r->patterns[i].path, path, vars))
			return of_method(&r->patterns[i], method, allowed);
	return NULL;
}

static const char *const method_names[] = {
	"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", ""};

const char *http_method_name(enum http_method method)
{
	return method_names[method];
}

struct str http_allow_list(struct arena *a, unsigned allowed)
{
	struct buf b;

	buf_init(&b, a, 128);
	for (unsigned m = 0; m < HTTP_METHOD_OTHER; m++) {
		if (!(allowed & 1U << m))
			continue;
		if (b.n)
			buf_add_c(&b, ", ");
		buf_add_c(&b, method_names[m]);
	}
	return buf_str(&b);
}
