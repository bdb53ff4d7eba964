/* The types that can be asked for, and their fields: names and nullability are GitHub's. */
#include "base/limits.h"
#include "flow/rate_limit.h"
#include "github/graphql_exec.h"
#include "github/rate.h"

typedef struct gql_exec gql_exec;
#define WRITER(name)                                                                               \
	static void name(gql_exec *ex, const struct gql_object *o, const struct gql_use *use,      \
		struct buf *out)
#define UNUSED(x) (void)(x)

static void add_text(struct buf *out, struct str text)
{
	if (str_has_text(text))
		buf_add_json(out, text);
	else
		buf_add_c(out, "null");
}

static void add_id(struct gql_exec *ex, struct buf *out, struct str text)
{
	buf_addf(out, "\"%.*s\"", STR_ARG(base64_encode(ex->c->arena, text.p, text.n)));
}

static void add_time(struct buf *out, int64_t s)
{
	char text[24];

	clock_format_iso(s, text);
	buf_addf(out, "\"%s\"", text);
}

WRITER(write_login)
{
	UNUSED(ex), UNUSED(use);
	buf_add_json(out, o->user ? o->user->login : o->org->login);
}

WRITER(write_id)
{
	UNUSED(use);
	add_id(ex, out,
		o->user ? str_printf(ex->c->arena, "04:User%lld", (long long)o->user->id)
			: str_printf(ex->c->arena, "012:Organization%lld", (long long)o->org->id));
}

WRITER(write_database_id)
{
	UNUSED(ex), UNUSED(use);
	buf_addf(out, "%lld", (long long)(o->user ? o->user->id : o->org->id));
}

WRITER(write_name)
{
	UNUSED(ex), UNUSED(use);
	add_text(out, o->user ? o->user->name : o->org->name);
}

WRITER(write_description)
{
	UNUSED(ex), UNUSED(use);
	add_text(out, o->org->description);
}

/* The address that everybody may see; "" when there is none, for the field is never null. */
WRITER(write_email)
{
	struct str address = STR("");
	struct email *emails;
	size_t n;

	UNUSED(use);
	if (context_failed(ex->c, email_list(ex->c->store, ex->c->arena, o->user->id, &emails, &n)))
		return;
	for (size_t i = 0; i < n; i++)
		if (emails[i].is_public)
			address = emails[i].address;
	buf_add_json(out, address);
}

WRITER(write_avatar)
{
	UNUSED(use);
	buf_addf(out, "\"%.*s/avatars/%c/%lld\"", STR_ARG(ex->c->settings->base_url),
		o->user ? 'u' : 'o', (long long)(o->user ? o->user->id : o->org->id));
}

WRITER(write_url)
{
	UNUSED(use);
	buf_addf(out, "\"%.*s/%.*s\"", STR_ARG(ex->c->settings->base_url),
		STR_ARG(o->user ? o->user->login : o->org->login));
}

WRITER(write_created)
{
	UNUSED(ex), UNUSED(use);
	add_time(out, o->user ? o->user->created_at : o->org->created_at);
}

WRITER(write_is_viewer)
{
	UNUSED(use);
	buf_add_c(out, o->user->id == ex->checked->token.account.id ? "true" : "false");
}

WRITER(write_site_admin)
{
	UNUSED(ex), UNUSED(use);
	buf_add_c(out, o->user->site_admin ? "true" : "false");
}

WRITER(write_orgs)
{
	const struct gql_selection *s = use->all[0];
	struct gql_value first = gql_argument_of(ex, s, "first");
	bool own = o->user->id == ex->checked->token.account.id;
	struct org_membership *orgs;
	int64_t most;
	size_t n;

	if (first.kind != GQL_INT || !str_to_i64(first.text, &most) || most < 1 || most > 100) {
		gql_error(ex, "MISSING_PAGINATION_BOUNDARIES", &s->place,
			STR("You must provide a `first` value from 1 to 100 to properly paginate "
			    "the `organizations` connection."),
			false);
		buf_add_c(out, "null");
		return;
	}
	if (own && !github_may_see_orgs(ex->checked)) {
		gql_error(ex, "INSUFFICIENT_SCOPES", &s->place,
			STR("Your token has not been granted the required scopes to execute this "
			    "query. The 'organizations' field requires one of the following "
			    "scopes: ['read:org']."),
			false);
		buf_add_c(out, "null");
		return;
	}
	if (context_failed(ex->c,
		    org_list_of_account(ex->c->store, ex->c->arena, o->user->id, !own, &orgs, &n)))
		return;
	const struct gql_object list = {.type = GQL_T_ORGS,
		.orgs = orgs,
		.orgs_n = n < (size_t)most ? n : (size_t)most,
		.orgs_total = n};

	gql_write_object(ex, &list, use, out);
}

WRITER(write_total)
{
	UNUSED(ex), UNUSED(use);
	buf_addf(out, "%zu", o->orgs_total);
}

WRITER(write_nodes)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < o->orgs_n && !ex->invalid; i++) {
		const struct gql_object org = {.type = GQL_T_ORG, .org = &o->orgs[i].org};

		if (i)
			buf_add_char(out, ',');
		ex->path[ex->path_n++] = str_printf(ex->c->arena, "%zu", i);
		gql_write_object(ex, &org, use, out);
		ex->path_n--;
	}
	buf_add_char(out, ']');
}

WRITER(write_viewer)
{
	const struct gql_object user = {.type = GQL_T_USER, .user = &ex->checked->token.account};

	UNUSED(o);
	gql_write_object(ex, &user, use, out);
}

/* The `login` argument; false after noting that it is missing. */
static bool read_login(struct gql_exec *ex, const struct gql_use *use, struct str *out)
{
	struct gql_value login = gql_argument_of(ex, use->all[0], "login");

	*out = login.text;
	if (login.kind == GQL_STRING)
		return true;
	gql_error(ex, NULL, &use->all[0]->place,
		str_printf(ex->c->arena, "Field '%.*s' is missing required arguments: login",
			STR_ARG(use->all[0]->name)),
		true);
	return false;
}

static void not_found(struct gql_exec *ex, const struct gql_use *use, const char *what,
	struct str login, struct buf *out)
{
	gql_error(ex, "NOT_FOUND", &use->all[0]->place,
		str_printf(ex->c->arena, "Could not resolve to %s with the login of '%.*s'.", what,
			STR_ARG(login)),
		false);
	buf_add_c(out, "null");
}

WRITER(write_user)
{
	struct account account;
	struct gql_object user = {.type = GQL_T_USER, .user = &account};
	struct str login;

	UNUSED(o);
	if (!read_login(ex, use, &login))
		return;
	enum db_status status = account_by_login(ex->c->store, ex->c->arena, login, &account);

	if (context_failed(ex->c, status))
		return;
	if (status == DB_OK)
		gql_write_object(ex, &user, use, out);
	else
		not_found(ex, use, "a User", login, out);
}

WRITER(write_organization)
{
	struct org org;
	struct gql_object object = {.type = GQL_T_ORG, .org = &org};
	struct str login;

	UNUSED(o);
	if (!read_login(ex, use, &login))
		return;
	enum db_status status = org_by_login(ex->c->store, ex->c->arena, login, &org);

	if (context_failed(ex->c, status))
		return;
	if (status == DB_OK)
		gql_write_object(ex, &object, use, out);
	else
		not_found(ex, use, "an Organization", login, out);
}

/* null while nothing is limited, as on GitHub Enterprise Server. */
WRITER(write_rate_limit)
{
	UNUSED(o);
	if (ex->c->settings->api_rate_limit == 0 || !ex->c->rates) {
		buf_add_c(out, "null");
		return;
	}
	struct rate_state state = github_rate_look(ex->c, ex->checked, "graphql");
	const struct gql_object rate = {.type = GQL_T_RATE, .rate = &state};

	gql_write_object(ex, &rate, use, out);
}

WRITER(write_rate_number)
{
	struct str name = use->all[0]->name;
	const struct rate_state *r = o->rate;

	UNUSED(ex);
	buf_addf(out, "%lld",
		(long long)(str_eq_c(name, "limit")  ? r->limit
			    : str_eq_c(name, "used") ? r->used
			    : str_eq_c(name, "cost") ? 1
						     : r->limit - r->used));
}

WRITER(write_reset)
{
	UNUSED(ex), UNUSED(use);
	add_time(out, o->rate->reset_at);
}

static const struct gql_field fields[] = {
	{GQL_T_QUERY, "viewer", "User", true, NULL, write_viewer},
	{GQL_T_QUERY, "user", "User", true, "login", write_user},
	{GQL_T_QUERY, "organization", "Organization", true, "login", write_organization},
	{GQL_T_QUERY, "rateLimit", "RateLimit", true, "dryRun", write_rate_limit},
	{GQL_T_USER, "login", "String", false, NULL, write_login},
	{GQL_T_USER, "id", "ID", false, NULL, write_id},
	{GQL_T_USER, "databaseId", "Int", false, NULL, write_database_id},
	{GQL_T_USER, "name", "String", false, NULL, write_name},
	{GQL_T_USER, "email", "String", false, NULL, write_email},
	{GQL_T_USER, "avatarUrl", "URI", false, "size", write_avatar},
	{GQL_T_USER, "url", "URI", false, NULL, write_url},
	{GQL_T_USER, "createdAt", "DateTime", false, NULL, write_created},
	{GQL_T_USER, "isViewer", "Boolean", false, NULL, write_is_viewer},
	{GQL_T_USER, "isSiteAdmin", "Boolean", false, NULL, write_site_admin},
	{GQL_T_USER, "organizations", "OrganizationConnection", true, "first", write_orgs},
	{GQL_T_ORGS, "nodes", "Organization", true, NULL, write_nodes},
	{GQL_T_ORGS, "totalCount", "Int", false, NULL, write_total},
	{GQL_T_ORG, "login", "String", false, NULL, write_login},
	{GQL_T_ORG, "id", "ID", false, NULL, write_id},
	{GQL_T_ORG, "databaseId", "Int", false, NULL, write_database_id},
	{GQL_T_ORG, "name", "String", false, NULL, write_name},
	{GQL_T_ORG, "description", "String", false, NULL, write_description},
	{GQL_T_ORG, "avatarUrl", "URI", false, "size", write_avatar},
	{GQL_T_ORG, "url", "URI", false, NULL, write_url},
	{GQL_T_ORG, "createdAt", "DateTime", false, NULL, write_created},
	{GQL_T_RATE, "limit", "Int", false, NULL, write_rate_number},
	{GQL_T_RATE, "cost", "Int", false, NULL, write_rate_number},
	{GQL_T_RATE, "remaining", "Int", false, NULL, write_rate_number},
	{GQL_T_RATE, "used", "Int", false, NULL, write_rate_number},
	{GQL_T_RATE, "resetAt", "DateTime", false, NULL, write_reset},
};

const struct gql_field *gql_field_find(enum gql_type type, struct str name)
{
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (fields[i].type == type && str_eq_c(name, fields[i].name))
			return &fields[i];
	return NULL;
}

static const char *const type_names[GQL_TYPES] = {
	"Query", "User", "Organization", "OrganizationConnection", "RateLimit"};

const char *gql_type_name(enum gql_type type)
{
	return type_names[type];
}

bool gql_type_fits(enum gql_type type, struct str condition, bool *known)
{
	static const char *const interfaces[] = {
		"Node", "Actor", "RepositoryOwner", "ProfileOwner"};

	*known = true;
	for (size_t i = 0; i < sizeof interfaces / sizeof interfaces[0]; i++)
		if (str_eq_c(condition, interfaces[i]))
			return type == GQL_T_USER || type == GQL_T_ORG;
	for (size_t i = 0; i < GQL_TYPES; i++)
		if (str_eq_c(condition, type_names[i]))
			return type == (enum gql_type)i;
	*known = false;
	return false;
}
