#include "web/app_form.h"

#include "core/account.h"
#include "web/settings.h"

void app_form_read(struct context *c, struct app_form *f)
{
	*f = (struct app_form){.name = str_trim(form_field(c, "name")),
		.homepage = str_trim(form_field(c, "homepage")),
		.description = str_trim(form_field(c, "description")),
		.device_flow = str_eq_c(form_field(c, "device_flow"), "1"),
		.token_expiration = str_eq_c(form_field(c, "token_expiration"), "1")};
	for (int i = 1; i <= LIMIT_CALLBACKS; i++) {
		const char *field = str_printf(c->arena, "callback_%d", i).p;
		const char *wildcard = str_printf(c->arena, "wildcard_%d", i).p;
		struct str uri = str_trim(form_field(c, field));

		if (!str_has_text(uri))
			continue;
		f->callbacks[f->callbacks_n++] = (struct callback){
			uri, str_eq_c(form_field(c, wildcard), "1") ? REDIRECT_WILDCARD
								    : REDIRECT_EXACT};
	}
}

void app_form_load(struct context *c, const struct app *app, struct app_form *f)
{
	struct callback *callbacks;
	size_t n;

	*f = (struct app_form){.name = app->name,
		.homepage = app->homepage,
		.description = str_is_set(app->description) ? app->description : STR(""),
		.device_flow = app->device_flow,
		.token_expiration = app->token_expiration};
	if (context_failed(c, app_callbacks(c->store, c->arena, app->id, &callbacks, &n)))
		return;
	for (; f->callbacks_n < n && f->callbacks_n < LIMIT_CALLBACKS; f->callbacks_n++)
		f->callbacks[f->callbacks_n] = callbacks[f->callbacks_n];
}

static enum message name_error(struct str name)
{
	switch (app_name_check(name)) {
	case FIELD_OK:
		break;
	case FIELD_MISSING:
		return MSG_FORM_ERROR_MISSING;
	case FIELD_TOO_LONG:
		return MSG_APP_ERROR_NAME_LONG;
	case FIELD_TOO_SHORT:
	case FIELD_BAD_FORM:
	case FIELD_RESERVED:
		return MSG_APP_ERROR_NAME;
	}
	return MSG_NONE;
}

static enum message homepage_error(struct str url)
{
	switch (homepage_check(url)) {
	case FIELD_OK:
		break;
	case FIELD_MISSING:
		return MSG_FORM_ERROR_MISSING;
	case FIELD_TOO_LONG:
		return MSG_FORM_ERROR_TOO_LONG;
	case FIELD_TOO_SHORT:
	case FIELD_BAD_FORM:
	case FIELD_RESERVED:
		return MSG_FORM_ERROR_URL;
	}
	return MSG_NONE;
}

static enum message description_error(struct str text)
{
	if (text.n > LIMIT_APP_DESCRIPTION)
		return MSG_APP_ERROR_DESCRIPTION_LONG;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char b = (unsigned char)text.p[i];

		if ((b < 0x20 && b != '\n' && b != '\r' && b != '\t') || b == 0x7F)
			return MSG_APP_ERROR_NAME;
	}
	return MSG_NONE;
}

static enum message callback_error(const struct app_form *f, size_t row)
{
	struct redirect_uri uri;

	if (redirect_uri_parse(f->callbacks[row].uri, &uri) != REDIRECT_URI_OK)
		return MSG_APP_ERROR_CALLBACK;
	for (size_t i = 0; i < row; i++)
		if (str_eq(f->callbacks[i].uri, f->callbacks[row].uri))
			return MSG_APP_ERROR_CALLBACK_REPEATED;
	return MSG_NONE;
}

bool app_form_check(struct app_form *f)
{
	bool good;

	f->error_name = name_error(f->name);
	f->error_homepage = homepage_error(f->homepage);
	f->error_description = description_error(f->description);
	good = !f->error_name && !f->error_homepage && !f->error_description;
	for (size_t i = 0; i < f->callbacks_n; i++) {
		f->callback_errors[i] = callback_error(f, i);
		good = good && !f->callback_errors[i];
	}
	if (f->callbacks_n == 0)
		f->callback_errors[0] = MSG_APP_ERROR_CALLBACK_MISSING;
	return good && f->callbacks_n > 0;
}

struct app_fields app_form_fields(const struct app_form *f)
{
	return (struct app_fields){.name = f->name,
		.homepage = f->homepage,
		.description = f->description.n ? f->description : STR_NONE,
		.device_flow = f->device_flow,
		.token_expiration = f->token_expiration,
		.callbacks = f->callbacks,
		.callbacks_n = f->callbacks_n};
}

void app_form_rows(struct arena *a, const struct app_form *f,
	const struct page_app_form_callback **shown, size_t *shown_n,
	const struct page_app_form_callback **spare, size_t *spare_n)
{
	struct page_app_form_callback *rows =
		ARENA_ARRAY(a, struct page_app_form_callback, LIMIT_CALLBACKS);

	for (size_t i = 0; i < LIMIT_CALLBACKS; i++) {
		bool filled = i < f->callbacks_n;

		rows[i] = (struct page_app_form_callback){
			.number = (int64_t)i + 1,
			.uri = filled ? f->callbacks[i].uri : STR(""),
			.wildcard = filled && f->callbacks[i].mode == REDIRECT_WILDCARD,
			.error = f->callback_errors[i],
		};
	}
	*shown = rows;
	*shown_n = f->callbacks_n ? f->callbacks_n : 1;
	*spare = rows + *shown_n;
	*spare_n = LIMIT_CALLBACKS - *shown_n;
}
