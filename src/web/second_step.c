#include "web/second_step.h"

#include "base/limits.h"
#include "core/acr.h"
#include "flow/second_factor.h"
#include "web/form_token.h"
#include "web/return_to.h"
#include "web/sign_in.h"

enum { PROOF_MAX = 4096 };

/* Proves that `account`'s password was given in this browser. The password's hash is part of it: a
 * changed password ends it, and so does a promotion, which may have forgotten that it changed. */
static struct str proof_of(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *account, int64_t expires_at)
{
	uint8_t mac[SHA256_LEN];
	struct str browser = form_token(c, req, rep, NULL);
	struct buf b;

	buf_init(&b, c->arena, PROOF_MAX);
	buf_addf(&b, "second step %lld %lld %lld %.*s ", (long long)account->id,
		(long long)expires_at, (long long)store_fence(c->store), STR_ARG(browser));
	buf_add(&b, account->password_hash);
	hmac_sha256(c->store->form_key, sizeof c->store->form_key, buf_str(&b), mac);
	return base64url_encode(c->arena, mac, sizeof mac);
}

static void leave_cookie(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *account)
{
	int64_t expires_at = store_now(c->store) + SECOND_STEP_LIFETIME_S;
	struct str proof = proof_of(c, req, rep, account, expires_at);

	web_set_cookie(c, req, rep, COOKIE_SECOND_STEP,
		str_printf(c->arena, "%lld.%lld.%.*s", (long long)account->id,
			(long long)expires_at, STR_ARG(proof)),
		SECOND_STEP_LIFETIME_S);
}

/* Whose password was given in this browser; false when nobody's, or too long ago. */
static bool read_cookie(struct context *c, struct http_request *req, struct http_reply *rep,
	struct account *account)
{
	struct str rest = web_cookie(c, req, COOKIE_SECOND_STEP), id_text, expires_text;
	int64_t id, expires_at;

	if (!str_is_set(rest) || !str_next(&rest, '.', &id_text) ||
		!str_next(&rest, '.', &expires_text) || !str_to_i64(id_text, &id) ||
		!str_to_i64(expires_text, &expires_at) || store_now(c->store) >= expires_at)
		return false;
	enum db_status status = account_by_id(c->store, c->arena, id, account);

	return !context_failed(c, status) && status == DB_OK && account->suspended_at == 0 &&
	       ct_equal_str(rest, proof_of(c, req, rep, account, expires_at));
}

static struct str own_path(struct context *c, enum lang lang, struct str return_to)
{
	struct buf b;

	buf_init(&b, c->arena, REWRITTEN_BODY);
	buf_add_c(&b, "/sessions/two-factor");
	web_add_parameter(&b, "lang", str_from(lang_tag(lang)));
	web_add_parameter(&b, "return_to", return_to);
	return buf_str(&b);
}

static void show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	struct str return_to, enum message error)
{
	struct page_second_step page = {
		.layout = web_layout(c, req, rep),
		.return_to = return_to,
		.error = error,
	};

	page.layout.authenticity_token = form_token(c, req, rep, NULL);
	page.layout.switch_href =
		own_path(c, c->visit->lang == LANG_EN ? LANG_ES : LANG_EN, return_to);
	c->visit->form_leaves = true;
	WEB_SHOW(c, rep, status, second_step, &page);
}

void second_step_begin(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *account, struct str return_to)
{
	leave_cookie(c, req, rep, account);
	show(c, req, rep, 200, return_to, MSG_NONE);
}

void second_step_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str return_to = return_to_or_home(params_get(&req->query, "return_to"));
	struct account account;

	if (req->query_status != FORM_OK)
		web_show_error(c, req, rep, 400);
	else if (read_cookie(c, req, rep, &account))
		show(c, req, rep, 200, return_to, MSG_NONE);
	else if (!c->failed)
		http_redirect(req, rep, 302, STR("/login"));
}

static void enter(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *account, const char *amr, struct str return_to)
{
	web_set_cookie(c, req, rep, COOKIE_SECOND_STEP, STR(""), 0);
	sign_in_as(c, req, rep, account, amr);
	web_go(c, req, rep, return_to, MSG_NONE);
}

void second_step_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str return_to = return_to_or_home(form_field(c, "return_to"));
	struct account account;
	int64_t wait_s = 0;

	if (!read_cookie(c, req, rep, &account)) {
		if (!c->failed)
			sign_in_show(c, req, rep, 422, STR(""), return_to, MSG_LOGIN_ERROR_AGAIN);
		return;
	}
	switch (second_factor_check(c, &account, form_field(c, "otp"), &wait_s)) {
	case SECOND_FACTOR_OFF: /* turned off meanwhile: the password was right */
		enter(c, req, rep, &account, AMR_PASSWORD, return_to);
		return;
	case SECOND_FACTOR_GOOD:
		enter(c, req, rep, &account, AMR_TWO_FACTORS, return_to);
		return;
	case SECOND_FACTOR_WRONG:
		show(c, req, rep, 422, return_to, MSG_TWO_FACTOR_ERROR_CODE);
		return;
	case SECOND_FACTOR_THROTTLED:
		show_too_many_attempts(c, req, rep, wait_s);
		return;
	case SECOND_FACTOR_FAILED:
		return;
	}
}
