#include "flow/device_enter.h"

#include "flow/throttle.h"
#include "store/upkeep.h"

enum { HOUR_S = 3600 };

/* Per account, not per session: whoever signs in again is the same person. */
static struct str by_account(struct context *c, const struct device_entry *e)
{
	return throttle_subject(c, "device code account", e->account->login);
}

static struct str by_address(struct context *c)
{
	return throttle_subject(c, "device code address", c->remote);
}

static enum device_entered wait_first(struct context *c, struct device_entry *e)
{
	int64_t account = throttle_wait(c, by_account(c, e)),
		address = throttle_wait(c, by_address(c));

	if (account < 0 || address < 0)
		return DEVICE_FAILED;
	e->retry_after_s = account > address ? account : address;
	return e->retry_after_s > 0 ? DEVICE_THROTTLED : DEVICE_ENTERED;
}

static enum device_entered unknown(struct context *c, struct device_entry *e)
{
	throttle_failure(c, by_account(c, e));
	throttle_failure(c, by_address(c));
	return c->failed ? DEVICE_FAILED : DEVICE_UNKNOWN;
}

/* GitHub reference 5.6: codes of one app entered within the hour, by anybody. */
static enum device_entered count_for_app(
	struct context *c, struct device_entry *e, const struct device *device)
{
	int64_t entered, left_s, most = c->settings->device_submissions_per_hour;
	struct str subject = throttle_subject(
		c, "device codes of app", str_printf(c->arena, "%lld", (long long)device->app_id));

	if (most == 0)
		return DEVICE_ENTERED;
	if (context_failed(c, throttle_read(c->store, subject, HOUR_S, &entered, &left_s)))
		return DEVICE_FAILED;
	e->retry_after_s = left_s;
	if (entered >= most)
		return DEVICE_THROTTLED;
	return context_failed(c, throttle_count(c->store, subject, HOUR_S, &entered))
		       ? DEVICE_FAILED
		       : DEVICE_ENTERED;
}

enum device_entered enter_device_code(struct context *c, struct device_entry *e)
{
	struct device device;
	enum device_entered result = wait_first(c, e);

	if (result != DEVICE_ENTERED)
		return result;
	if (!user_code_read(e->typed, e->user_code))
		return unknown(c, e);
	enum db_status status = device_by_user_code(c->store, c->arena, e->user_code, &device);

	if (context_failed(c, status))
		return DEVICE_FAILED;
	if (status == DB_NONE || device.fenced || store_now(c->store) >= device.expires_at)
		return unknown(c, e);
	result = count_for_app(c, e, &device);
	if (result == DEVICE_ENTERED &&
		context_failed(c, device_claim(c->store, device.id, e->session_id)))
		return DEVICE_FAILED;
	return result;
}
