#include "core/profile.h"

static const char *const profiles[] = {
	[PROFILE_GITHUB] = "github",
	[PROFILE_STANDARD] = "standard",
	[PROFILE_STRICT] = "strict",
};

static const char *const methods[] = {
	[AUTH_SECRET] = "client_secret_basic",
	[AUTH_NONE] = "none",
	[AUTH_PRIVATE_KEY_JWT] = "private_key_jwt",
	[AUTH_CLIENT_SECRET_JWT] = "client_secret_jwt",
	[AUTH_TLS] = "tls_client_auth",
	[AUTH_SELF_SIGNED_TLS] = "self_signed_tls_client_auth",
};

static const char *const origins[] = {
	[APP_BY_PERSON] = "person",
	[APP_BY_REGISTRATION] = "registration",
	[APP_BY_DOCUMENT] = "document",
};

const char *app_origin_word(enum app_origin o)
{
	return origins[o];
}

bool app_origin_find(struct str word, enum app_origin *out)
{
	for (int i = 0; i < APP_ORIGINS; i++) {
		if (!str_eq_c(word, origins[i]))
			continue;
		*out = (enum app_origin)i;
		return true;
	}
	return false;
}

const char *profile_word(enum profile p)
{
	return profiles[p];
}

bool profile_find(struct str word, enum profile *out)
{
	for (int i = 0; i < PROFILES; i++) {
		if (!str_eq_c(word, profiles[i]))
			continue;
		*out = (enum profile)i;
		return true;
	}
	return false;
}

const char *auth_method_word(enum auth_method m)
{
	return methods[m];
}

bool auth_method_find(struct str word, enum auth_method *out)
{
	if (str_eq_c(word, "client_secret_post")) {
		*out = AUTH_SECRET;
		return true;
	}
	for (int i = 0; i < AUTH_METHODS; i++) {
		if (!str_eq_c(word, methods[i]))
			continue;
		*out = (enum auth_method)i;
		return true;
	}
	return false;
}
