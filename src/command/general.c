#include "command/general.h"

#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "docs/docs.h"

const struct flag no_flags[] = {FLAG_END};
const struct flag docs_render_flags[] = {
	{"lang", FLAG_TEXT, false, "en|es", "its language; guessed from path and text otherwise"},
	FLAG_END};

int general_serve(struct call *call)
{
	return call->serve(&call->config);
}

int general_settings(struct call *call)
{
	(void)call;
	config_help();
	return EXIT_DONE;
}

int general_version(struct call *call)
{
	(void)call;
	puts("llavero " LLAVERO_VERSION);
	return EXIT_DONE;
}

int general_overview(struct str words)
{
	help_overview(stdout, words);
	return EXIT_DONE;
}

/* "help app secret add" and "help app" as well as "help". */
int general_help(struct call *call)
{
	struct str words = STR("");
	bool is_group = call->args.words_n == 0;

	for (size_t i = 0; i < call->args.words_n; i++)
		words = str_printf(&call->arena, "%.*s%s%.*s", STR_ARG(words), i ? " " : "",
			STR_ARG(call->args.words[i]));
	for (const struct command *c = commands; c->name; c++) {
		struct str name = str_from(c->name);

		if (str_eq(name, words)) {
			help_command(stdout, c);
			return EXIT_DONE;
		}
		is_group |= str_starts(name, words) && name.p[words.n] == ' ';
	}
	if (is_group)
		return general_overview(words);
	return say_misuse(call, "'%.*s' is no command", STR_ARG(words));
}

int docs_render_page(struct call *call)
{
	struct str lang = args_text(&call->args, "lang");
	const char *file = str_c(&call->arena, call->args.words[0]);

	if (str_is_set(lang) && !str_eq_c(lang, "en") && !str_eq_c(lang, "es"))
		return say_failure("there is no documentation in the language '%.*s', only en "
				   "and es",
			STR_ARG(lang));
	return docs_render_command(
		file, str_is_set(lang) ? str_c(&call->arena, lang) : NULL, stdout, stderr);
}
