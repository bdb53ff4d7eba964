#include "server/secret_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

json_t *secret_file_read(const char *path)
{
	json_t *json = json_load_file(path, 0, NULL);

	if (json_is_object(json))
		return json;
	json_decref(json);
	return json_object();
}

bool secret_file_write(const char *path, const json_t *json)
{
	char fresh[1088];

	if (!json || (size_t)snprintf(fresh, sizeof fresh, "%s.new", path) >= sizeof fresh)
		return false;
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good =
		fd >= 0 && json_dumpfd(json, fd, JSON_INDENT(2)) == 0 && write(fd, "\n", 1) == 1;

	if (fd >= 0 && close(fd) != 0)
		good = false;
	return good && rename(fresh, path) == 0;
}
