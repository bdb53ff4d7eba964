#include "command/file.h"

#include <stdio.h>

bool read_file(struct call *call, struct str path, size_t most, struct str *out)
{
	char *text = arena_alloc(&call->arena, most + 2);
	FILE *f = fopen(str_c(&call->arena, path), "rbe");

	if (!f) {
		refuse(call, "the file '%.*s' cannot be read", STR_ARG(path));
		return false;
	}
	size_t n = fread(text, 1, most + 1, f);
	bool good = !ferror(f) && n <= most;

	fclose(f);
	if (!good)
		refuse(call, "the file '%.*s' cannot be read, or has more than %zu bytes",
			STR_ARG(path), most);
	*out = (struct str){text, n};
	return good;
}
