#include "web/requests_filter.h"

#include "base/limits.h"

enum { DAY_S = 86400 };
#define US_PER_S 1000000

static const char *const endpoints[] = {"authorize", "par", "token", "refresh", "device",
	"device_token", "device_approval", "device_denial", "api", "introspect", "revoke",
	"applications", "authorizations"};
enum { ENDPOINTS = sizeof endpoints / sizeof endpoints[0] };

static const struct {
	int64_t days;
	enum message words;
} ranges[] = {{1, MSG_REQUESTS_DAY}, {7, MSG_REQUESTS_WEEK}, {30, MSG_REQUESTS_MONTH}};
enum { RANGES = sizeof ranges / sizeof ranges[0] };

static struct str known_endpoint(struct str sent)
{
	for (size_t i = 0; i < ENDPOINTS; i++)
		if (str_eq_c(sent, endpoints[i]))
			return str_from(endpoints[i]);
	return STR("");
}

static int64_t known_range(struct str sent)
{
	int64_t days;

	for (size_t i = 0; str_to_i64(sent, &days) && i < RANGES; i++)
		if (ranges[i].days == days)
			return days;
	return ranges[0].days;
}

void requests_filter_read(const struct params *query, struct requests_filter *out)
{
	struct str cause = params_get(query, "cause");

	*out = (struct requests_filter){
		.cause = cause_find(cause) == CAUSE_NONE ? STR("") : cause,
		.endpoint = known_endpoint(params_get(query, "endpoint")),
		.days = known_range(params_get(query, "days")),
		.all = str_eq_c(params_get(query, "show"), "all"),
		.flows = str_eq_c(params_get(query, "view"), "flows"),
	};
	if (!str_to_i64(params_get(query, "before"), &out->before_us))
		out->before_us = 0;
}

static void add(struct buf *b, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_addf(b, "%c%s=", str_has_char(buf_str(b), '?') ? '&' : '?', name);
	buf_add_form(b, value);
}

struct str requests_filter_href(
	struct arena *a, const struct requests_of *of, const struct requests_filter *f)
{
	struct buf b;

	buf_init(&b, a, 1024);
	buf_add(&b, of->path);
	add(&b, "view", f->flows ? STR("flows") : STR(""));
	add(&b, "cause", f->cause);
	add(&b, "endpoint", f->endpoint);
	if (f->days != ranges[0].days)
		add(&b, "days", str_printf(a, "%lld", (long long)f->days));
	add(&b, "show", f->all ? STR("all") : STR(""));
	if (f->before_us)
		add(&b, "before", str_printf(a, "%lld", (long long)f->before_us));
	return buf_str(&b);
}

struct log_query requests_filter_query(
	const struct context *c, const struct requests_of *of, const struct requests_filter *f)
{
	struct str any = f->all ? STR_NONE : STR("*");

	return (struct log_query){
		.app_id = of->app_id,
		.before_us = f->before_us ? f->before_us : INT64_MAX,
		.since_us = (store_now(c->store) - f->days * DAY_S) * US_PER_S,
		.cause = f->cause.n ? f->cause : any,
		.endpoint = f->endpoint.n ? f->endpoint : STR_NONE,
		.most = LIMIT_LOG_PAGE + 1,
	};
}

bool requests_filter_is_open(const struct requests_filter *f)
{
	return !f->cause.n && !f->endpoint.n && !f->before_us;
}

const struct page_requests_list_choice *requests_endpoint_choices(
	struct arena *a, enum lang lang, const struct requests_filter *f, size_t *n)
{
	struct page_requests_list_choice *out =
		ARENA_ARRAY(a, struct page_requests_list_choice, ENDPOINTS);

	*n = ENDPOINTS;
	for (size_t i = 0; i < ENDPOINTS; i++)
		out[i] = (struct page_requests_list_choice){
			.value = str_from(endpoints[i]),
			.words = told_endpoint(a, lang, str_from(endpoints[i])),
			.chosen = str_eq_c(f->endpoint, endpoints[i]),
		};
	return out;
}

const struct page_requests_list_choice *requests_days_choices(
	const struct context *c, const struct requests_filter *f, size_t *n)
{
	struct page_requests_list_choice *out =
		ARENA_ARRAY(c->arena, struct page_requests_list_choice, RANGES);

	*n = 0;
	for (size_t i = 0; i < RANGES; i++) {
		/* Beyond what is kept there is nothing to see. */
		if (i > 1 && ranges[i - 1].days >= c->settings->log_days &&
			f->days != ranges[i].days)
			continue;
		out[(*n)++] = (struct page_requests_list_choice){
			.value = str_printf(c->arena, "%lld", (long long)ranges[i].days),
			.words = message(c->visit->lang, ranges[i].words),
			.chosen = f->days == ranges[i].days,
		};
	}
	return out;
}
