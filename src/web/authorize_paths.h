/* Where each edge asks a person: the pages are the same, their forms go back to where the request
 * came from. */
#ifndef LLAVERO_WEB_AUTHORIZE_PATHS_H
#define LLAVERO_WEB_AUTHORIZE_PATHS_H

#include "core/profile.h"

struct authorize_paths {
	struct str authorize, select_account;
};

struct authorize_paths authorize_paths_of(enum dialect edge);
/* Is this, with or without a query, one of these paths? */
bool is_authorize_path(struct str path);

#endif
