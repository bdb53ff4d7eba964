/* Sandboxes: an app and users for one test run, gone when their time is over. */
#include "flow/sandboxes.h"
#include "base/log.h"
#include "core/easy_password.h"
#include "rehearsal/sandbox_request.h"
#include "store/account.h"

struct sandbox_user {
	char password[EASY_PASSWORD_LEN + 1];
	char hash[PASSWORD_HASH_LEN];
	struct account account;
	struct str email;
};

/* A sandbox that is being made. */
struct making {
	struct sandbox_request request;
	char id[SANDBOX_ID_LEN + 1];
	struct sandbox_user users[LIMIT_SANDBOX_USERS];
	struct app app;
	char client_secret[CLIENT_SECRET_LEN + 1];
	int64_t expires_at;
	unsigned long long passes;
	size_t memory_kib;
	bool failed; /* memory was lacking for a hash */
};

/* On a job thread. */
static void hash_passwords(void *arg)
{
	struct making *m = arg;

	for (int64_t i = 0; i < m->request.users && !m->failed; i++)
		m->failed = !password_hash(
			str_from(m->users[i].password), m->passes, m->memory_kib, m->users[i].hash);
}

static enum db_status make_users(struct context *c, struct making *m)
{
	enum db_status status = DB_OK;
	bool login_taken;

	for (int64_t i = 0; i < m->request.users && status == DB_OK; i++) {
		struct sandbox_user *u = &m->users[i];
		struct str login = str_printf(c->arena, "sandbox-%s-%lld", m->id, (long long)i + 1);

		u->email = str_printf(c->arena, "%.*s@example.com", STR_ARG(login));
		status = account_create(c->store, c->arena, login, STR_NONE, u->email, true,
			str_from(u->hash), false, &u->account, &login_taken);
	}
	return status;
}

static enum db_status make_app(struct context *c, struct making *m)
{
	const struct sandbox_request *r = &m->request;
	int64_t owner = m->users[0].account.id;
	const struct app_fields fields = {
		.name = str_is_set(r->name)
				? str_printf(c->arena, "%.*s (sandbox %s)", STR_ARG(r->name), m->id)
				: str_printf(c->arena, "Sandbox %s", m->id),
		.homepage = c->settings->base_url,
		.device_flow = r->device_flow,
		.token_expiration = r->token_expiration,
		.callbacks = r->callbacks,
		.callbacks_n = r->callbacks_n,
	};
	enum db_status status = app_create(c->store, c->arena, owner, STR_NONE, &fields, &m->app);

	return status == DB_OK ? app_secret_add(c->store, m->app.id, owner, m->client_secret)
			       : status;
}

static enum db_status keep(struct context *c, struct making *m)
{
	int64_t ids[LIMIT_SANDBOX_USERS];
	const struct sandbox sandbox = {
		.id = str_from(m->id),
		.name = m->request.name,
		.app_id = m->app.id,
		.expires_at = m->expires_at = store_now(c->store) + m->request.lifetime_s,
	};

	for (int64_t i = 0; i < m->request.users; i++)
		ids[i] = m->users[i].account.id;
	sandboxes_note(c->rehearsal, m->expires_at);
	return sandbox_put(c->store, &sandbox, ids, (size_t)m->request.users);
}

static void add_app(struct buf *b, const struct making *m)
{
	buf_addf(b, "\"app\":{\"id\":%lld,", (long long)m->app.id);
	rehearsal_add_text(b, "name", m->app.name);
	buf_add_char(b, ',');
	rehearsal_add_text(b, "client_id", m->app.client_id);
	buf_add_char(b, ',');
	rehearsal_add_text(b, "client_secret", str_from(m->client_secret));
	buf_add_c(b, ",\"callback_urls\":[");
	for (size_t i = 0; i < m->request.callbacks_n; i++) {
		if (i)
			buf_add_char(b, ',');
		buf_add_json(b, m->request.callbacks[i].uri);
	}
	buf_addf(b, "],\"device_flow\":%s,\"token_expiration\":%s}",
		m->request.device_flow ? "true" : "false",
		m->request.token_expiration ? "true" : "false");
}

static void add_user(struct buf *b, const struct sandbox_user *u)
{
	buf_addf(b, "{\"id\":%lld,", (long long)u->account.id);
	rehearsal_add_text(b, "login", u->account.login);
	buf_add_char(b, ',');
	rehearsal_add_text(b, "password", str_from(u->password));
	buf_add_char(b, ',');
	rehearsal_add_text(b, "email", u->email);
	buf_add_char(b, '}');
}

/* Passwords and the client secret are told this once. */
static void show_made(
	struct context *c, struct http_request *req, struct http_reply *rep, const struct making *m)
{
	struct buf b;

	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_char(&b, '{');
	rehearsal_add_text(&b, "id", str_from(m->id));
	buf_add_char(&b, ',');
	rehearsal_add_text(&b, "name", m->request.name);
	buf_add_char(&b, ',');
	rehearsal_add_time(&b, "created_at", m->app.created_at);
	buf_add_char(&b, ',');
	rehearsal_add_time(&b, "expires_at", m->expires_at);
	buf_add_char(&b, ',');
	rehearsal_add_text(&b, "base_url", c->settings->base_url);
	buf_add_char(&b, ',');
	add_app(&b, m);
	buf_add_c(&b, ",\"users\":[");
	for (int64_t i = 0; i < m->request.users; i++) {
		if (i)
			buf_add_char(&b, ',');
		add_user(&b, &m->users[i]);
	}
	buf_add_c(&b, "]}");
	rehearsal_reply(rep, 201, buf_str(&b));
}

/* True: refused, or failed. */
static bool is_full(struct context *c, struct http_request *req, struct http_reply *rep)
{
	int64_t n;

	if (context_failed(c, sandbox_count(c->store, LIMIT_SANDBOXES, &n)))
		return true;
	if (n < LIMIT_SANDBOXES)
		return false;
	rehearsal_refuse(req, rep, 409, "limit_reached",
		str_printf(req->arena, "There are %d sandboxes already; delete some first.",
			LIMIT_SANDBOXES));
	return true;
}

/* Its names hold a random part, so that none is taken: a conflict counts as a failure of ours, and
 * is over when the client tries again. */
static void make(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct making *m = arg;

	c->failed |= m->failed;
	if (c->failed || is_full(c, req, rep) || context_failed(c, make_users(c, m)) ||
		context_failed(c, make_app(c, m)) || context_failed(c, keep(c, m)))
		return;
	LOG(LOG_INFO, "sandbox made", LOG_CSTR("sandbox", m->id),
		LOG_INT("lifetime", m->request.lifetime_s), LOG_INT("users", m->request.users));
	show_made(c, req, rep, m);
}

void rehearsal_sandbox_create(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct making *m = ARENA_NEW(c->arena, struct making);
	struct json_body body;

	if (!rehearsal_open_body(c, req, rep, &body) ||
		!sandbox_request_read(req, rep, &body, &m->request) || is_full(c, req, rep))
		return;
	easy_letters_make(c->random, m->id, SANDBOX_ID_LEN);
	for (int64_t i = 0; i < m->request.users; i++)
		easy_password_make(c->random, m->users[i].password);
	m->passes = (unsigned long long)c->settings->argon2_passes;
	m->memory_kib = (size_t)c->settings->argon2_memory_kib;
	rep->job.work = hash_passwords;
	rep->job.done = make;
	rep->job.arg = m;
}

static void add_sandbox(struct buf *b, const struct sandbox *s)
{
	buf_add_char(b, '{');
	rehearsal_add_text(b, "id", s->id);
	buf_add_char(b, ',');
	rehearsal_add_text(b, "name", s->name);
	buf_add_char(b, ',');
	rehearsal_add_time(b, "created_at", s->created_at);
	buf_add_char(b, ',');
	rehearsal_add_time(b, "expires_at", s->expires_at);
	buf_add_char(b, ',');
	rehearsal_add_text(b, "client_id", s->client_id);
	buf_addf(b, ",\"user_count\":%lld}", (long long)s->users);
}

void rehearsal_sandbox_list(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct sandbox *list;
	struct buf b;
	size_t n;

	if (!rehearsal_open(c, req, rep) ||
		context_failed(c, sandbox_list(c->store, c->arena, LIMIT_SANDBOXES, &list, &n)))
		return;
	buf_init(&b, req->arena, LIMIT_REPLY);
	buf_add_c(&b, "{\"sandboxes\":[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&b, ',');
		add_sandbox(&b, &list[i]);
	}
	buf_add_c(&b, "]}");
	rehearsal_reply(rep, 200, buf_str(&b));
}

void rehearsal_sandbox_delete(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct sandbox sandbox;

	if (!rehearsal_open(c, req, rep))
		return;
	enum db_status status = sandbox_read(c->store, c->arena, req->vars[0], &sandbox);

	if (status == DB_OK)
		status = sandbox_delete(c->store, c->arena, &sandbox);
	if (context_failed(c, status))
		return;
	if (status == DB_NONE) {
		rehearsal_refuse(req, rep, 404, "not_found",
			STR("There is no sandbox with this id; its time may be over."));
		return;
	}
	atomic_store(&c->rehearsal->sweep, true);
	http_reply(rep, 204, NULL, STR(""));
}
