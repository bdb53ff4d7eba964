/* Claims about a person (OpenID Connect Core 5.1), which scopes mean which of them (5.4), and the
 * `claims` parameter, which names them one by one (5.5). */
#ifndef LLAVERO_CORE_OPENID_CLAIMS_H
#define LLAVERO_CORE_OPENID_CLAIMS_H

#include "base/arena.h"
#include "base/str.h"

/* Those that an account has. */
enum openid_claim {
	OPENID_NAME,
	OPENID_PREFERRED_USERNAME,
	OPENID_PROFILE,
	OPENID_PICTURE,
	OPENID_UPDATED_AT,
	OPENID_EMAIL,
	OPENID_EMAIL_VERIFIED,
	OPENID_CLAIMS,
};

enum { OPENID_ACRS = 4 };

struct claims_request {
	unsigned userinfo, id_token; /* bits: 1 << enum openid_claim */
	struct str sub;              /* STR_NONE: of whoever it is */
	bool acr_essential;          /* 5.5.1.1: without one of these the request fails */
	struct str acrs[OPENID_ACRS];
	size_t acrs_n;
};

const char *openid_claim_name(enum openid_claim claim);
/* Bits of what scope "profile", and scope "email", means. */
unsigned openid_claims_of_scope(bool profile, bool email);
/* Reads the parameter; STR_NONE asks for nothing. Claims that nobody knows are passed over. False
 * when it is no JSON object of JSON objects. */
bool claims_request_read(struct arena *a, struct str json, struct claims_request *out);

#endif
