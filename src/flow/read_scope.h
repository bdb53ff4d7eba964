/* The scope parameter, as each edge reads it: RFC 6749 3.3, GitHub reference section 6. */
#ifndef LLAVERO_FLOW_READ_SCOPE_H
#define LLAVERO_FLOW_READ_SCOPE_H

#include "core/profile.h"
#include "core/scope.h"
#include "flow/context.h"

struct asked_scope {
	enum dialect edge;
	struct str text;     /* STR_NONE when it was not sent */
	enum cause too_long; /* of this endpoint */
	struct refusal *refusal;
};

/* Names that nobody knows are dropped. At the standard edge a character that no scope may have is
 * refused. STEP_NEXT or STEP_REFUSE. */
enum step_result read_scope(struct context *c, const struct asked_scope *asked,
	struct scope_set *out, bool *offline_access);
/* For a grant where nobody is asked: `all` when no scope was sent, else what was sent, which `all`
 * has to cover (asked->too_long is the cause otherwise, too). STEP_NEXT or STEP_REFUSE. */
enum step_result read_scope_within(struct context *c, const struct asked_scope *asked,
	struct scope_set all, struct scope_set *out);
/* The names that read_scope drops. */
struct str dropped_scope(struct arena *a, enum dialect edge, struct str text);

#endif
