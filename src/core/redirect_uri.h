/* Redirect URIs: what may be registered, and which candidate matches which registration.
 * RFC 6749 3.1.2, RFC 8252 7.3 and 8.4, RFC 9700 2.1; the GitHub dialect's wildcard mode.
 *
 * One strict parser serves registration and matching: a URI that this parser and a browser could
 * read differently is refused (no user-info, back-slash, control byte, empty or dot segment, in
 * any encoding). */
#ifndef LLAVERO_CORE_REDIRECT_URI_H
#define LLAVERO_CORE_REDIRECT_URI_H

#include "base/str.h"

enum redirect_match_mode {
	/* Byte for byte, but for the port of an http loopback host, which is free. */
	REDIRECT_EXACT,
	/* GitHub's, for http and https: sub-domains of a registered name with a dot in it, and
	 * paths at or below the registered one, match too. Host without case, port after
	 * defaulting. The query must be the registered one; where none is registered it is free,
	 * but for the names that the reply adds (code, state, error, error_description, error_uri,
	 * iss). */
	REDIRECT_WILDCARD,
};

/* Why a URI is refused, most basic first. REDIRECT_URI_OK is 0. */
enum redirect_uri_fault {
	REDIRECT_URI_OK,
	REDIRECT_URI_EMPTY,
	REDIRECT_URI_TOO_LONG,   /* over LIMIT_REDIRECT_URI */
	REDIRECT_URI_BAD_BYTE,   /* a byte outside 0x21..0x7E, or one of " < > \ ^ ` { | } */
	REDIRECT_URI_BAD_ESCAPE, /* '%' without two hex digits, or an escaped control byte */
	REDIRECT_URI_NO_SCHEME,  /* relative, an ill-formed scheme, or no '/' after "scheme:" */
	REDIRECT_URI_BAD_SCHEME, /* javascript, data, vbscript, blob, file, about, intent, ... */
	REDIRECT_URI_USER_INFO,
	REDIRECT_URI_FRAGMENT,
	REDIRECT_URI_BAD_HOST, /* empty (http only), not a name, IPv4 or [IPv6] of core/host.h */
	REDIRECT_URI_BAD_PORT, /* not 1..65535 without leading zeros */
	REDIRECT_URI_BAD_PATH, /* '.', '..' or empty inner segment, or a back-slash, escaped or
				* not; ".;x" and "..;x" count as '.' and '..' */
};

/* The parts of a URI, views into its text. */
struct redirect_uri {
	struct str text;
	struct str scheme; /* as written; compare without case */
	struct str
		host; /* as written, brackets kept; STR_NONE for a private-use scheme without // */
	struct str path;  /* from the first '/'; may be empty */
	struct str query; /* after '?'; STR_NONE when there is none */
	int port;         /* as written, else 80/443 by scheme, else 0 */
	bool has_port;
	bool is_http;     /* http or https */
	bool is_loopback; /* http, and the host is 127.0.0.1, [::1] or localhost, literally */
};

/* How a candidate differs from the registration nearest to it; for explanations. */
enum redirect_difference {
	REDIRECT_SAME,
	REDIRECT_DIFFERS_SCHEME,
	REDIRECT_DIFFERS_HOST,
	REDIRECT_DIFFERS_PORT,
	REDIRECT_DIFFERS_TRAILING_SLASH,
	REDIRECT_DIFFERS_CASE,
	REDIRECT_DIFFERS_ENCODING,
	REDIRECT_DIFFERS_PATH,
	REDIRECT_DIFFERS_QUERY,
};

/* Reads `text`; on REDIRECT_URI_OK `*out` is filled with views into it. */
enum redirect_uri_fault redirect_uri_parse(struct str text, struct redirect_uri *out);
/* A short English phrase for a fault, for logs and command lines. */
const char *redirect_uri_fault_text(enum redirect_uri_fault fault);
/* Its name among the words of evidence "fault" (locales: word.fault.*). */
const char *redirect_uri_fault_word(enum redirect_uri_fault fault);
/* Does `candidate` match `registered` in `mode`? Both must have been parsed. */
bool redirect_uri_matches(const struct redirect_uri *registered, enum redirect_match_mode mode,
	const struct redirect_uri *candidate);
/* Why `candidate` does not match `registered` in `mode`: the first part, in the order of the enum,
 * that is to blame; REDIRECT_SAME when it does match. DIFFERS_CASE is the path's case or, in exact
 * mode when all else is equal, that of scheme or host. `*at` is the offset in the candidate's text
 * where that part goes apart; the text's length when the part, or the end of it, is missing. */
enum redirect_difference redirect_uri_difference(const struct redirect_uri *registered,
	enum redirect_match_mode mode, const struct redirect_uri *candidate, size_t *at);

/* FAPI 2.0 5.3.2.2: is it http, and not to the loopback interface? False for what cannot be
 * registered at all. */
bool redirect_uri_is_plain_http(struct str uri);

#endif
