#include "flow/read_details.h"

#include "base/buf.h"
#include "base/limits.h"
#include "core/client_metadata.h"
#include "flow/look_closer.h"
#include "store/detail_type.h"

enum { TYPES_TEXT = LIMIT_DETAIL_TYPES * (LIMIT_DETAIL_TYPE_NAME + 3) };

/* What `types` names, for somebody who sent another name. */
static struct str names_of(struct context *c, const struct detail_types *types)
{
	struct buf b;

	buf_init(&b, c->arena, TYPES_TEXT);
	for (size_t i = 0; i < types->n; i++) {
		buf_add_c(&b, b.n ? " | " : "");
		buf_add(&b, types->v[i].name);
	}
	return buf_str(&b);
}

static enum step_result refuse(struct context *c, const struct details_verdict *v,
	const struct detail_types *types, struct refusal *r)
{
	bool of_field = v->fault > DETAILS_TYPE;

	if (v->fault == DETAILS_TYPE) {
		r->expected = names_of(c, types);
		r->received = v->type;
		r->cause = CAUSE_DETAILS_TYPE;
		return STEP_REFUSE;
	}
	refusal_add(r, EVIDENCE_fault, str_from(details_fault_word(v->fault)));
	if (of_field)
		refusal_add(r, EVIDENCE_member, v->at);
	r->cause = of_field ? CAUSE_DETAILS_FIELD : CAUSE_DETAILS_MALFORMED;
	return STEP_REFUSE;
}

/* RFC 9396 10: an app that has said which types it uses gets no others. */
static struct detail_types types_of_app(
	struct context *c, const struct asked_details *asked, const struct detail_types *known)
{
	const struct metadata_list *own = &asked->metadata->authorization_details_types;
	struct detail_type *v = ARENA_ARRAY(c->arena, struct detail_type, known->n);
	struct detail_types out = {v, 0};

	for (size_t i = 0; i < known->n; i++)
		if (metadata_list_has(own, known->v[i].name) || (own->n == 0 && !asked->unasked))
			v[out.n++] = known->v[i];
	return out;
}

enum step_result read_details(struct context *c, const struct asked_details *asked,
	struct bound *bound, struct refusal *refusal)
{
	struct detail_types known;
	struct details_verdict verdict;

	if (!str_is_set(asked->sent))
		return STEP_NEXT;
	if (context_failed(c, detail_type_list(c->store, c->arena, &known)))
		return STEP_FAIL;
	const struct detail_types usable = types_of_app(c, asked, &known);

	return details_read(c->arena, asked->sent, &usable, &bound->details, &verdict)
		       ? STEP_NEXT
		       : refuse(c, &verdict, &usable, refusal);
}

enum step_result narrow_details(
	struct context *c, struct str sent, struct bound *bound, struct refusal *refusal)
{
	struct detail_types known;
	struct details_verdict verdict;
	struct str narrowed;

	if (!str_is_set(sent))
		return STEP_NEXT;
	if (context_failed(c, detail_type_list(c->store, c->arena, &known)))
		return STEP_FAIL;
	if (!details_read(c->arena, sent, &known, &narrowed, &verdict))
		return refuse(c, &verdict, &known, refusal);
	if (!details_cover(c->arena, bound->details, narrowed)) {
		refusal->cause = CAUSE_DETAILS_NOT_GRANTED;
		return STEP_REFUSE;
	}
	bound->details = narrowed;
	return STEP_NEXT;
}

bool show_details(struct context *c, struct str details, const struct detail_words *words,
	struct detail_view **out, size_t *n)
{
	struct detail_types known = {NULL, 0};

	*n = 0;
	if (!str_is_set(details))
		return true;
	if (context_failed(c, detail_type_list(c->store, c->arena, &known)))
		return false;
	c->failed = !details_view(c->arena, details, &known, words, out, n);
	return !c->failed;
}
