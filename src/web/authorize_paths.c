#include "web/authorize_paths.h"

static const struct {
	const char *authorize, *select_account;
} paths[] = {
	[DIALECT_GITHUB] = {"/login/oauth/authorize", "/login/oauth/select_account"},
	[DIALECT_STANDARD] = {"/oauth2/authorize", "/oauth2/select_account"},
};

struct authorize_paths authorize_paths_of(enum dialect edge)
{
	return (struct authorize_paths){
		str_from(paths[edge].authorize), str_from(paths[edge].select_account)};
}

bool is_authorize_path(struct str path)
{
	struct str bare = str_slice(path, 0, str_find(path, '?'));

	for (int edge = DIALECT_GITHUB; edge <= DIALECT_STANDARD; edge++)
		if (str_eq_c(bare, paths[edge].authorize) ||
			str_eq_c(bare, paths[edge].select_account))
			return true;
	return false;
}
