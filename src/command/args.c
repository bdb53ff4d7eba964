#include "command/args.h"

#include <stdio.h>
#include <string.h>

enum { PROBLEM = 256, KEY_ID_LEN = 43 };

static const struct flag *find(const struct flag *table, struct str name)
{
	for (; table->name; table++)
		if (str_eq_c(name, table->name))
			return table;
	return NULL;
}

static bool note(struct args *a, const struct flag *f, struct str value, char *problem)
{
	if (f->kind != FLAG_LIST && args_has(a, f->name)) {
		snprintf(problem, PROBLEM, "'--%s' is given twice", f->name);
		return false;
	}
	if (a->given_n == ARGS_GIVEN) {
		snprintf(problem, PROBLEM, "there are more than %d flags", ARGS_GIVEN);
		return false;
	}
	a->given[a->given_n].name = f->name;
	a->given[a->given_n++].value = value;
	return true;
}

/* Reads the flag at argv[i]; how many words it took, 0 when it is not in the table, -1 when it
 * cannot be understood. */
static int take_flag(
	struct args *a, const struct flag *table, int argc, char **argv, int i, char *problem)
{
	struct str text = str_from(argv[i]);

	if (!str_starts(text, STR("--")))
		return 0;
	text = str_slice(text, 2, text.n);
	size_t equals = str_find(text, '=');
	const struct flag *f = find(table, str_slice(text, 0, equals));

	if (!f)
		return 0;
	if (f->kind == FLAG_SWITCH) {
		if (equals == text.n)
			return note(a, f, STR_NONE, problem) ? 1 : -1;
		snprintf(problem, PROBLEM, "'--%s' takes no value", f->name);
		return -1;
	}
	if (equals < text.n)
		return note(a, f, str_slice(text, equals + 1, text.n), problem) ? 1 : -1;
	if (i + 1 < argc && strncmp(argv[i + 1], "--", 2) != 0)
		return note(a, f, str_from(argv[i + 1]), problem) ? 2 : -1;
	snprintf(problem, PROBLEM, "'--%s' needs a value: --%s %s", f->name, f->name, f->value);
	return -1;
}

bool args_take_flags(
	struct args *a, const struct flag *table, int *argc, char **argv, char problem[256])
{
	int kept = 0;

	*a = (struct args){0};
	for (int i = 0; i < *argc;) {
		if (strcmp(argv[i], "--") == 0) {
			a->late = &argv[i + 1];
			a->late_n = (size_t)(*argc - i - 1);
			break;
		}
		int took = take_flag(a, table, *argc, argv, i, problem);

		if (took < 0)
			return false;
		if (took == 0)
			argv[kept++] = argv[i++];
		i += took;
	}
	*argc = kept;
	return true;
}

static bool add_word(struct args *a, const char *word, size_t most, char *problem)
{
	if (a->words_n == most || a->words_n == ARGS_WORDS) {
		snprintf(problem, PROBLEM, "'%.100s' is a word too many", word);
		return false;
	}
	a->words[a->words_n++] = str_from(word);
	return true;
}

/* One key in 64 has an id that begins with a hyphen: base64url of a SHA-256. No flag is like it. */
static bool is_key_id(const char *word)
{
	static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					"0123456789-_";

	return strlen(word) == KEY_ID_LEN && strspn(word, base64url) == KEY_ID_LEN;
}

bool args_take_words(struct args *a, const char *operands, int argc, char **argv, char problem[256])
{
	struct str rest = str_has_text(str_from(operands)) ? str_from(operands) : STR_NONE;
	struct str names[ARGS_WORDS] = {{0}}, name;
	size_t least = 0, most = 0;
	bool many = false;

	for (; most < ARGS_WORDS && str_next(&rest, ' ', &name); most++) {
		names[most] = name;
		least += name.p[0] != '[';
		if (str_ends(name, STR("...]")))
			many = true;
	}
	if (many)
		most = ARGS_WORDS;
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1] != '\0' && !is_key_id(argv[i])) {
			snprintf(problem, PROBLEM, "'%.100s' is no flag of this command", argv[i]);
			return false;
		}
		if (!add_word(a, argv[i], most, problem))
			return false;
	}
	for (size_t i = 0; i < a->late_n; i++)
		if (!add_word(a, a->late[i], most, problem))
			return false;
	if (a->words_n >= least)
		return true;
	snprintf(problem, PROBLEM, "%.*s is missing", STR_ARG(names[a->words_n]));
	return false;
}

bool args_check_required(const struct args *a, const struct flag *table, char problem[256])
{
	for (; table->name; table++) {
		if (!table->required || args_has(a, table->name))
			continue;
		snprintf(problem, PROBLEM, "'--%s%s%s' is missing", table->name,
			table->value ? " " : "", table->value ? table->value : "");
		return false;
	}
	return true;
}

bool args_has(const struct args *a, const char *name)
{
	for (size_t i = 0; i < a->given_n; i++)
		if (strcmp(a->given[i].name, name) == 0)
			return true;
	return false;
}

struct str args_text(const struct args *a, const char *name)
{
	for (size_t i = 0; i < a->given_n; i++)
		if (strcmp(a->given[i].name, name) == 0)
			return a->given[i].value;
	return STR_NONE;
}
