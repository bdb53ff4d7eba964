/* What a picture is, by its bytes: MCP-10. */
#include "core/image.h"
#include "unit.h"

#define BYTES(text)                                                                                \
	{                                                                                          \
		(text), sizeof(text) - 1                                                           \
	}
#define PAD "................"

/* A154 */
static void test_MCP_10_kinds_are_told_by_their_bytes(void **state)
{
	static const struct {
		struct str bytes;
		const char *type;
	} rows[] = {
		{BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR" PAD), "image/png"},
		{BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "image/png"},
		{BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHD"), NULL},
		{BYTES("\x89PNG\r\n\x1a\n\0\0\0\rJUNK" PAD), NULL},
		{BYTES("\x89PNG\n\x1a\n\0\0\0\rIHDR" PAD), NULL},
		{BYTES("\xFF\xD8\xFF\xE0" PAD), "image/jpeg"},
		{BYTES("\xFF\xD8" PAD), NULL},
		{BYTES("GIF87a" PAD), "image/gif"},
		{BYTES("GIF89a" PAD), "image/gif"},
		{BYTES("GIF88a" PAD), NULL},
		{BYTES("GIF89a"), NULL},
		{BYTES("RIFF\1\2\3\4WEBPVP8 " PAD), "image/webp"},
		{BYTES("RIFF\1\2\3\4WAVEfmt " PAD), NULL},
		{BYTES("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), NULL},
		{BYTES("<?xml version=\"1.0\"?><svg/>" PAD), NULL},
		{BYTES("<!DOCTYPE html><script>alert(1)</script>"), NULL},
		{BYTES(" GIF89a" PAD), NULL},
		{BYTES("BM" PAD PAD), NULL},
		{BYTES(""), NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *type = image_type(rows[i].bytes);

		if (rows[i].type)
			assert_string_equal(type ? type : "none", rows[i].type);
		else
			assert_null(type);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_MCP_10_kinds_are_told_by_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
