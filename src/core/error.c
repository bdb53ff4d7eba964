#include "core/error.h"

#define WIRE(id, ...) [WIRE_##id] = {__VA_ARGS__},
#define CAUSE(id, wire)
static const struct wire_row wire_rows[] = {
#include "core/errors.def"
};
#undef WIRE
#undef CAUSE

#define WIRE(id, ...)
#define CAUSE(id, wire) [CAUSE_##id] = {#id, WIRE_##wire},
static const struct {
	const char *name;
	enum wire_error wire;
} causes[] = {
	/* Nobody words a success; asking anyway must not look like one. */
	[CAUSE_NONE] = {"NONE", WIRE_SERVER_ERROR},
#include "core/errors.def"
};
#undef WIRE
#undef CAUSE

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
