/* A flow as the log saw it: who sent what, in order; and what was different the last time that it
 * went well. */
#ifndef LLAVERO_EXPLAIN_SEQUENCE_H
#define LLAVERO_EXPLAIN_SEQUENCE_H

#include "explain/explanation.h"

enum {
	SEQUENCE_STEPS = 40,
	SEQUENCE_FLOWS = 20,
	SEQUENCE_LISTED = 8, /* steps of each in a list */
	SEQUENCE_DIFFERENCES = 8
};

/* Who talks to the server. */
enum sequence_party { PARTY_BROWSER, PARTY_APP, PARTY_DEVICE };

struct sequence_difference {
	struct str label, here, there; /* there: the last time it went well; in words */
};

struct sequence_step {
	struct explanation e;
	enum sequence_party from;
	struct sequence_difference differences[SEQUENCE_DIFFERENCES];
	size_t differences_n;
};

struct sequence {
	uint64_t flow_id; /* 0: a single request that belongs to no flow */
	struct sequence_step *steps;
	size_t n;
	bool refused;           /* some step was */
	bool went_well;         /* it came to a token */
	uint64_t compared_to;   /* the flow that went well; 0: there is none to compare with */
	size_t first_different; /* index of the first step that differs; n: none does */
};

/* Which app's log, in which language. */
struct sequence_of {
	struct store *store;
	struct arena *arena;
	enum lang lang;
	int64_t app_id;
};

/* The flow of that id; DB_NONE when the log has nothing of it, or it is of another app. */
enum db_status sequence_read(const struct sequence_of *of, uint64_t flow_id, struct sequence *out);
/* A request that belongs to no flow, compared all the same. */
enum db_status sequence_of_entry(
	const struct sequence_of *of, const struct log_entry *entry, struct sequence *out);
/* The newest flows, newest first, at most SEQUENCE_FLOWS, of each the last steps, at most
 * SEQUENCE_LISTED; requests of no flow count as one each. */
enum db_status sequence_list(const struct sequence_of *of, struct sequence **out, size_t *n);

#endif
