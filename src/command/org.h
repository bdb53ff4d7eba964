/* org create, list, show, delete, member add/remove/list; team create, list, delete, member
 * add/remove/list. */
#ifndef LLAVERO_COMMAND_ORG_H
#define LLAVERO_COMMAND_ORG_H

#include "command/user.h"
#include "store/org.h"

extern const struct flag org_create_flags[];
extern const struct flag org_delete_flags[];
extern const struct flag org_member_add_flags[];
extern const struct flag team_create_flags[];
extern const struct flag team_member_add_flags[];

int org_create_command(struct call *call);
int org_list_command(struct call *call);
int org_show(struct call *call);
int org_delete_command(struct call *call);
int org_member_add_command(struct call *call);
int org_member_remove_command(struct call *call);
int org_member_list_command(struct call *call);
int team_create_command(struct call *call);
int team_list_command(struct call *call);
int team_delete_command(struct call *call);
int team_member_add_command(struct call *call);
int team_member_remove_command(struct call *call);
int team_member_list_command(struct call *call);

/* What a command does to one organisation, as the context of its transaction. */
struct org_work {
	struct call *call;
	struct org org;
	struct team team;
	struct account account;
	bool flag, is_public; /* admin or maintainer, and who may know */
};

/* The organisation with this login; a refusal that names it when there is none. */
enum db_status find_org(struct call *call, struct str login, struct org *out);
/* The value of --role: is it `high`? False, after saying why, when it is neither that nor
 * "member". */
bool read_role(struct call *call, const char *high, bool *out);

#endif
