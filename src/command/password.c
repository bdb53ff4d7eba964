#include "command/password.h"

#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/limits.h"

enum { ROOM = LIMIT_PASSWORD_MAX + 3 }; /* one too many, CR and LF */

/* False when reading fails; input without a line end is a password too. */
static bool read_line(char *text, size_t *n)
{
	for (*n = 0; *n < ROOM; (*n)++) {
		ssize_t got = read(STDIN_FILENO, text + *n, 1);

		if (got < 0)
			return false;
		if (got == 0 || text[*n] == '\n')
			break;
	}
	if (*n > 0 && *n < ROOM && text[*n - 1] == '\r')
		(*n)--;
	return true;
}

bool password_read(struct call *call, struct str *out)
{
	char *text = arena_alloc(&call->arena, ROOM);
	struct termios was, quiet;
	bool asks = tcgetattr(STDIN_FILENO, &was) == 0;
	size_t n;

	if (asks) {
		quiet = was;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
		fputs("Password: ", stderr);
	}
	bool good = read_line(text, &n);
	int error = errno;

	if (asks) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
		fputc('\n', stderr);
	}
	*out = (struct str){text, n};
	if (!good)
		say_failure("standard input cannot be read: %s", strerror(error));
	return good;
}

bool password_make(struct call *call, struct str password, struct str *hash)
{
	const struct settings *s = &call->config.settings;
	char *text = arena_alloc(&call->arena, PASSWORD_HASH_LEN);

	if (!password_hash(password, (unsigned long long)s->argon2_passes,
		    (size_t)s->argon2_memory_kib, text)) {
		say_failure("there is not enough memory to hash the password (argon2_memory: "
			    "%lld KiB)",
			(long long)s->argon2_memory_kib);
		return false;
	}
	*hash = str_from(text);
	return true;
}
