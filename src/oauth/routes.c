#include "base/limits.h"
#include "oauth/oauth.h"

/* clang-format off */
const struct http_route oauth_routes[] = {
	{HTTP_GET, NULL, NULL, 0, 0},
};
/* clang-format on */
