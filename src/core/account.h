/* What a login, an e-mail address, a password and an app's fields may be. */
#ifndef LLAVERO_CORE_ACCOUNT_H
#define LLAVERO_CORE_ACCOUNT_H

#include "base/str.h"

enum field_fault {
	FIELD_OK,
	FIELD_MISSING,
	FIELD_TOO_SHORT,
	FIELD_TOO_LONG,
	FIELD_BAD_FORM, /* characters or structure */
	FIELD_RESERVED, /* a login that would collide with our own paths */
};

/* 1 to LIMIT_LOGIN of [A-Za-z0-9-], no leading, trailing or doubled hyphen, not reserved. */
enum field_fault login_check(struct str login);
/* One '@', a non-empty local part without spaces, control bytes or quotes, a host name with a
 * dot or the word localhost; at most LIMIT_EMAIL bytes of printable ASCII. */
enum field_fault email_check(struct str email);
/* LIMIT_PASSWORD_MIN to LIMIT_PASSWORD_MAX bytes of UTF-8; not the login or the address itself,
 * in any case of letters. */
enum field_fault password_check(struct str password, struct str login, struct str email);
/* An app's name: 1 to LIMIT_APP_NAME characters of UTF-8 with no control, direction-changing or
 * zero-width characters. FIELD_MISSING when it is only blanks. */
enum field_fault app_name_check(struct str name);
/* An http or https URL of at most LIMIT_APP_URL bytes of printable ASCII, its host and port as
 * core/redirect_uri.h reads them, without user-info; path, query and fragment are free. */
enum field_fault homepage_check(struct str url);

#endif
