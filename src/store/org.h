/* Organisations, their members, and their teams. */
#ifndef LLAVERO_STORE_ORG_H
#define LLAVERO_STORE_ORG_H

#include "store/account.h"

/* The most of each list that is read: members and teams of an organisation, members of a team,
 * organisations and teams of an account. */
enum { ORG_LIST_MAX = 1000 };

struct org {
	int64_t id;
	struct str login, name, description; /* the last two may be STR_NONE */
	int64_t created_at, updated_at;
};

struct org_member {
	bool admin;
	bool is_public;         /* everybody may know of the membership */
	struct account account; /* in lists only; without its password */
};

/* An organisation that an account is in. */
struct org_membership {
	bool admin, is_public;
	struct org org;
};

struct team {
	int64_t id;
	struct str slug, name, description; /* description may be STR_NONE */
	bool secret; /* only its members and the organisation's admins may know of it */
	int64_t created_at, updated_at;
	struct org org;
};

struct team_member {
	bool maintainer;
	struct account account; /* in lists only; without its password */
};

/* DB_CONFLICT when an organisation or an account has the login. */
enum db_status org_create(struct store *s, struct arena *a, struct str login, struct str name,
	struct str description, struct org *out);
/* In any case of letters. */
enum db_status org_by_login(struct store *s, struct arena *a, struct str login, struct org *out);
/* Up to `max` organisations with ids above `after`, in order. */
enum db_status org_list(
	struct store *s, struct arena *a, int64_t after, size_t max, struct org **out, size_t *n);
/* With its teams and all memberships. */
enum db_status org_delete(struct store *s, int64_t id);

/* Makes the account a member, or changes what it is. */
enum db_status org_member_put(
	struct store *s, int64_t org_id, int64_t account_id, bool admin, bool is_public);
/* DB_NONE when the account is no member. */
enum db_status org_member_get(
	struct store *s, int64_t org_id, int64_t account_id, struct org_member *out);
/* Takes the account out of the organisation and its teams. DB_NONE when it is no member. */
enum db_status org_member_remove(struct store *s, int64_t org_id, int64_t account_id);
/* By account id. */
enum db_status org_member_list(
	struct store *s, struct arena *a, int64_t org_id, struct org_member **out, size_t *n);
enum db_status org_admin_count(struct store *s, int64_t org_id, int64_t *n);
/* The organisations of an account by their ids; `public_only`: those everybody may know of. */
enum db_status org_list_of_account(struct store *s, struct arena *a, int64_t account_id,
	bool public_only, struct org_membership **out, size_t *n);

/* The slug is made of the name: lower-case letters, digits and hyphens. DB_CONFLICT when the
 * organisation has such a team, DB_NONE when nothing of the name can be in a slug. */
enum db_status team_create(struct store *s, struct arena *a, const struct org *org, struct str name,
	struct str description, bool secret, struct team *out);
enum db_status team_by_id(struct store *s, struct arena *a, int64_t id, struct team *out);
enum db_status team_by_slug(
	struct store *s, struct arena *a, int64_t org_id, struct str slug, struct team *out);
enum db_status team_list(
	struct store *s, struct arena *a, int64_t org_id, struct team **out, size_t *n);
enum db_status team_list_of_account(
	struct store *s, struct arena *a, int64_t account_id, struct team **out, size_t *n);
enum db_status team_delete(struct store *s, int64_t id);
/* The account must be a member of the organisation already: DB_NONE when it is not. */
enum db_status team_member_put(
	struct store *s, const struct team *team, int64_t account_id, bool maintainer);
enum db_status team_member_get(
	struct store *s, int64_t team_id, int64_t account_id, struct team_member *out);
enum db_status team_member_remove(struct store *s, int64_t team_id, int64_t account_id);
enum db_status team_member_list(
	struct store *s, struct arena *a, int64_t team_id, struct team_member **out, size_t *n);
/* "Release Crew!" becomes "release-crew". */
struct str team_slug(struct arena *a, struct str name);

#endif
