/* The registered claims of RFC 7519 4.1, held against what a place expects. Types are strict:
 * a NumericDate is a whole number in JSON, not text, and not below 0 or above 2^53.
 *
 * Clocks (assurance 7523-04, F2-07): iat and nbf may be JWT_AHEAD_S ahead of ours without any
 * doubt, and are refused from more than JWT_AHEAD_MAX_S ahead. Between these they are taken: a
 * clock that is off by half a minute is common, and refusing it protects nobody who is protected
 * by jti and exp. exp has JWT_AHEAD_S of grace. */
#ifndef LLAVERO_CORE_JWT_CLAIMS_H
#define LLAVERO_CORE_JWT_CLAIMS_H

#include "base/arena.h"
#include "base/json_body.h"

enum { JWT_AHEAD_S = 10, JWT_AHEAD_MAX_S = 60 };

struct jwt_expect {
	int64_t now;
	/* STR_NONE: any text, and none */
	struct str iss, sub;
	struct str aud;       /* STR_NONE: not looked at */
	bool aud_may_be_list; /* else a single text only (7523-02, A054) */
	bool need_exp, need_iat, need_nbf, need_jti;
	int64_t lifetime_max; /* how far exp may be ahead of now; 0: any */
	bool expired_is_fine; /* id_token_hint */
};

/* What they were; STR_NONE and 0 for what is not there. */
struct jwt_claims {
	struct str iss, sub, jti;
	int64_t exp, nbf, iat;
};

enum claim_fault {
	CLAIM_GOOD,
	CLAIM_MISSING,
	CLAIM_TYPE,  /* another JSON type, or a number out of range */
	CLAIM_OTHER, /* not the expected value */
	CLAIM_EXPIRED,
	CLAIM_EARLY,    /* nbf, iat: too far ahead */
	CLAIM_TOO_FAR,  /* exp: beyond lifetime_max */
	CLAIM_TOO_LONG, /* jti: empty, or longer than LIMIT_JTI */
};

struct jwt_verdict {
	enum claim_fault fault;
	const char *claim;             /* its name; "" when all is well */
	struct str expected, received; /* evidence for who has to mend it */
};

/* "expired" and such. */
const char *claim_fault_word(enum claim_fault f);
/* True when all is well; `claims` and `v` (neither NULL) are filled in any case. Checks in the
 * order iss, sub, aud, exp, nbf, iat, jti. */
bool jwt_claims_check(struct arena *a, const struct json_body *payload, const struct jwt_expect *e,
	struct jwt_claims *claims, struct jwt_verdict *v);

#endif
