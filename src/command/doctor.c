#include "command/doctor.h"

#include <stdarg.h>
#include <string.h>

const struct flag doctor_flags[] = {
	{"strict", FLAG_SWITCH, false, NULL, "fail on warnings too, not on problems only"},
	FLAG_JSON, FLAG_END};

static const char *const words[FINDINGS] = {"good", "note", "warning", "problem"};

static const struct {
	const char *name;
	void (*run)(struct checkup *);
} checks[] = {
	/* clang-format off */
	{"base_url", doctor_base_url},
	{"proxies", doctor_proxies},
	{"client certificates", doctor_client_certificates},
	{"openness", doctor_openness},
	{"passwords", doctor_passwords},
	{"environment", doctor_environment},
	{"files", doctor_files},
	{"certificate", doctor_certificate},
	{"disk", doctor_disk},
	{"descriptors", doctor_descriptors},
	{"user", doctor_user},
	{"clock", doctor_clock},
	{"database", doctor_database},
	{"server", doctor_server},
	{"the way here", doctor_way_here}, /* after `server`: is anything there to be found? */
	/* clang-format on */
};
enum { CHECKS = sizeof checks / sizeof checks[0] };

void found(struct checkup *c, enum finding how, const char *fix, const char *format, ...)
{
	char what[CALL_SAID];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	c->said++;
	c->n[how]++;
	/* A name in a setting may be anything. */
	make_safe(what, strlen(what));
	if (c->call->json) {
		json_array_append_new(
			c->findings, json_pack("{s:s, s:s, s:s, s:s?}", "check", c->name, "verdict",
					     words[how], "finding", what, "fix", fix));
		return;
	}
	print_line("%-8s %s: %s", words[how], c->name, what);
	if (fix)
		print_line("         %s", fix);
}

static void run(struct checkup *c)
{
	for (size_t i = 0; i < CHECKS; i++) {
		c->name = checks[i].name;
		c->said = 0;
		checks[i].run(c);
		if (c->said == 0)
			found(c, FINDING_GOOD, NULL, "nothing to say");
	}
}

static void print_sum(struct checkup *c)
{
	json_int_t problems = (json_int_t)c->n[FINDING_PROBLEM],
		   warnings = (json_int_t)c->n[FINDING_WARNING];

	if (c->call->json)
		print_json(json_pack("{s:I, s:I, s:o}", "problems", problems, "warnings", warnings,
			"findings", c->findings));
	else
		print_line("\nProblems: %d. Warnings: %d.", (int)problems, (int)warnings);
}

int doctor(struct call *call)
{
	struct checkup c = {.call = call, .findings = call->json ? json_array() : NULL};

	keep_log();
	run(&c);
	print_sum(&c);
	bool good = c.n[FINDING_PROBLEM] == 0 &&
		    (c.n[FINDING_WARNING] == 0 || !args_has(&call->args, "strict"));

	return good ? EXIT_DONE : EXIT_FAILED;
}
