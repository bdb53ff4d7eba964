#include "core/error.h"

#define WIRE(id, ...) [WIRE_##id] = {__VA_ARGS__},
#define CAUSE(id, wire, evidence)
static const struct wire_row wire_rows[] = {
#include "core/errors.def"
};
#undef WIRE
#undef CAUSE

#define WIRE(id, ...)
#define CAUSE(id, wire, evidence) [CAUSE_##id] = {#id, WIRE_##wire, evidence},
static const struct {
	const char *name;
	enum wire_error wire;
	const char *evidence;
} causes[] = {
	/* Nobody words a success; asking anyway must not look like one. */
	[CAUSE_NONE] = {"NONE", WIRE_SERVER_ERROR, ""},
#include "core/errors.def"
};
#undef WIRE
#undef CAUSE

#define EVIDENCE(name, kind) [EVIDENCE_##name] = {#name, EVIDENCE_##kind},
static const struct {
	const char *name;
	enum evidence_kind kind;
} evidence_rows[] = {
#include "core/evidence.def"
};
#undef EVIDENCE

const struct wire_row *wire_row(enum wire_error w)
{
	return &wire_rows[w];
}

enum wire_error cause_wire(enum cause c)
{
	return causes[c].wire;
}

const char *cause_name(enum cause c)
{
	return causes[c].name;
}

enum cause cause_find(struct str name)
{
	for (int c = CAUSE_NONE + 1; c < CAUSES; c++)
		if (str_eq_c(name, causes[c].name))
			return (enum cause)c;
	return CAUSE_NONE;
}

const char *cause_evidence(enum cause c)
{
	return causes[c].evidence;
}

const char *evidence_name(enum evidence_name n)
{
	return evidence_rows[n].name;
}

enum evidence_kind evidence_kind(enum evidence_name n)
{
	return evidence_rows[n].kind;
}

bool evidence_find(struct str name, enum evidence_name *out)
{
	for (int n = 0; n < EVIDENCE_NAMES; n++) {
		if (!str_eq_c(name, evidence_rows[n].name))
			continue;
		*out = (enum evidence_name)n;
		return true;
	}
	return false;
}

void refusal_add(struct refusal *r, enum evidence_name name, struct str value)
{
	if (r->evidence_n < REFUSAL_EVIDENCE && str_is_set(value))
		r->evidence[r->evidence_n++] = (struct evidence){name, value};
}

struct str refusal_evidence(const struct refusal *r, enum evidence_name name)
{
	for (size_t i = 0; i < r->evidence_n; i++)
		if (r->evidence[i].name == name)
			return r->evidence[i].value;
	return STR_NONE;
}

void refusal_add_number(struct refusal *r, struct arena *a, enum evidence_name name, int64_t number)
{
	refusal_add(r, name, str_printf(a, "%lld", (long long)number));
}
