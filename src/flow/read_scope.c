#include "flow/read_scope.h"

#include "flow/look_closer.h"

static enum scope_form form_at(enum dialect edge)
{
	return edge == DIALECT_STANDARD ? SCOPE_FORM_SPACED : SCOPE_FORM_LOOSE;
}

struct str dropped_scope(struct arena *a, enum dialect edge, struct str text)
{
	return scope_unknown(a, text, form_at(edge));
}

enum step_result read_scope(struct context *c, const struct asked_scope *asked,
	struct scope_set *out, bool *offline_access)
{
	struct refusal *r = asked->refusal;
	size_t unknown, stray = scope_stray_byte(asked->text);

	if (asked->edge == DIALECT_STANDARD && stray < asked->text.n) {
		refusal_add_number(r, c->arena, EVIDENCE_position, (int64_t)stray + 1);
		r->cause = CAUSE_SCOPE_MALFORMED;
		return STEP_REFUSE;
	}
	if (scope_parse_form(asked->text, form_at(asked->edge), out, &unknown, offline_access) ==
		SCOPE_OK)
		return STEP_NEXT;
	look_add_scope_length(c, r, asked->text);
	r->cause = asked->too_long;
	return STEP_REFUSE;
}

enum step_result read_scope_within(struct context *c, const struct asked_scope *asked,
	struct scope_set all, struct scope_set *out)
{
	struct refusal *r = asked->refusal;
	bool offline;

	*out = all;
	if (!str_has_text(asked->text))
		return STEP_NEXT;
	r->expected = scope_format(c->arena, all, " ");
	r->received = asked->text;
	enum step_result result = read_scope(c, asked, out, &offline);

	if (result != STEP_NEXT)
		return result;
	if (!scope_covers(all, *out)) {
		r->cause = asked->too_long;
		return STEP_REFUSE;
	}
	r->expected = r->received = STR_NONE;
	return STEP_NEXT;
}
