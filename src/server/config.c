#include "server/config.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/profile.h"
#include "store/master_key.h"

enum kind { KIND_TEXT, KIND_BOOL, KIND_NUMBER, KIND_CHOICE };

struct option {
	const char *name;
	enum kind kind;
	size_t offset;
	const char *fallback;
	int64_t least, most;
	const char *words, *help;
};

#define TEXT_OF(x) #x
#define AT(member) offsetof(struct config, member)
#define TEXT(name, member, fallback, help)                                                         \
	{#name, KIND_TEXT, AT(member), fallback, 0, 0, NULL, help},
#define BOOL(name, member, fallback, help)                                                         \
	{#name, KIND_BOOL, AT(member), fallback, 0, 0, NULL, help},
#define NUMBER(name, member, fallback, least, most, help)                                          \
	{#name, KIND_NUMBER, AT(member), TEXT_OF(fallback), least, most, NULL, help},
#define CHOICE(name, member, fallback, words, help)                                                \
	{#name, KIND_CHOICE, AT(member), fallback, 0, 0, words, help},
static const struct option options[] = {
#include "server/options.def"
};
#undef TEXT
#undef BOOL
#undef NUMBER
#undef CHOICE
enum { OPTIONS = sizeof options / sizeof options[0], TEXTS_MAX = 1 << 20 };

struct loading {
	struct config *c;
	char *problem;
	const char *file;
	bool failed;
};

static const struct option *find(struct str name)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		struct str have = str_from(options[i].name);
		bool same = have.n == name.n;

		for (size_t k = 0; same && k < name.n; k++)
			same = name.p[k] == have.p[k] || (name.p[k] == '-' && have.p[k] == '_');
		if (same)
			return &options[i];
	}
	return NULL;
}

static bool read_bool(const char *value, bool *out)
{
	static const char *const yes[] = {"on", "true", "yes", "1"}, *const no[] = {"off", "false",
									     "no", "0"};

	for (size_t i = 0; i < 4; i++) {
		if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0) {
			*out = strcmp(value, yes[i]) == 0;
			return true;
		}
	}
	return false;
}

static bool read_choice(const char *words, const char *value, int64_t *out)
{
	struct str rest = str_from(words), word;

	for (int64_t i = 0; str_next(&rest, '|', &word); i++) {
		if (str_eq_c(word, value)) {
			*out = i;
			return true;
		}
	}
	return false;
}

static bool set(struct config *c, const struct option *o, const char *value)
{
	char *at = (char *)c + o->offset;

	switch (o->kind) {
	case KIND_TEXT:
		*(const char **)(void *)at = str_c(&c->texts, str_from(value));
		return true;
	case KIND_BOOL:
		return read_bool(value, (bool *)(void *)at);
	case KIND_CHOICE:
		return read_choice(o->words, value, (int64_t *)(void *)at);
	case KIND_NUMBER:
		return str_to_i64(str_from(value), (int64_t *)(void *)at) &&
		       *(int64_t *)(void *)at >= o->least && *(int64_t *)(void *)at <= o->most;
	}
	return false;
}

static void describe(const struct option *o, char *out, size_t n)
{
	switch (o->kind) {
	case KIND_TEXT:
		snprintf(out, n, "text");
		break;
	case KIND_BOOL:
		snprintf(out, n, "on or off");
		break;
	case KIND_CHOICE:
		snprintf(out, n, "one of %s", o->words);
		break;
	case KIND_NUMBER:
		snprintf(out, n, "a number from %lld to %lld", (long long)o->least,
			(long long)o->most);
		break;
	}
}

static bool set_from(struct config *c, const struct option *o, const char *value, const char *where,
	char problem[256])
{
	char wanted[128];

	if (set(c, o, value))
		return true;
	describe(o, wanted, sizeof wanted);
	snprintf(
		problem, 256, "%s: '%s' is '%.60s', but must be %s", where, o->name, value, wanted);
	return false;
}

static int on_ini(void *user, const char *section, const char *name, const char *value)
{
	struct loading *l = user;
	const struct option *o = find(str_from(name));

	if (l->failed)
		return 1;
	if (!o || *section) {
		snprintf(l->problem, 256, "%.120s: '%.60s' is not a setting", l->file, name);
		l->failed = true;
	} else {
		l->failed = !set_from(l->c, o, value, l->file, l->problem);
	}
	return 1;
}

static bool load_file(struct config *c, const char *file, char problem[256])
{
	struct loading l = {c, problem, file, false};

	errno = 0;
	int line = ini_parse(file, on_ini, &l);

	if (line < 0) {
		snprintf(problem, 256, "%.180s cannot be read: %s", file, strerror(errno));
		return false;
	}
	if (line > 0 && !l.failed) {
		snprintf(problem, 256, "%.180s:%d: this line is not 'name = value'", file, line);
		return false;
	}
	return !l.failed;
}

enum { PREFIX = sizeof "LLAVERO_" - 1 };

static void environment_name(const struct option *o, char name[64])
{
	size_t n = (size_t)snprintf(name, 64, "LLAVERO_%s", o->name);

	for (size_t k = PREFIX; k < n; k++)
		name[k] = (char)toupper((unsigned char)name[k]);
}

bool config_names_setting(struct str name)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		char have[64];

		environment_name(&options[i], have);
		if (str_eq_c(name, have + PREFIX))
			return true;
	}
	return false;
}

static bool load_environment(struct config *c, char problem[256])
{
	for (size_t i = 0; i < OPTIONS; i++) {
		char name[64];

		environment_name(&options[i], name);
		const char *value = getenv(name);

		if (value && !set_from(c, &options[i], value, name, problem))
			return false;
	}
	return true;
}

/* Reads one flag at argv[i]; returns how many words it took, 0 when it is no setting, -1 when it
 * is a bad one. */
static int load_flag(struct config *c, int argc, char **argv, int i, char problem[256])
{
	struct str flag = str_from(argv[i]);

	if (!str_starts(flag, STR("--")))
		return 0;
	flag = str_slice(flag, 2, flag.n);
	size_t equals = str_find(flag, '=');
	const struct option *o = find(str_slice(flag, 0, equals));

	if (!o && str_starts(flag, STR("no-"))) {
		o = find(str_slice(flag, 3, flag.n));
		if (o && o->kind == KIND_BOOL)
			return set_from(c, o, "off", argv[i], problem) ? 1 : -1;
		return 0;
	}
	if (!o)
		return 0;
	if (equals < flag.n)
		return set_from(c, o, flag.p + equals + 1, "command line", problem) ? 1 : -1;
	if (o->kind == KIND_BOOL)
		return set_from(c, o, "on", "command line", problem) ? 1 : -1;
	if (i + 1 >= argc) {
		snprintf(problem, 256, "'%s' needs a value", argv[i]);
		return -1;
	}
	return set_from(c, o, argv[i + 1], "command line", problem) ? 2 : -1;
}

static bool load_flags(struct config *c, int *argc, char **argv, char problem[256])
{
	int kept = 0;

	for (int i = 0; i < *argc;) {
		int took = load_flag(c, *argc, argv, i, problem);

		if (took < 0)
			return false;
		if (took == 0)
			argv[kept++] = argv[i++];
		i += took;
	}
	*argc = kept;
	return true;
}

/* "--config FILE" or "--config=FILE" must be known before the other flags are read over it. */
static const char *take_config_flag(int *argc, char **argv)
{
	for (int i = 0; i < *argc; i++) {
		bool joined = strncmp(argv[i], "--config=", 9) == 0;
		int words = joined ? 1 : 2;

		if (!joined && (strcmp(argv[i], "--config") != 0 || i + 1 == *argc))
			continue;
		const char *file = joined ? argv[i] + 9 : argv[i + 1];

		memmove(&argv[i], &argv[i + words], (size_t)(*argc - i - words) * sizeof *argv);
		*argc -= words;
		return file;
	}
	return getenv("LLAVERO_CONFIG");
}

static bool read_signing_algorithms(struct config *c, char problem[256])
{
	struct settings *s = &c->settings;
	bool good = jose_algs_of(
		str_from(c->signing_algorithms), &s->signing_algs, &s->signing_default);

	if (good && !(s->signing_algs & ~(unsigned)JOSE_ASYMMETRIC) &&
		(s->signing_algs & JOSE_BIT(JOSE_RS256)))
		return true;
	snprintf(problem, 256,
		"'signing_algorithms' is '%.80s', but must name RS256, and may name ES256, PS256 "
		"and EdDSA, separated by commas",
		c->signing_algorithms);
	return false;
}

static void set_registration(struct config *c)
{
	enum { AUTO, OFF, TOKEN, OPEN };
	int64_t word = c->registration;

	if (word == AUTO)
		word = c->settings.demo ? OPEN : TOKEN;
	c->settings.registration = word == OFF     ? REGISTRATION_OFF
				   : word == TOKEN ? REGISTRATION_TOKEN
						   : REGISTRATION_OPEN;
	c->settings.registration_dialects =
		c->registration_dialects ? DIALECT_GITHUB | DIALECT_STANDARD : DIALECT_STANDARD;
}

/* The URL may hold a password, so that no sentence repeats it. */
static bool set_database(struct config *c, char problem[256])
{
	int n = *c->database ? snprintf(c->database_url, sizeof c->database_url, "%s", c->database)
			     : snprintf(c->database_url, sizeof c->database_url,
				       "sqlite:%s/llavero.db", c->data);

	if (n < 0 || (size_t)n >= sizeof c->database_url) {
		snprintf(problem, 256, "'database' is longer than %zu characters",
			sizeof c->database_url - 1);
		return false;
	}
	db_configure(&c->database_options);
	return true;
}

bool config_load(struct config *c, int *argc, char **argv, char problem[256])
{
	const char *file = take_config_flag(argc, argv);

	memset(c, 0, sizeof *c);
	arena_init(&c->texts, TEXTS_MAX);
	for (size_t i = 0; i < OPTIONS; i++)
		if (!set_from(c, &options[i], options[i].fallback, "default", problem))
			return false;
	if (file && !load_file(c, file, problem))
		return false;
	if (!load_environment(c, problem) || !load_flags(c, argc, argv, problem))
		return false;
	if (!*c->listen) {
		snprintf(problem, 256, "'listen' is empty, but must be ADDRESS:PORT");
		return false;
	}
	if (!read_signing_algorithms(c, problem))
		return false;
	c->settings.authorize_mismatch = c->authorize_mismatch ? MISMATCH_REDIRECT : MISMATCH_PAGE;
	set_registration(c);
	c->settings.assertion_audience_legacy = c->assertion_audience != 0;
	c->settings.support_contact = str_from(c->settings_support_contact);
	c->settings.installed_version = str_from(c->settings_installed_version);
	c->settings.error_uri_base = str_from(c->settings_error_uri_base);
	return set_database(c, problem) && config_set_address(c, c->listen, problem);
}

static char *origin(struct config *c, const char *address)
{
	bool tls = *c->tls_certificate != '\0';
	struct str port = tls ? STR(":443") : STR(":80"), at = str_from(address);

	if (at.n > port.n && str_eq(str_slice(at, at.n - port.n, at.n), port))
		at = str_slice(at, 0, at.n - port.n);
	return str_c(&c->texts,
		str_printf(&c->texts, "%s%.*s", tls ? "https://" : "http://", STR_ARG(at)));
}

/* It goes into headers, links and tokens as it is. */
static bool is_origin(struct str url, struct str scheme)
{
	for (const char *refused = "?# \"<>\\"; *refused; refused++)
		if (str_has_char(url, *refused))
			return false;
	return str_starts(url, scheme) && str_is_printable(url);
}

bool config_set_address(struct config *c, const char *address, char problem[256])
{
	char *base = *c->base_url ? str_c(&c->texts, str_from(c->base_url)) : origin(c, address);
	size_t n = strlen(base);

	while (n > 0 && base[n - 1] == '/')
		base[--n] = '\0';
	c->settings.https = is_origin(str_from(base), STR("https://"));
	if (!c->settings.https && !is_origin(str_from(base), STR("http://"))) {
		snprintf(problem, 256, "base_url '%.100s' is not an http or https origin", base);
		return false;
	}
	c->settings.base_url = str_from(base);
	c->settings.issuer = str_printf(&c->texts, "%s/login/oauth", base);
	return true;
}

bool config_set_mtls(struct config *c, const char *address, char problem[256])
{
	char *url = str_c(&c->texts,
		*c->mtls_url || !address ? str_from(c->mtls_url) : str_from(origin(c, address)));
	size_t n = strlen(url);

	while (n > 0 && url[n - 1] == '/')
		url[--n] = '\0';
	c->settings.mtls_url = str_from(url);
	if (n == 0 || is_origin(str_from(url), STR("https://")))
		return true;
	snprintf(problem, 256, "mtls_url '%.100s' is not an https origin", url);
	return false;
}

bool config_load_master_key(const struct config *c, char problem[256])
{
	return master_key_load(c->vault_key_file, c->vault_key_file_old, problem);
}

void config_free(struct config *c)
{
	arena_release(&c->texts);
}

void config_help(void)
{
	printf("Settings (--name value, LLAVERO_NAME=value, or 'name = value' in --config "
	       "FILE):\n");
	for (size_t i = 0; i < OPTIONS; i++)
		printf("  --%-26s %s%s%s%s\n", options[i].name, options[i].help,
			*options[i].fallback ? " [" : "", options[i].fallback,
			*options[i].fallback ? "]" : "");
}
