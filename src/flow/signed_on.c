#include "flow/signed_on.h"

#include "core/acr.h"
#include "flow/subject.h"
#include "store/logout.h"

void bind_sign_in(const struct signed_on *s, struct bound *bound)
{
	bound->auth_time = s->auth_time;
	bound->amr = s->amr;
	bound->acr = acr_of(s->amr);
}

bool bind_signed_on(struct context *c, const struct app *app, int64_t account_id,
	const struct signed_on *s, struct bound *bound)
{
	bind_sign_in(s, bound);
	bound->sid = session_name_for(c, app->id, s->session_id);
	bound->session = (int64_t)s->session_id;
	if (!str_is_set(app_metadata_of(c->arena, app)->backchannel_logout_uri))
		return true;
	return !context_failed(c, session_app_put(c->store, s->session_id, app->id, account_id));
}
