/* What the specifications ask of this server, and how much of it holds as it is configured. The
 * rows are in conformance/requirements.def, what they depend on in conditions.c. */
#ifndef LLAVERO_CONFORMANCE_REQUIREMENTS_H
#define LLAVERO_CONFORMANCE_REQUIREMENTS_H

#include "core/profile.h"
#include "flow/settings.h"

enum spec {
#define SPEC(id, name, title) SPEC_##id,
#define HOLDS(row, spec, level, section, text)
#define WHEN(row, spec, level, section, condition, text)
#define NOT_OFFERED(row, spec, level, section, why, text)
#define UNTESTED(row, why)
#include "conformance/requirements.def"
	SPECS
};
#undef SPEC
#undef HOLDS
#undef WHEN
#undef NOT_OFFERED
#undef UNTESTED

enum level { LEVEL_MUST, LEVEL_MUST_NOT, LEVEL_SHOULD, LEVEL_SHOULD_NOT, LEVEL_OPTIONAL, LEVELS };

/* What is judged: a server by its settings, for apps of a profile. */
struct deployment {
	const struct settings *settings;
	enum profile profile;
	bool speaks_tls;           /* by itself; a proxy may do so before it */
	bool trusts_client_chains; /* tls_client_ca names authorities */
};

enum holding { REQUIREMENT_HOLDS, REQUIREMENT_RELAXED, REQUIREMENT_NOT_OFFERED, HOLDINGS };

struct verdict {
	enum holding holding;
	const char
		*setting; /* what to change so that it holds: a setting, or "profile"; else NULL */
	const char *why;  /* NULL when it holds */
};

struct requirement {
	const char *id; /* "9126-04" */
	enum spec spec;
	enum level level;
	const char *section, *text;
	struct verdict (*judge)(const struct deployment *d); /* NULL: the same always */
	const char *not_offered; /* why this part is left out, or NULL */
};

/* All, in the order of the table, each specification's together; returns how many. */
size_t requirements_all(const struct requirement **rows);
/* Does it hold there? */
struct verdict requirement_judge(const struct requirement *r, const struct deployment *d);
/* The names of the tests that carry it: fills `tests` with `most` at most, returns how many there
 * are. */
size_t requirement_tests(const struct requirement *r, const char **tests, size_t most);

/* Why no test carries it; NULL where no reason is written down. */
const char *requirement_untested(const struct requirement *r);

/* "RFC 9126"; and its title. */
const char *spec_name(enum spec s);
const char *spec_title(enum spec s);
/* Finds "RFC 9126", "9126" or "FAPI 2.0", in any case. */
bool spec_find(struct str word, enum spec *out);
/* "MUST NOT" */
const char *level_word(enum level l);
/* Is it one that a server has to keep to? */
bool level_binds(enum level l);
/* "holds", "relaxed", "not offered" */
const char *holding_word(enum holding h);

#endif
