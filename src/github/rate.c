#include "github/rate.h"

#include "base/limits.h"
#include "flow/rate_limit.h"
#include "github/api.h"

static struct rate_state count(
	struct context *c, const struct checked_token *checked, const char *resource, int64_t cost)
{
	struct str who =
		checked ? str_printf(c->arena, "%s token %llu", resource,
				  (unsigned long long)checked->token.id)
			: str_printf(c->arena, "%s address %.*s", resource, STR_ARG(c->remote));

	const struct rate rate = {
		checked ? c->settings->api_rate_limit : c->settings->api_rate_limit_anonymous,
		RATE_HOUR};

	return rate_limits_count(c->rates, who, rate, cost, store_now(c->store));
}

struct rate_state github_rate_look(
	struct context *c, const struct checked_token *checked, const char *resource)
{
	return count(c, checked, resource, 0);
}

static void tell(struct http_request *req, struct http_reply *rep, const struct rate_state *state,
	const char *resource)
{
	const struct {
		const char *name;
		int64_t value;
	} rows[] = {{"X-RateLimit-Limit", state->limit},
		{"X-RateLimit-Remaining", state->limit - state->used},
		{"X-RateLimit-Reset", state->reset_at}, {"X-RateLimit-Used", state->used}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		http_header_str(req, rep, rows[i].name,
			str_printf(req->arena, "%lld", (long long)rows[i].value));
	http_header(rep, "X-RateLimit-Resource", resource);
}

bool github_rate_take(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct checked_token *checked)
{
	const char *resource = str_eq_c(req->path, "/api/graphql") ? "graphql" : "core";

	if (c->settings->api_rate_limit == 0 || !c->rates)
		return true;
	struct rate_state state = count(c, checked, resource, 1);

	tell(req, rep, &state, resource);
	if (!state.over)
		return true;
	struct str whose =
		checked ? str_printf(c->arena, "user ID %lld", (long long)checked->token.account.id)
			: c->remote;

	github_api_refuse(c, req, rep, 403,
		str_c(c->arena,
			str_printf(c->arena, "API rate limit exceeded for %.*s.", STR_ARG(whose))));
	return false;
}

static void add_state(struct buf *b, const char *name, const struct rate_state *state)
{
	buf_addf(b, "\"%s\":{\"limit\":%lld,\"used\":%lld,\"remaining\":%lld,\"reset\":%lld}", name,
		(long long)state->limit, (long long)state->used,
		(long long)(state->limit - state->used), (long long)state->reset_at);
}

/* Asking how much is left costs nothing. */
void github_rate_limit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	static const char *const resources[] = {"core", "graphql"};
	struct checked_token checked, *token = NULL;
	struct rate_state state[2];
	struct buf b;

	if (c->settings->api_rate_limit == 0 || !c->rates) {
		github_api_refuse(c, req, rep, 404, "Rate limiting is not enabled.");
		return;
	}
	if (str_is_set(req->headers[HTTP_AUTHORIZATION])) {
		if (!github_api_authenticate_free(c, req, rep, "", &checked))
			return;
		token = &checked;
	}
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_c(&b, "{\"resources\":{");
	for (size_t i = 0; i < 2; i++) {
		state[i] = github_rate_look(c, token, resources[i]);
		if (i)
			buf_add_char(&b, ',');
		add_state(&b, resources[i], &state[i]);
	}
	buf_add_c(&b, "},");
	add_state(&b, "rate", &state[0]);
	buf_add_char(&b, '}');
	github_api_reply(req, rep, 200, buf_str(&b));
}
