#include <stdio.h>
#include <string.h>

#include "command/command.h"

static void print_flag(FILE *out, const struct flag *f)
{
	char text[64];

	snprintf(text, sizeof text, "--%s%s%s", f->name, f->value ? " " : "",
		f->value ? f->value : "");
	fprintf(out, "  %-28s %s%s%s\n", text, f->help, f->required ? " (required)" : "",
		f->kind == FLAG_LIST ? " (may be repeated)" : "");
}

void help_command(FILE *out, const struct command *c)
{
	fprintf(out, "Usage: llavero %s%s%s", c->name, *c->operands ? " " : "", c->operands);
	for (const struct flag *f = c->flags; f->name; f++)
		if (f->required)
			fprintf(out, " --%s%s%s", f->name, f->value ? " " : "",
				f->value ? f->value : "");
	fprintf(out, "%s%s\n\n%s\n", c->flags->name ? " [flags]" : "",
		c->needs != NEEDS_NOTHING ? " [settings]" : "", c->summary);
	if (c->detail)
		fprintf(out, "%s\n", c->detail);
	if (c->flags->name)
		fprintf(out, "\nFlags:\n");
	for (const struct flag *f = c->flags; f->name; f++)
		print_flag(out, f);
	if (c->needs == NEEDS_STORE)
		fprintf(out, "\nSettings that say where the data is:\n"
			     "  --data DIR                   the server's folder [llavero-data]\n"
			     "  --database URL               the database, if it is elsewhere\n"
			     "  --config FILE                a file of settings\n");
	if (c->needs != NEEDS_NOTHING)
		fprintf(out, "\nAll settings: llavero settings\n");
}

/* Is `name` the command `words`, or one of the group `words`? */
static bool is_of(struct str name, struct str words)
{
	return words.n == 0 ||
	       (str_starts(name, words) && (name.n == words.n || name.p[words.n] == ' '));
}

void help_overview(FILE *out, struct str words)
{
	char usage[96];

	fprintf(out, "Usage: llavero %.*s%sCOMMAND [flags] [settings]\n\nCommands:\n",
		STR_ARG(words), words.n ? " " : "");
	for (const struct command *c = commands; c->name; c++) {
		if (!is_of(str_from(c->name), words))
			continue;
		snprintf(usage, sizeof usage, "%s%s%s", c->name, *c->operands ? " " : "",
			c->operands);
		fprintf(out, "  %-38s %s\n", usage, c->summary);
	}
	fprintf(out, "\n'llavero COMMAND --help' explains one of them.\n");
}
