/* What is kept of a request besides its columns in the log, as one JSON object. */
#ifndef LLAVERO_EXPLAIN_DETAIL_H
#define LLAVERO_EXPLAIN_DETAIL_H

#include "base/buf.h"
#include "core/error.h"

enum { DETAIL_FACTS = 16 };

/* What a request was like: names and values of core/evidence.def. */
struct facts {
	struct evidence v[DETAIL_FACTS];
	size_t n;
};

/* Adds a fact; what does not fit any more is left out. An absent value is left out too. */
void facts_add(struct facts *f, enum evidence_name name, struct str value);
void facts_add_number(struct facts *f, struct arena *a, enum evidence_name name, int64_t number);
/* A fact's value, or STR_NONE. */
struct str facts_get(const struct facts *f, enum evidence_name name);

struct detail {
	struct str expected, received; /* STR_NONE: nothing to compare */
	struct facts evidence, facts;
	struct str flow; /* "redeem_code"; STR_NONE: not a flow of steps */
	int64_t passed;  /* how many of its steps */
};

void detail_write(struct buf *b, const struct detail *d);
/* Reads what detail_write wrote; unknown names are passed over. False when it is no JSON object. */
bool detail_read(struct arena *a, struct str json, struct detail *out);

#endif
