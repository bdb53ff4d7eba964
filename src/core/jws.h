/* JSON Web Signatures in compact form (RFC 7515 3.1, 5), with the advice of RFC 8725. The header
 * is read here, strictly; the library gets a text whose every part was looked at. No header ever
 * brings its own key: jwk, jku, x5c and x5u are looked at by nobody, or refused. */
#ifndef LLAVERO_CORE_JWS_H
#define LLAVERO_CORE_JWS_H

#include "base/json_body.h"
#include "core/jwk.h"

/* What a place takes. */
struct jws_want {
	unsigned algs; /* JOSE_BIT: any other is refused, whatever the keys say (RFC 8725 3.1) */
	/* RFC 8725 3.11: values of `typ` that are taken, without "application/", ended by NULL;
	 * NULL: `typ` is not looked at */
	const char *const *typs;
	bool typ_needed;         /* with typs: a header without `typ` is refused */
	bool refuse_header_keys; /* jwk, jku, x5c, x5u: refuse, in place of passing over */
};

enum jws_verdict {
	JWS_GOOD,
	JWS_TOO_LONG,    /* LIMIT_JWS, LIMIT_JWS_HEADER */
	JWS_NOT_COMPACT, /* not three parts with two dots */
	JWS_BASE64,      /* a part is not base64url without padding, in its one spelling */
	JWS_BAD_HEADER,  /* no JSON object, a name twice, a member of a wrong type */
	JWS_UNSIGNED,    /* alg "none", however it is spelled */
	JWS_ALG,         /* an algorithm that is not taken here */
	JWS_CRIT,        /* RFC 7515 4.1.11: an extension; we understand none. b64 too */
	JWS_TYP,         /* another kind of token */
	JWS_HEADER_KEY,  /* it brings its own key */
	JWS_UNKNOWN_KID, /* no key has this kid: who can may fetch the keys again */
	JWS_NO_KEY,      /* no kid, and no key that fits */
	JWS_MANY_KEYS,   /* no kid, and more than one key that fits */
	JWS_OTHER_KEY,   /* the key with this kid is not for this algorithm */
	JWS_BAD_SIGNATURE,
	JWS_BAD_PAYLOAD, /* jws_claims: no JSON object, or a name twice */
	JWS_FAILED,      /* a failure of ours */
	JWS_VERDICTS,
};

/* What was read. Nothing of it is to be believed before jws_check or jws_verify said JWS_GOOD. */
struct jws {
	struct str text;
	enum jose_alg alg;
	struct str alg_word, kid, typ; /* STR_NONE when not there */
	struct str payload;            /* decoded */
	struct str signature;          /* decoded */
	struct json_body header;
	const struct jwk *key; /* that verified it */
};

/* A word for evidence and logs, such as "unknown_kid". */
const char *jws_verdict_word(enum jws_verdict v);

/* Reads without verifying: to learn whose it claims to be. */
enum jws_verdict jws_read(
	struct arena *a, struct str text, const struct jws_want *want, struct jws *out);
/* Verifies what was read: by the key of that kid, else by the only key that fits. */
enum jws_verdict jws_check(struct jws *j, const struct jwks *keys);
/* Both. */
enum jws_verdict jws_verify(struct arena *a, struct str text, const struct jws_want *want,
	const struct jwks *keys, struct jws *out);
/* The payload as claims. */
enum jws_verdict jws_claims(struct arena *a, const struct jws *j, struct json_body *out);
/* RFC 9449 4.2: the public key in the header, for who means to take it from there. */
enum jwk_fault jws_header_key(struct arena *a, const struct jws *j, struct jwk *out);

/* Signs `payload`: header alg, kid (if given), typ (if not NULL). `key` is private, or a secret
 * for HS256, and fits `alg`. False is a failure of ours. */
bool jws_sign(struct arena *a, const struct jwk *key, enum jose_alg alg, struct str kid,
	const char *typ, struct str payload, struct str *out);

#endif
