/* Deciding about a device: RFC 8628 3.3 and 5.4. */
#include "web/device.h"

#include "explain/refusal.h"
#include "flow/device_decide.h"
#include "web/details.h"
#include "web/page.h"
#include "web/permissions.h"

static void show(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct device_decision *d)
{
	const struct scope_set none = {{0}};
	/* What an earlier scope includes is not new, whatever it is called. */
	struct permissions asked =
		permissions_of(c->arena, c->visit->lang, d->scopes, scope_expand(d->granted));
	struct permissions held = permissions_of(c->arena, c->visit->lang, d->granted, none);
	struct shown_details details = web_details(c, d->bound.details);
	const struct page_device_confirmation page = {
		.layout = web_layout(c, req, rep),
		.app_name = d->app.name,
		.app_initial = web_initial(c->arena, d->app.name),
		.app_description = d->app.description,
		.owner = web_owner_of(c, &d->app),
		.unverified = d->app.unverified,
		.homepage = d->app.homepage,
		.app_age = web_age(c, d->app.created_at),
		.ours = str_eq(d->app.client_id, c->settings->demo_app.client_id),
		.login = d->account->login,
		.user_code = user_code_show(c->arena, d->user_code),
		.address = d->device.address,
		.started = d->device.created_at,
		.started_ago = web_age(c, d->device.created_at),
		.details = details.v,
		.details_n = details.n,
		.asked = asked.groups,
		.asked_n = asked.n,
		.held = held.groups,
		.held_n = held.n,
	};

	WEB_SHOW(c, rep, 200, device_confirmation, &page);
}

static void run(struct context *c, struct http_request *req, struct http_reply *rep,
	struct str user_code, enum authorize_decision decision)
{
	struct device_decision d = {.account = web_account(c),
		.session_id = c->visit->session.id,
		.signed_on = web_signed_on(c),
		.typed = user_code,
		.decision = decision};
	struct str to = STR("/login/device/failure?reason=not_found");

	if (decide_device(c, &d) == STEP_FAIL)
		return;
	switch (d.outcome) {
	case DEVICE_ASK:
		show(c, req, rep, &d);
		return;
	case DEVICE_VERIFY_EMAIL:
		web_show_verify_email(c, req, rep);
		return;
	case DEVICE_APPROVED:
		explain_step(c, "device_approval", d.app.id, d.device.id);
		to = STR("/login/device/success");
		break;
	case DEVICE_DENIED:
		explain_step(c, "device_denial", d.app.id, d.device.id);
		to = STR("/login/device/failure?reason=denied");
		break;
	case DEVICE_EXPIRED:
		to = STR("/login/device/failure?reason=expired");
		break;
	case DEVICE_NOT_FOUND:
		break;
	}
	web_go(c, req, rep, to, MSG_NONE);
}

void device_confirmation_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	run(c, req, rep, params_get(&req->query, "user_code"), DECISION_NONE);
}

void device_decide_submit(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct params *form = web_form(c);

	run(c, req, rep, params_get(form, "user_code"),
		str_eq_c(params_get(form, "authorize"), "1") ? DECISION_ALLOW : DECISION_DENY);
}

void device_success_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	const struct page_device_success page = {.layout = web_layout(c, req, rep)};

	WEB_SHOW(c, rep, 200, device_success, &page);
}

void device_failure_page(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str reason = params_get(&req->query, "reason");
	struct page_device_failure page = {
		.layout = web_layout(c, req, rep),
		.title = MSG_DEVICE_NOT_FOUND_TITLE,
		.text = MSG_DEVICE_NOT_FOUND_TEXT,
	};

	if (str_eq_c(reason, "expired")) {
		page.title = MSG_DEVICE_EXPIRED_TITLE;
		page.text = MSG_DEVICE_EXPIRED_TEXT;
	} else if (str_eq_c(reason, "denied")) {
		page.title = MSG_DEVICE_DENIED_TITLE;
		page.text = MSG_DEVICE_DENIED_TEXT;
	}
	WEB_SHOW(c, rep, 200, device_failure, &page);
}
