/* Client metadata as JSON: RFC 7591 3.2.1, "all registered metadata about this client". */
#include "base/buf.h"
#include "core/client_members.h"

enum { METADATA_MAX = 4 * LIMIT_METADATA };

static void begin(struct buf *b, const char *name)
{
	buf_add_char(b, b->n ? ',' : '{');
	buf_add_json(b, str_from(name));
	buf_add_char(b, ':');
}

static void add_text(struct buf *b, const char *name, struct str value)
{
	if (!str_is_set(value))
		return;
	begin(b, name);
	buf_add_json(b, value);
}

static void add_list(struct buf *b, const char *name, const struct metadata_list *list)
{
	if (list->n == 0)
		return;
	begin(b, name);
	for (size_t i = 0; i < list->n; i++) {
		buf_add_char(b, i ? ',' : '[');
		buf_add_json(b, list->v[i]);
	}
	buf_add_char(b, ']');
}

static void add_member(
	struct buf *b, const struct metadata_member *row, const struct client_metadata *m)
{
	const void *at = (const char *)m + row->offset;

	switch (row->kind) {
	case METADATA_MEMBER_LIST:
		add_list(b, row->name, at);
		return;
	case METADATA_MEMBER_FLAG:
		if (!*(const bool *)at)
			return;
		begin(b, row->name);
		buf_add_c(b, "true");
		return;
	case METADATA_MEMBER_TEXT:
	case METADATA_MEMBER_URI:
	case METADATA_MEMBER_ALGORITHM:
		break;
	}
	add_text(b, row->name, *(const struct str *)at);
}

static void add_grants(struct buf *b, const struct client_metadata *m)
{
	size_t n = 0;

	begin(b, "grant_types");
	buf_add_char(b, '[');
	for (const struct metadata_grant *g = metadata_grants; g->word; g++) {
		if (!(m->grant_types & g->type))
			continue;
		if (n++)
			buf_add_char(b, ',');
		buf_add_json(b, str_from(g->word));
	}
	buf_add_c(b, "]");
	begin(b, "response_types");
	buf_add_c(b, m->response_code ? "[\"code\"]" : "[]");
}

static void add_words(struct buf *b, const struct client_metadata *m, enum metadata_part part)
{
	bool post = m->auth_method == AUTH_SECRET && m->auth_post;

	/* METADATA_KEPT has it only to tell apart what the column does not. */
	if (part == METADATA_WHOLE || post)
		add_text(b, "token_endpoint_auth_method",
			str_from(post ? "client_secret_post" : auth_method_word(m->auth_method)));
	add_text(b, "application_type",
		str_from(m->application_type == APPLICATION_NATIVE ? "native" : "web"));
	add_text(b, "subject_type", str_from(m->pairwise ? "pairwise" : "public"));
}

struct str client_metadata_write(
	struct arena *a, const struct client_metadata *m, enum metadata_part part)
{
	struct buf b;

	buf_init(&b, a, METADATA_MAX);
	for (const struct metadata_member *row = metadata_members; row->name; row++)
		if (part == METADATA_WHOLE || !row->column)
			add_member(&b, row, m);
	for (size_t i = 0; i < m->localized_n; i++)
		add_text(&b, str_c(a, m->localized[i].name), m->localized[i].value);
	/* Those that follow from other things go on following. */
	if (part == METADATA_WHOLE || !m->usual_grants)
		add_grants(&b, m);
	add_words(&b, m, part);
	if (m->default_max_age >= 0) {
		begin(&b, "default_max_age");
		buf_addf(&b, "%lld", (long long)m->default_max_age);
	}
	for (const struct metadata_subject *s = metadata_subjects; s->name; s++)
		if (s->kind == m->tls_subject_kind)
			add_text(&b, s->name, m->tls_subject);
	if (str_is_set(m->jwks)) {
		begin(&b, "jwks");
		buf_add(&b, m->jwks);
	}
	buf_add_char(&b, '}');
	return buf_str(&b);
}
