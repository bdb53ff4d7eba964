/* Pages of organisations and teams: members look, admins of the organisation and of the server
 * manage. To everybody else an organisation's pages are not there. */
#ifndef LLAVERO_WEB_ORGS_H
#define LLAVERO_WEB_ORGS_H

#include "store/org.h"
#include "web/settings.h"

http_handler orgs_page, org_create_submit, org_page, org_change, team_page, team_change;

/* The organisation of the path's first variable, and whether the viewer may manage it. False: the
 * reply is ready. */
bool find_shown_org(struct context *c, struct http_request *req, struct http_reply *rep,
	struct org *org, bool *manages);
/* Notes a change in the security log of the account it is about. False when the store failed. */
bool orgs_audit(struct context *c, const char *action, int64_t account_id, struct str detail);

#endif
