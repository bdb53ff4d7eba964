/* The handlers of /rehearsal/ and what they share. */
#ifndef LLAVERO_REHEARSAL_HANDLERS_H
#define LLAVERO_REHEARSAL_HANDLERS_H

#include "base/buf.h"
#include "base/json_body.h"
#include "flow/rehearsal.h"
#include "rehearsal/rehearsal.h"

http_handler rehearsal_clock_show, rehearsal_clock_move;
http_handler rehearsal_fault_add, rehearsal_fault_list, rehearsal_fault_clear;
http_handler rehearsal_sandbox_create, rehearsal_sandbox_list, rehearsal_sandbox_delete;
http_handler rehearsal_scenario_list, rehearsal_scenario_stage, rehearsal_authorize;
http_handler rehearsal_client_document;

/* Is the token right? False: `rep` is the 401. */
bool rehearsal_open(struct context *c, struct http_request *req, struct http_reply *rep);
/* The same, and the body read, which is a JSON object whatever its type says. False: refused. */
bool rehearsal_open_body(struct context *c, struct http_request *req, struct http_reply *rep,
	struct json_body *body);
void rehearsal_reply(struct http_reply *rep, int status, struct str json);
/* {"error","error_description"}; `description` is a sentence. */
void rehearsal_refuse(struct http_request *req, struct http_reply *rep, int status,
	const char *error, struct str description);
/* 400 for a member that is not as described. Returns false, for the caller to return. */
bool rehearsal_refuse_member(
	struct http_request *req, struct http_reply *rep, const char *name, const char *wanted);
/* A span of time: text as core/duration.h reads it, or a number of seconds. `*out` stays as it is
 * when the member is absent. False: refused, also outside `least` to `most`. */
bool rehearsal_span(struct http_request *req, struct http_reply *rep, const struct json_body *body,
	const char *name, int64_t least, int64_t most, int64_t *out);
/* Adds "name":"2026-04-01T12:00:00Z". */
void rehearsal_add_time(struct buf *b, const char *name, int64_t s);
/* Adds "name":"text", or null when it is absent. */
void rehearsal_add_text(struct buf *b, const char *name, struct str text);

#endif
