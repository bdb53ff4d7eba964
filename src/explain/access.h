/* Who may read the request log: an app's owner, of that app; an administrator, everything, and
 * alone what belongs to no app that is known. */
#ifndef LLAVERO_EXPLAIN_ACCESS_H
#define LLAVERO_EXPLAIN_ACCESS_H

#include "store/account.h"
#include "store/app.h"
#include "store/request_log.h"

/* The entries of a request that `viewer` may see, refusals first. DB_NONE: there are none, or none
 * for this person; the two look alike. */
enum db_status explain_request_for(struct store *s, struct arena *a, struct str request_id,
	const struct account *viewer, struct log_entry **out, size_t *n);
/* The same for an app that showed its credentials. */
enum db_status explain_request_of_app(struct store *s, struct arena *a, struct str request_id,
	int64_t app_id, struct log_entry **out, size_t *n);
/* The same for the operator, who may see all. */
enum db_status explain_request_for_operator(
	struct store *s, struct arena *a, struct str request_id, struct log_entry **out, size_t *n);

#endif
