#include "docs/version.h"

static const char *const ours[] = {"llavero", "ghes", "enterprise-server", NULL};
static const char *const others[] = {
	"fpt", "ghec", "ghae", "free-pro-team", "enterprise-cloud", "github-ae", NULL};
/* With the newest release on the left-hand side. */
static const char *const true_for_newest[] = {">", ">=", "!=", NULL};
static const char *const false_for_newest[] = {"<", "<=", "=", "==", NULL};

static bool is_one_of(struct str word, const char *const *list)
{
	for (; *list; list++)
		if (str_eq_c(word, *list))
			return true;
	return false;
}

/* Takes the next word off `rest`; empty at the end. */
static struct str take_word(struct str *rest)
{
	size_t from = 0, to;

	while (from < rest->n && (unsigned char)rest->p[from] <= ' ')
		from++;
	for (to = from; to < rest->n && (unsigned char)rest->p[to] > ' ';)
		to++;
	struct str word = str_slice(*rest, from, to);

	*rest = str_slice(*rest, to, rest->n);
	return word;
}

static bool is_release(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if ((word.p[i] < '0' || word.p[i] > '9') && word.p[i] != '.')
			return false;
	return word.n > 0;
}

/* [not] NAME [COMPARISON RELEASE] */
static bool take_term(struct str *rest, bool *holds, struct str *bad)
{
	struct str word = take_word(rest), ahead = *rest;
	bool negated = str_eq_c(word, "not");

	if (negated) {
		word = take_word(rest);
		ahead = *rest;
	}
	*bad = word;
	if (!is_one_of(word, ours) && !is_one_of(word, others))
		return false;
	*holds = is_one_of(word, ours);
	struct str sign = take_word(&ahead);

	if (is_one_of(sign, true_for_newest) || is_one_of(sign, false_for_newest)) {
		*bad = take_word(&ahead);
		if (!is_release(*bad))
			return false;
		*holds = *holds && is_one_of(sign, true_for_newest);
		*rest = ahead;
	}
	*holds = *holds != negated;
	return true;
}

bool version_holds(struct str expression, bool *holds, struct str *bad)
{
	bool any = false, all = true, term;

	for (;;) {
		if (!take_term(&expression, &term, bad))
			return false;
		all = all && term;
		struct str word = take_word(&expression);

		*bad = word;
		if (str_eq_c(word, "and"))
			continue;
		any = any || all;
		if (word.n == 0)
			break;
		if (!str_eq_c(word, "or"))
			return false;
		all = true;
	}
	*holds = any;
	return true;
}
