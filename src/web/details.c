#include "web/details.h"

#include "flow/read_details.h"
#include "web/visit.h"

static const struct page_details_line *lines_of(struct arena *a, const struct detail_view *view)
{
	struct page_details_line *lines = ARENA_ARRAY(a, struct page_details_line, view->lines_n);

	for (size_t i = 0; i < view->lines_n; i++)
		lines[i] = (struct page_details_line){view->lines[i].name, view->lines[i].value};
	return lines;
}

struct shown_details web_details(struct context *c, struct str details)
{
	enum lang lang = c->visit->lang;
	const struct detail_words words = {
		lang_tag(lang), message(lang, MSG_DETAILS_YES), message(lang, MSG_DETAILS_NO)};
	struct detail_view *views;
	size_t n;

	if (!show_details(c, details, &words, &views, &n))
		return (struct shown_details){NULL, 0};
	struct page_details_detail *shown = ARENA_ARRAY(c->arena, struct page_details_detail, n);

	for (size_t i = 0; i < n; i++)
		shown[i] = (struct page_details_detail){.title = views[i].title,
			.type = views[i].type,
			.lines = lines_of(c->arena, &views[i]),
			.lines_n = views[i].lines_n};
	return (struct shown_details){shown, n};
}
