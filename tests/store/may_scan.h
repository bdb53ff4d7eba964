/* Statements that may read a whole table or index, each for a reason. */
#ifndef LLAVERO_TESTS_MAY_SCAN_H
#define LLAVERO_TESTS_MAY_SCAN_H

#include "store/db.h"

static const enum stmt may_scan[] = {
	STMT_CODE_PURGE,           /* the oldest ids: stops at the LIMIT */
	STMT_THROTTLE_PURGE,       /* housekeeping, a small table */
	STMT_DEMO_FLOW_PURGE,      /* housekeeping, a small table */
	STMT_LOG_COUNT,            /* housekeeping: the log is bounded */
	STMT_LOG_SIZES,            /* housekeeping, over an index of it */
	STMT_LOG_PURGE,            /* housekeeping, over an index of it */
	STMT_THROTTLE_CLEAR_ALL,   /* when a rehearsal's clock is set back */
	STMT_APP_UNVERIFIED_COUNT, /* an index of those alone, to its LIMIT */
	STMT_FENCE_CODES, STMT_FENCE_PUSHED, STMT_FENCE_DEVICES, /* when a back-up is restored */
	STMT_FENCE_STEPS, STMT_FENCE_IDS, STMT_FENCE_TOKENS, STMT_FENCE_SESSIONS, /* the same */
	STMT_CLOCK_BACK_CODE, STMT_CLOCK_BACK_TOKEN,     /* when a clock is set back */
	STMT_CLOCK_BACK_SESSION, STMT_CLOCK_BACK_DEVICE, /* the same */
	STMT_CLOCK_BACK_PUSHED, STMT_CLOCK_BACK_FAMILY,  /* the same */
	STMT_CLOCK_BACK_THROTTLE, STMT_CLOCK_BACK_DOCUMENT, STMT_CLOCK_BACK_LOGOUT, /* the same */
	STMT_CLOCK_BACK_REGISTRATION, STMT_CLOCK_BACK_KEY,                          /* the same */
	STMT_LOG_PURGE_OLDEST, STMT_REFUSAL_COUNT_PURGE, /* housekeeping, a small table */
};

static inline bool is_excused(enum stmt s)
{
	for (size_t i = 0; i < sizeof may_scan / sizeof may_scan[0]; i++)
		if (may_scan[i] == s)
			return true;
	return false;
}

#endif
