/* clock advance, show, reset; fault add, list, clear; sandbox create, list, delete; rehearse;
 * authorize. They ask the running server, whose clock and memory they are about. */
#ifndef LLAVERO_COMMAND_REHEARSAL_H
#define LLAVERO_COMMAND_REHEARSAL_H

#include "base/buf.h"
#include "command/user.h"

extern const struct flag fault_add_flags[];
extern const struct flag sandbox_create_flags[];
extern const struct flag rehearse_flags[], authorize_flags[];

int clock_advance_command(struct call *call);
int clock_show_command(struct call *call);
int clock_reset_command(struct call *call);
int fault_add_command(struct call *call);
int fault_list_command(struct call *call);
int fault_clear_command(struct call *call);
int sandbox_create_command(struct call *call);
int sandbox_list_command(struct call *call);
int sandbox_delete_command(struct call *call);
int rehearse_command(struct call *call);
int authorize_command(struct call *call);

/* One call of the server that call->config's data folder belongs to. `path` follows "/rehearsal/";
 * `body` is released, NULL sends none. True: `*reply` is the answer, NULL when that is empty; the
 * caller releases it. False, after saying why. */
bool ask_server(
	struct call *call, const char *method, struct str path, json_t *body, json_t **reply);
/* A member of a reply as text; STR_NONE when it is none. */
struct str reply_text(const json_t *reply, const char *name);
/* "2026-04-01T12:00:00Z" as print_time prints it. */
struct str reply_time(struct arena *a, const json_t *reply, const char *name);
/* The number that a flag gives, added to `body` under the same name, if it is there. False, after
 * saying so, when it is none. */
bool add_number_flag(const struct call *call, json_t *body, const char *name);

#endif
