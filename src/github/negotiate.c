/* Content negotiation of the token endpoint: GitHub reference 3.2 and question 7 of section 15. */
#include <stdlib.h>

#include "github/oauth.h"

struct wish {
	int form, json, xml, html, any; /* quality in thousandths, -1 when not named */
};

/* RFC 9110 12.4.2: 0 to 1 with up to three decimals; anything else counts as 1. */
static int quality(struct str range)
{
	struct str rest = range, part;

	while (str_next(&rest, ';', &part)) {
		part = str_trim(part);
		if (!str_starts(part, STR("q=")) && !str_starts(part, STR("Q=")))
			continue;
		int value = 0, scale = 1000;

		for (size_t i = 2; i < part.n && scale > 0; i++) {
			if (part.p[i] == '.')
				continue;
			if (part.p[i] < '0' || part.p[i] > '9')
				return 1000;
			value += (part.p[i] - '0') * scale;
			scale /= 10;
		}
		return value > 1000 ? 1000 : value;
	}
	return 1000;
}

static void note(struct wish *w, struct str range)
{
	struct str type = str_trim(str_slice(range, 0, str_find(range, ';')));
	int q = quality(range);

	if (str_eq_nocase(type, STR("application/json")))
		w->json = q;
	else if (str_eq_nocase(type, STR("application/xml")))
		w->xml = q;
	else if (str_eq_nocase(type, STR("application/x-www-form-urlencoded")))
		w->form = q;
	else if (str_eq_nocase(type, STR("text/html")))
		w->html = q;
	else if (str_eq_nocase(type, STR("*/*")) || str_eq_nocase(type, STR("application/*")))
		w->any = q > w->any ? q : w->any;
}

enum reply_format github_negotiate(struct str accept)
{
	struct wish w = {-1, -1, -1, -1, -1};
	struct str rest = accept, range;

	if (!str_has_text(accept))
		return FORMAT_FORM;
	while (str_next(&rest, ',', &range))
		note(&w, range);
	/* What accepts anything as gladly gets the default, which is the form; so do browsers,
	 * whose lists name XML for reasons of their own. */
	int form = w.form > w.any ? w.form : w.any;

	if (w.any > 0 && w.html > form)
		form = w.html;
	if (w.json > 0 && w.json > form && w.json >= w.xml)
		return FORMAT_JSON;
	if (w.xml > 0 && w.xml > form)
		return FORMAT_XML;
	return form > 0 ? FORMAT_FORM : FORMAT_NONE;
}
