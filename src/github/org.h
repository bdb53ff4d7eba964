/* Organisations and teams of the API: GitHub reference 8.3. */
#ifndef LLAVERO_GITHUB_ORG_H
#define LLAVERO_GITHUB_ORG_H

#include "github/api.h"
#include "store/org.h"

http_handler github_own_orgs, github_own_teams, github_own_membership;
http_handler github_user_by_login, github_user_orgs;
http_handler github_org, github_org_member, github_org_public_member, github_org_membership;
http_handler github_team_member, github_team_membership, github_team_slug_membership;

/* The scopes of which any one lets an app see memberships (reference 6.5). */
#define ORG_SCOPES "admin:org, read:org, repo, user, write:org"
bool github_may_see_orgs(const struct checked_token *checked);

/* False: not there, or the store failed; `rep` is ready. */
bool github_find_user(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str login, struct account *out);
bool github_find_org(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str login, struct org *out);
/* Is the account in the organisation? False too when the store failed (c->failed). */
bool github_is_member(
	struct context *c, const struct org *org, int64_t account_id, struct org_member *out);

/* The fields of an organisation-simple, without braces. */
void github_add_simple_org(struct buf *b, struct context *c, const struct org *org);
/* "name":"text", or "name":null, with a comma before. */
void github_add_text(struct buf *b, const char *name, struct str text);
void github_add_time(struct buf *b, const char *name, int64_t s);

#endif
