#include "command/conformance.h"

#include "command/print.h"
#include "conformance/requirements.h"

enum { TESTS_MOST = 128, TESTS_SHOWN = 3 };

const struct flag conformance_flags[] = {
	{"profile", FLAG_TEXT, false, "PROFILE", "for apps of github, standard or strict [github]"},
	{"spec", FLAG_TEXT, false, "NAME", "one specification only, such as \"RFC 9126\" or 9126"},
	{"check", FLAG_SWITCH, false, NULL, "fail when a MUST is relaxed"}, FLAG_JSON, FLAG_END};

struct tally {
	size_t n[2][HOLDINGS]; /* of sentences that bind, and of the others */
};

struct report {
	struct call *call;
	struct deployment deployment;
	bool one; /* only the specification `spec` */
	enum spec spec;
	struct tally tallies[SPECS];
	json_t *rows;
};

/* What `serve` finds out when it listens. */
static bool read_addresses(struct config *c)
{
	char problem[256];

	if (config_set_mtls(c, *c->mtls_listen ? c->mtls_listen : NULL, problem))
		return true;
	say_failure("%s", problem);
	return false;
}

static int read_flags(struct call *call, struct report *r)
{
	struct str profile = args_text(&call->args, "profile");
	struct str spec = args_text(&call->args, "spec");

	if (str_is_set(profile) && !profile_find(profile, &r->deployment.profile))
		return say_misuse(call, "--profile must be github, standard or strict");
	r->one = str_is_set(spec);
	if (r->one && !spec_find(spec, &r->spec))
		return say_misuse(
			call, "nothing is known of the specification '%.*s'", STR_ARG(spec));
	return EXIT_DONE;
}

static json_t *row_json(const struct requirement *row, const struct verdict *v)
{
	const char *tests[TESTS_MOST];
	size_t n = requirement_tests(row, tests, TESTS_MOST);
	json_t *names = json_array();

	for (size_t i = 0; i < n && i < TESTS_MOST; i++)
		json_array_append_new(names, json_string(tests[i]));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:o, s:s?}", "id", row->id,
		"level", level_word(row->level), "specification", spec_name(row->spec), "section",
		row->section, "requirement", row->text, "verdict", holding_word(v->holding),
		"setting", v->setting, "reason", v->why, "tests", names, "untested",
		requirement_untested(row));
}

static void print_tests(const struct requirement *row)
{
	const char *tests[TESTS_SHOWN];
	size_t n = requirement_tests(row, tests, TESTS_SHOWN);
	const char *why = requirement_untested(row);

	for (size_t i = 0; i < n && i < TESTS_SHOWN; i++)
		print_line("          test: %s", tests[i]);
	if (n > TESTS_SHOWN)
		print_line("          and %zu more", n - TESTS_SHOWN);
	if (why)
		print_line("          no test: %s", why);
}

static void print_row(const struct requirement *row, const struct verdict *v)
{
	print_line("%-8s  %-10s  %-11s  %s (%s)", row->id, level_word(row->level),
		holding_word(v->holding), row->text, row->section);
	if (v->why)
		print_line("          %s%s%s", v->setting ? v->setting : "", v->setting ? ": " : "",
			v->why);
	print_tests(row);
}

static void judge(struct report *r, const struct requirement *row)
{
	struct verdict v = requirement_judge(row, &r->deployment);

	r->tallies[row->spec].n[level_binds(row->level) ? 0 : 1][v.holding]++;
	if (r->call->json)
		json_array_append_new(r->rows, row_json(row, &v));
	else
		print_row(row, &v);
}

static void judge_all(struct report *r)
{
	const struct requirement *rows;
	size_t n = requirements_all(&rows);
	int spec = -1;

	for (size_t i = 0; i < n; i++) {
		if (r->one && rows[i].spec != r->spec)
			continue;
		if (!r->call->json && spec != (int)rows[i].spec)
			print_line("%s%s: %s\n", spec < 0 ? "" : "\n", spec_name(rows[i].spec),
				spec_title(rows[i].spec));
		spec = (int)rows[i].spec;
		judge(r, &rows[i]);
	}
}

static json_t *counts_json(const size_t n[HOLDINGS])
{
	return json_pack("{s:I, s:I, s:I}", "holds", (json_int_t)n[REQUIREMENT_HOLDS], "relaxed",
		(json_int_t)n[REQUIREMENT_RELAXED], "not_offered",
		(json_int_t)n[REQUIREMENT_NOT_OFFERED]);
}

static void print_summary(const struct report *r)
{
	print_line("\n%-26s  %-26s  %s", "", "MUST", "SHOULD");
	print_line(
		"%-26s  %-26s  %s", "", "holds relaxed not offered", "holds relaxed not offered");
	for (int s = 0; s < SPECS; s++) {
		const size_t *must = r->tallies[s].n[0], *other = r->tallies[s].n[1];

		if (r->one && s != (int)r->spec)
			continue;
		print_line("%-26s  %5zu %7zu %11zu   %5zu %7zu %11zu", spec_name((enum spec)s),
			must[REQUIREMENT_HOLDS], must[REQUIREMENT_RELAXED],
			must[REQUIREMENT_NOT_OFFERED], other[REQUIREMENT_HOLDS],
			other[REQUIREMENT_RELAXED], other[REQUIREMENT_NOT_OFFERED]);
	}
}

static void print_report_json(struct report *r)
{
	json_t *summary = json_array();

	for (int s = 0; s < SPECS; s++)
		if (!r->one || s == (int)r->spec)
			json_array_append_new(summary,
				json_pack("{s:s, s:s, s:o, s:o}", "specification",
					spec_name((enum spec)s), "title", spec_title((enum spec)s),
					"must", counts_json(r->tallies[s].n[0]), "should",
					counts_json(r->tallies[s].n[1])));
	print_json(json_pack("{s:o, s:s, s:o, s:o}", "issuer",
		json_of(&r->call->arena, r->deployment.settings->base_url), "profile",
		profile_word(r->deployment.profile), "requirements", r->rows, "summary", summary));
}

static size_t musts_relaxed(const struct report *r)
{
	size_t n = 0;

	for (int s = 0; s < SPECS; s++)
		n += r->tallies[s].n[0][REQUIREMENT_RELAXED];
	return n;
}

int conformance_command(struct call *call)
{
	struct config *c = &call->config;
	struct report *r = ARENA_NEW(&call->arena, struct report);
	int status;

	*r = (struct report){.call = call,
		.deployment = {.settings = &c->settings,
			.profile = PROFILE_GITHUB,
			.speaks_tls = *c->tls_certificate != '\0',
			.trusts_client_chains = *c->tls_client_ca != '\0'}};
	status = read_flags(call, r);
	if (status != EXIT_DONE)
		return status;
	if (!read_addresses(c))
		return EXIT_FAILED;
	if (call->json)
		r->rows = json_array();
	else
		print_line("%.*s, for apps of the profile %s\n", STR_ARG(c->settings.base_url),
			profile_word(r->deployment.profile));
	judge_all(r);
	if (call->json)
		print_report_json(r);
	else
		print_summary(r);
	if (!args_has(&call->args, "check") || musts_relaxed(r) == 0)
		return EXIT_DONE;
	return say_failure(musts_relaxed(r) == 1 ? "%zu sentence with MUST is relaxed"
						 : "%zu sentences with MUST are relaxed",
		musts_relaxed(r));
}
