/* The form of an app's fields: read, checked, and shown again with what is wrong. */
#ifndef LLAVERO_WEB_APP_FORM_H
#define LLAVERO_WEB_APP_FORM_H

#include "base/limits.h"
#include "gen/pages.h"
#include "store/app.h"
#include "web/visit.h"

struct app_form {
	struct str name, homepage, description;
	bool device_flow, token_expiration;
	struct callback callbacks[LIMIT_CALLBACKS];
	enum message callback_errors[LIMIT_CALLBACKS];
	size_t callbacks_n;
	enum message error_name, error_homepage, error_description;
};

/* What was sent: rows without a URI are left out. */
void app_form_read(struct context *c, struct app_form *f);
/* What is stored. Sets c->failed when the store fails. */
void app_form_load(struct context *c, const struct app *app, struct app_form *f);
/* Fills the errors; true when there are none. */
bool app_form_check(struct app_form *f);
struct app_fields app_form_fields(const struct app_form *f);
/* The rows of the page: those that are filled, at least one, and then the spare ones. */
void app_form_rows(struct arena *a, const struct app_form *f,
	const struct page_app_form_callback **shown, size_t *shown_n,
	const struct page_app_form_callback **spare, size_t *spare_n);

#endif
