#include "command/shell.h"

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7F;
}

void shell_add_word(struct buf *b, struct str text)
{
	buf_add_char(b, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'')
			buf_add_c(b, "'\\''");
		else
			buf_add_char(b, text.p[i]);
	}
	buf_add_char(b, '\'');
}

bool shell_has_controls(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (is_control(text.p[i]))
			return true;
	return false;
}

/* %b reads \0ooo; a quote written so needs no quoting. */
void shell_add_printf(struct buf *b, struct str text)
{
	buf_add_c(b, "printf %b '");
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (is_control(text.p[i]) || c == '\'' || c == '\\')
			buf_addf(b, "\\0%03o", c);
		else
			buf_add_char(b, text.p[i]);
	}
	buf_add_char(b, '\'');
}
