#include "command/fields.h"

#include <string.h>

#include "base/limits.h"
#include "core/account.h"

/* "'VALUE' cannot be WHAT: WHY". `limits` and `form` say what would be good. */
static bool is_good(enum field_fault fault, struct str value, const char *what, int least, int most,
	const char *form)
{
	const int shown = value.n > 100 ? 100 : (int)value.n;
	const char *text = value.n ? value.p : "", *more = value.n > 100 ? "..." : "";

	switch (fault) {
	case FIELD_OK:
		break;
	case FIELD_MISSING:
		say_failure("%s cannot be empty", what);
		break;
	case FIELD_TOO_SHORT:
		say_failure("'%.*s%s' cannot be %s: it must have at least %d characters", shown,
			text, more, what, least);
		break;
	case FIELD_TOO_LONG:
		say_failure("'%.*s%s' cannot be %s: it may have at most %d characters", shown, text,
			more, what, most);
		break;
	case FIELD_BAD_FORM:
		say_failure("'%.*s%s' cannot be %s: %s", shown, text, more, what, form);
		break;
	case FIELD_RESERVED:
		say_failure("'%.*s%s' cannot be %s: the server uses this word itself", shown, text,
			more, what);
		break;
	}
	return fault == FIELD_OK;
}

bool check_login(struct str login)
{
	return is_good(login_check(login), login, "a login", 1, LIMIT_LOGIN,
		"it must be letters, digits and single hyphens inside");
}

bool check_email(struct str email)
{
	return is_good(email_check(email), email, "an e-mail address", 1, LIMIT_EMAIL,
		"it must have the form name@host.example");
}

bool check_display_name(struct str name)
{
	return is_good(app_name_check(name), name, "a name", 1, LIMIT_APP_NAME,
		"it must be UTF-8 text without control or invisible characters");
}

/* The password itself is never shown. */
bool check_password(struct str password, struct str login, struct str email)
{
	switch (password_check(password, login, email)) {
	case FIELD_OK:
		return true;
	case FIELD_MISSING:
		say_failure("there is no password on standard input");
		break;
	case FIELD_TOO_SHORT:
		say_failure("the password must have at least %d bytes", LIMIT_PASSWORD_MIN);
		break;
	case FIELD_TOO_LONG:
		say_failure("the password may have at most %d bytes", LIMIT_PASSWORD_MAX);
		break;
	case FIELD_BAD_FORM:
	case FIELD_RESERVED:
		say_failure("the password must be UTF-8 text, and not the login or the e-mail "
			    "address");
		break;
	}
	return false;
}

bool check_app_name(struct str name)
{
	return is_good(app_name_check(name), name, "an app's name", 1, LIMIT_APP_NAME,
		"it must be UTF-8 text without control or invisible characters");
}

bool check_homepage(struct str url)
{
	return is_good(homepage_check(url), url, "a homepage", 1, LIMIT_APP_URL,
		"it must be an http or https URL");
}

static enum field_fault description_check(struct str text)
{
	if (text.n > LIMIT_APP_DESCRIPTION)
		return FIELD_TOO_LONG;
	if (!str_is_utf8(text))
		return FIELD_BAD_FORM;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F)
			return FIELD_BAD_FORM;
	}
	return FIELD_OK;
}

bool check_description(struct str text)
{
	return is_good(description_check(text), text, "a description", 0, LIMIT_APP_DESCRIPTION,
		"it must be UTF-8 text without control characters");
}

static bool check_callback(const struct callback *callbacks, size_t n, struct str uri)
{
	struct redirect_uri parsed;
	enum redirect_uri_fault fault = redirect_uri_parse(uri, &parsed);

	if (fault != REDIRECT_URI_OK) {
		say_failure("'%.*s' cannot be a callback URL: %s", STR_ARG(uri),
			redirect_uri_fault_text(fault));
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (str_eq(callbacks[i].uri, uri)) {
			say_failure("the callback URL '%.*s' is given twice", STR_ARG(uri));
			return false;
		}
	}
	return true;
}

bool read_callbacks(const struct args *args, struct callback *out, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < args->given_n; i++) {
		bool wildcard = strcmp(args->given[i].name, "wildcard-callback") == 0;
		struct str uri = args->given[i].value;

		if (!wildcard && strcmp(args->given[i].name, "callback") != 0)
			continue;
		if (*n == LIMIT_CALLBACKS) {
			say_failure("an app has at most %d callback URLs; '%.*s' is one too many",
				LIMIT_CALLBACKS, STR_ARG(uri));
			return false;
		}
		if (!check_callback(out, *n, uri))
			return false;
		out[(*n)++] = (struct callback){uri, wildcard ? REDIRECT_WILDCARD : REDIRECT_EXACT};
	}
	return true;
}
