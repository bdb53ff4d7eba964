/* Whose assertions about people are believed: the issuers that an operator trusts for the JWT
 * bearer grant (RFC 7523 2.1) and as subjects of a token exchange (RFC 8693). */
#ifndef LLAVERO_STORE_ISSUER_H
#define LLAVERO_STORE_ISSUER_H

#include "core/jose.h"
#include "store/account.h"
#include "store/app.h"

/* What its "sub" is here. */
enum issuer_subject {
	SUBJECT_IS_LOGIN,
	SUBJECT_IS_EMAIL, /* a verified address of an account */
	SUBJECT_IS_LINK,  /* looked up among the links of the issuer */
	ISSUER_SUBJECTS,
};

struct issuer {
	struct str issuer;         /* its "iss", letter by letter */
	struct str jwks, jwks_uri; /* one of them; the other is STR_NONE */
	unsigned algs;             /* JOSE_BIT: what it may sign with */
	enum issuer_subject subject;
	struct str scopes; /* the most that tokens get; STR_NONE: none */
	bool any_app;      /* every app that is registered for the grant; else those listed */
	int64_t created_at, updated_at;
};

/* "login", "email", "link"; and back. */
const char *issuer_subject_word(enum issuer_subject s);
bool issuer_subject_find(struct str word, enum issuer_subject *out);

/* DB_CONFLICT when it is known already. */
enum db_status issuer_create(struct store *s, struct arena *a, const struct issuer *i);
enum db_status issuer_read(struct store *s, struct arena *a, struct str issuer, struct issuer *out);
/* Up to `max` whose names come after `after`. */
enum db_status issuer_list(struct store *s, struct arena *a, struct str after, size_t max,
	struct issuer **out, size_t *n);
/* All but the name. DB_NONE when there is none. */
enum db_status issuer_update(struct store *s, struct arena *a, const struct issuer *i);
/* With its apps and links. Tokens that were given live on until they end. */
enum db_status issuer_delete(struct store *s, struct str issuer);

/* Which apps may use its assertions: replaces the list. */
enum db_status issuer_set_apps(
	struct store *s, struct str issuer, const int64_t *app_ids, size_t app_ids_n);
/* DB_OK: this app may. DB_NONE: not. */
enum db_status issuer_serves(struct store *s, const struct issuer *i, int64_t app_id);
/* Their client ids, up to LIMIT_ISSUER_APPS. */
enum db_status issuer_apps(
	struct store *s, struct arena *a, struct str issuer, struct str **client_ids, size_t *n);

struct issuer_link {
	struct str subject, login;
};
/* This subject is that account, in place of what it was. */
enum db_status issuer_link_put(
	struct store *s, struct str issuer, struct str subject, int64_t account_id);
/* DB_NONE when there was none. */
enum db_status issuer_link_delete(struct store *s, struct str issuer, struct str subject);
/* Up to `max` whose subjects come after `after`. */
enum db_status issuer_link_list(struct store *s, struct arena *a, struct str issuer,
	struct str after, size_t max, struct issuer_link **out, size_t *n);

/* The account that the issuer means by `subject`, suspended ones included. DB_NONE: there is none,
 * or its address is not verified. */
enum db_status issuer_account(struct store *s, struct arena *a, const struct issuer *i,
	struct str subject, struct account *out);

#endif
