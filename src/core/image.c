#include "core/image.h"

static const struct {
	const char *type;
	struct str start;
	struct str within; /* from the eighth byte on */
} kinds[] = {
	{"image/png", {"\x89PNG\r\n\x1a\n", 8}, {"\0\0\0\rIHDR", 8}},
	{"image/jpeg", {"\xFF\xD8\xFF", 3}, {"", 0}},
	{"image/gif", {"GIF87a", 6}, {"", 0}},
	{"image/gif", {"GIF89a", 6}, {"", 0}},
	{"image/webp", {"RIFF", 4}, {"WEBP", 4}},
};

const char *image_type(struct str bytes)
{
	enum { LEAST = 16, WITHIN = 8 };

	for (size_t i = 0; bytes.n >= LEAST && i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_starts(bytes, kinds[i].start) &&
			str_starts(str_slice(bytes, WITHIN, bytes.n), kinds[i].within))
			return kinds[i].type;
	return NULL;
}
