#include <stdlib.h>
#include <string.h>

#include "store/postgres.h"

static unsigned parts_of(const char *list)
{
	unsigned n = list && *list ? 1 : 0;

	for (; n && *list; list++)
		n += *list == ',';
	return n;
}

static bool take(const PQconninfoOption *option, const char *keyword, char **to)
{
	if (strcmp(option->keyword, keyword) != 0 || !option->val)
		return true;
	*to = strdup(option->val);
	return *to != NULL;
}

bool postgres_hosts_read(struct postgres_hosts *hosts, const char *url)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	bool room = true;

	*hosts = (struct postgres_hosts){.n = 0};
	for (const PQconninfoOption *o = options; room && o && o->keyword; o++)
		room = take(o, "host", &hosts->names) && take(o, "hostaddr", &hosts->addresses) &&
		       take(o, "port", &hosts->ports);
	PQconninfoFree(options);
	unsigned names = parts_of(hosts->names), addresses = parts_of(hosts->addresses);

	hosts->n = names > addresses ? names : addresses;
	return room;
}

void postgres_hosts_free(struct postgres_hosts *hosts)
{
	free(hosts->names);
	free(hosts->addresses);
	free(hosts->ports);
}

const char *postgres_hosts_part(const char *list, unsigned i, char out[256])
{
	size_t n;

	if (parts_of(list) == 0)
		return "";
	for (i = parts_of(list) == 1 ? 0 : i; i > 0 && *list; i--)
		list += strcspn(list, ",") + (strchr(list, ',') != NULL);
	n = strcspn(list, ",");
	if (n > 255)
		return "";
	memcpy(out, list, n);
	out[n] = '\0';
	return out;
}
