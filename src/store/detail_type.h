/* Types of authorization details that the operator has declared: core/detail_type.h. */
#ifndef LLAVERO_STORE_DETAIL_TYPE_H
#define LLAVERO_STORE_DETAIL_TYPE_H

#include "core/detail_type.h"
#include "store/store.h"

/* DB_CONFLICT when there is one of that name. */
enum db_status detail_type_add(struct store *s, const struct detail_type *t);
enum db_status detail_type_read(
	struct store *s, struct arena *a, struct str name, struct detail_type *out);
/* All of them, by name; LIMIT_DETAIL_TYPES at most. */
enum db_status detail_type_list(struct store *s, struct arena *a, struct detail_types *out);
/* What was allowed stays allowed. DB_NONE when there is none. */
enum db_status detail_type_remove(struct store *s, struct str name);

#endif
