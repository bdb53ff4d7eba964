#include "core/jose.h"

static const char *const words[JOSE_ALGS] = {
	[JOSE_NO_ALG] = "",
	[JOSE_ES256] = "ES256",
	[JOSE_RS256] = "RS256",
	[JOSE_PS256] = "PS256",
	[JOSE_EDDSA] = "EdDSA",
	[JOSE_HS256] = "HS256",
};

const char *jose_alg_word(enum jose_alg alg)
{
	return words[alg];
}

enum jose_alg jose_alg_of(struct str word)
{
	for (int i = JOSE_NO_ALG + 1; i < JOSE_ALGS; i++)
		if (str_eq_c(word, words[i]))
			return (enum jose_alg)i;
	return JOSE_NO_ALG;
}

bool jose_algs_of(struct str list, unsigned *bits, enum jose_alg *first)
{
	struct str word;

	*bits = 0;
	while (str_next(&list, ',', &word)) {
		enum jose_alg alg = jose_alg_of(str_trim(word));

		if (alg == JOSE_NO_ALG || (*bits & JOSE_BIT(alg)))
			return false;
		if (first && *bits == 0)
			*first = alg;
		*bits |= JOSE_BIT(alg);
	}
	return *bits != 0;
}

struct str jose_alg_words(struct arena *a, unsigned bits, const char *separator)
{
	struct str list = STR("");

	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS; alg++)
		if (bits & JOSE_BIT(alg))
			list = str_joined(a, list, separator, str_from(words[alg]));
	return list;
}
