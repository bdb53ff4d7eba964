#include "docs/docs.h"

static bool has_directory(struct str path, const char *name)
{
	struct str piece;

	while (str_next(&path, '/', &piece))
		if (str_eq_c(piece, name) && str_is_set(path))
			return true;
	return false;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

/* How many words of `text` are in the list. */
static size_t count_words(struct str text, const char *const *words)
{
	size_t found = 0;

	for (size_t i = 0; i < text.n;) {
		size_t from = i;

		while (i < text.n && is_letter(text.p[i]))
			i++;
		for (const char *const *w = words; i > from && *w; w++)
			found += str_eq_nocase(str_slice(text, from, i), str_from(*w));
		i += i == from;
	}
	return found;
}

struct str docs_guess_lang(struct str path, struct str text)
{
	/* Words that hold sentences together, each in one of the languages only. */
	static const char *const spanish[] = {"el", "la", "los", "las", "que", "de", "del", "y",
		"en", "para", "con", "por", "una", "es", "se", "tu", "esta", "como", NULL};
	static const char *const english[] = {"the", "of", "and", "to", "in", "that", "is", "for",
		"with", "you", "your", "this", "are", "it", "by", "on", "if", "as", NULL};

	if (has_directory(path, "es"))
		return STR("es");
	if (has_directory(path, "en"))
		return STR("en");
	return count_words(text, spanish) > count_words(text, english) ? STR("es") : STR("en");
}
