#include "flow/own_resource.h"

static const char *const paths[OWN_RESOURCES] = {[OWN_SERVER] = "",
	[OWN_API] = "/api/v3",
	[OWN_GRAPHQL] = "/api/graphql",
	[OWN_USERINFO] = "/oauth2/userinfo"};

static bool is_at_or_below(struct str path, struct str top)
{
	return str_starts(path, top) && (path.n == top.n || path.p[top.n] == '/');
}

enum own_resource own_resource_at(struct str path)
{
	for (int i = OWN_SERVER + 1; i < OWN_RESOURCES; i++)
		if (is_at_or_below(path, str_from(paths[i])))
			return (enum own_resource)i;
	return OWN_SERVER;
}

struct str own_resource_identifier(struct context *c, enum own_resource which)
{
	return str_printf(c->arena, "%.*s%s", STR_ARG(c->settings->base_url), paths[which]);
}

bool own_resource_find(struct context *c, struct str identifier, enum own_resource *out)
{
	for (int i = 0; i < OWN_RESOURCES; i++) {
		*out = (enum own_resource)i;
		if (str_eq(identifier, own_resource_identifier(c, *out)))
			return true;
	}
	return false;
}

/* Scheme and host. */
static struct str origin_of(struct str uri)
{
	size_t host = str_find(uri, ':') + 3;

	return str_slice(uri, 0, host + str_find(str_slice(uri, host, uri.n), '/'));
}

struct str resource_metadata_url(struct arena *a, struct str identifier)
{
	struct str origin = origin_of(identifier);
	struct str path = str_slice(identifier, origin.n, identifier.n);

	/* 3.1: a slash right after the host goes. */
	if (path.n == 1)
		path = STR("");
	return str_printf(a, "%.*s" RESOURCE_METADATA "%.*s", STR_ARG(origin), STR_ARG(path));
}

struct str resource_of_metadata_path(struct context *c, struct str path)
{
	struct str top = STR(RESOURCE_METADATA), origin = origin_of(c->settings->base_url);

	if (!is_at_or_below(path, top))
		return STR_NONE;
	return str_printf(
		c->arena, "%.*s%.*s", STR_ARG(origin), STR_ARG(str_slice(path, top.n, path.n)));
}

struct str resource_challenge(struct context *c, struct str path)
{
	return resource_metadata_url(c->arena, own_resource_identifier(c, own_resource_at(path)));
}
