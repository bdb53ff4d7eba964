/* An entry of the request log in the words of a language: what happened, what was right, what was
 * expected beside what came, and what to do. The texts stand in locales/<lang>.why.txt, one set for
 * each row of core/errors.def. */
#ifndef LLAVERO_EXPLAIN_EXPLANATION_H
#define LLAVERO_EXPLAIN_EXPLANATION_H

#include "explain/detail.h"
#include "gen/messages.h"
#include "store/request_log.h"

enum { EXPLANATION_STEPS = 40, EXPLANATION_PREFIX = 80 };

/* A label and a value, both in words. */
struct told {
	enum evidence_name name;
	struct str label, value;
};

struct told_list {
	struct told v[DETAIL_FACTS];
	size_t n;
};

struct explanation {
	const struct log_entry *entry;
	enum cause cause; /* CAUSE_NONE: the step went well; or it is one of a newer version */
	bool notice;      /* the request went well, and something is to be said of it */
	struct detail detail;
	struct str endpoint; /* "Access token request" */
	struct str error;    /* the code that the client saw; "" when it saw none */
	/* Sentences. For a step that went well they are "", and all but the title for a cause that
	 * is not known. `seen` is about this very request; "" when evidence is missing. */
	struct str title, seen, means, fix;
	struct str docs; /* path and anchor of its section in the documentation; "" for a step */
	/* Side by side, when there is something to compare: how many bytes they have in common
	 * before the first difference, at a character's edge. */
	bool compares;
	size_t same;
	struct told_list evidence, facts;
	/* The checks that passed, and the one that failed, in words; none when it was no flow of
	 * steps. */
	struct str passed[EXPLANATION_STEPS];
	size_t passed_n;
};

/* Words the entry. Everything lives in the arena or in the entry. False when its details cannot be
 * read (another version wrote them): what the columns tell is filled all the same. */
bool explain_entry(
	struct arena *a, enum lang lang, const struct log_entry *entry, struct explanation *out);
/* All of it as plain text of about 72 columns, for a terminal or for a bug report; `base_url` is
 * put before the documentation's path. */
struct str explanation_text(
	struct arena *a, enum lang lang, const struct explanation *e, struct str base_url);
/* The same as a JSON object (docs/dialects.md describes it). */
void explanation_json(struct buf *b, const struct explanation *e, struct str base_url);

/* Single words. */
/* The code that the client saw, as the edge that it asked words it; "" for what was no error. */
struct str told_error(struct arena *a, const struct log_entry *entry);
struct str told_value(struct arena *a, enum lang lang, enum evidence_name name, struct str value);
/* "nothing": in place of an empty text. */
struct str told_nothing(struct arena *a, enum lang lang);
struct str told_duration(struct arena *a, enum lang lang, int64_t seconds);
/* "2026-11-27 10:24:05 UTC" */
struct str told_time(struct arena *a, int64_t seconds);
/* The title of a cause. */
struct str told_cause(struct arena *a, enum lang lang, enum cause cause);
struct str told_endpoint(struct arena *a, enum lang lang, struct str endpoint);
/* How many bytes two texts have in common at their beginning, whole characters only. */
size_t told_same(struct str a, struct str b);

#endif
