/* A configuration file. What is taken is within the bounds that options.def sets, and written as a
 * file again it is read the same. */
#include <ini.h>

#include "base/buf.h"
#include "fuzz.h"
#include "server/config.h"

static bool load(struct str text, struct config *c)
{
	char path[64], flag[80], problem[256] = "", *argv[] = {flag, NULL};
	int fd = fuzz_file(text, path), argc = 1;

	snprintf(flag, sizeof flag, "--config=%s", path);
	bool good = config_load(c, &argc, argv, problem);

	MUST(good == !*problem);
	close(fd);
	return good;
}

static void add_line(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%s = %s\n", name, value);
}

static void add_number(struct buf *out, const char *name, int64_t value)
{
	buf_addf(out, "%s = %lld\n", name, (long long)value);
}

static void add_choice(struct buf *out, const char *name, const char *words, int64_t i)
{
	struct str rest = str_from(words), word = STR_NONE;

	for (; i >= 0; i--)
		MUST(str_next(&rest, '|', &word));
	buf_addf(out, "%s = %.*s\n", name, STR_ARG(word));
}

/* A value that the library would read otherwise, or a line that it would cut. */
static bool is_awkward(const char *value)
{
	return strchr(value, ';') || strlen(value) > INI_MAX_LINE / 2;
}

/* False when the file cannot be written. */
static bool write_file(const struct config *c, struct buf *out)
{
#define TEXT(name, member, fallback, help)                                                         \
	if (is_awkward(c->member))                                                                 \
		return false;                                                                      \
	add_line(out, #name, c->member);
#define BOOL(name, member, fallback, help) add_line(out, #name, c->member ? "on" : "off");
#define NUMBER(name, member, fallback, least, most, help)                                          \
	MUST(c->member >= (least) && c->member <= (most));                                         \
	add_number(out, #name, c->member);
#define CHOICE(name, member, fallback, words, help) add_choice(out, #name, words, c->member);
#include "server/options.def"
#undef TEXT
#undef BOOL
#undef NUMBER
#undef CHOICE
	return true;
}

static void write_again(struct arena *a, const struct config *c)
{
	struct config loaded;
	struct buf out, again;

	buf_init(&out, a, 1 << 20);
	if (!write_file(c, &out))
		return;
	MUST(load(buf_str(&out), &loaded));
	buf_init(&again, a, 1 << 20);
	MUST(write_file(&loaded, &again));
	MUST(str_eq(buf_str(&out), buf_str(&again)));
	config_free(&loaded);
}

static void target(struct arena *a, struct str text)
{
	struct config c;

	if (load(text, &c)) {
		MUST(str_is_set(c.settings.base_url) && *c.database_url && *c.listen);
		MUST(!fuzz_splits(c.settings.base_url));
		write_again(a, &c);
	}
	config_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
