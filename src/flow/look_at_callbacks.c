/* Which registered callback was meant, and where the redirect URI goes apart from it. */
#include "flow/look_closer.h"

/* How near two URIs are: by the part that differs first, then by how much is the same. */
struct nearness {
	enum redirect_difference difference;
	size_t same;
};

static bool is_nearer(struct nearness a, struct nearness b)
{
	return a.difference != b.difference ? a.difference > b.difference : a.same > b.same;
}

static const enum cause causes[] = {
	[REDIRECT_SAME] = CAUSE_AUTHORIZE_REDIRECT_UNREGISTERED,
	[REDIRECT_DIFFERS_SCHEME] = CAUSE_AUTHORIZE_REDIRECT_SCHEME,
	[REDIRECT_DIFFERS_HOST] = CAUSE_AUTHORIZE_REDIRECT_HOST,
	[REDIRECT_DIFFERS_PORT] = CAUSE_AUTHORIZE_REDIRECT_PORT,
	[REDIRECT_DIFFERS_PATH] = CAUSE_AUTHORIZE_REDIRECT_PATH,
	[REDIRECT_DIFFERS_QUERY] = CAUSE_AUTHORIZE_REDIRECT_QUERY,
	[REDIRECT_DIFFERS_TRAILING_SLASH] = CAUSE_AUTHORIZE_REDIRECT_SLASH,
	[REDIRECT_DIFFERS_CASE] = CAUSE_AUTHORIZE_REDIRECT_CASE,
	[REDIRECT_DIFFERS_ENCODING] = CAUSE_AUTHORIZE_REDIRECT_ENCODING,
};

/* Why `callback` is not the one, and how near it is. */
static struct nearness compare(const struct callback *callback, const struct redirect_uri *sent)
{
	enum redirect_difference difference = REDIRECT_SAME;
	struct redirect_uri registered;
	size_t same = 0;

	if (redirect_uri_parse(callback->uri, &registered) == REDIRECT_URI_OK)
		difference = redirect_uri_difference(&registered, callback->mode, sent, &same);
	return (struct nearness){difference, same};
}

void look_at_callbacks(struct context *c, struct refusal *r, const void *of)
{
	const struct authorize *a = of;
	struct redirect_uri sent;
	struct nearness best = {REDIRECT_SAME, 0};
	enum redirect_uri_fault fault = redirect_uri_parse(r->received, &sent);

	(void)c;
	if (fault != REDIRECT_URI_OK) {
		refusal_add(r, EVIDENCE_fault, str_from(redirect_uri_fault_word(fault)));
		return;
	}
	for (size_t i = 0; i < a->callbacks_n; i++) {
		struct nearness n = compare(&a->callbacks[i], &sent);

		if (!is_nearer(n, best))
			continue;
		best = n;
		r->expected = a->callbacks[i].uri;
	}
	r->cause = causes[best.difference];
}
