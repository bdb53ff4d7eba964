/* The identifiers and "secrets" below are public by design: they are constants in the published
 * sources of these tools and in every copy of their programs, where nothing could be kept secret
 * (RFC 8252 8.5; github-oauth-surface.md 1.3). They protect nothing: what does are the loopback
 * callbacks, and the person who compares a device's code. */
#include "command/presets.h"

#define TEXT(literal)                                                                              \
	{                                                                                          \
		"" literal, sizeof(literal) - 1                                                    \
	}

static const struct preset presets[] = {
	/* github.com/cli/cli, internal/authflow/flow.go; hosts other than GitHub's own get the
	 * second callback. */
	{"gh", "178c6fc778ccc68e1d6a", "34ddeff2b558a23d38fba8a6de74f086ede1cc0b", "GitHub CLI",
		"https://cli.github.com/",
		{{TEXT("http://127.0.0.1/callback"), REDIRECT_EXACT},
			{TEXT("http://localhost/"), REDIRECT_EXACT}}},
	/* github.com/git-ecosystem/git-credential-manager, src/shared/GitHub/GitHubConstants.cs;
	 * older versions come back to localhost. */
	{"gcm", "0120e057bd645470c1ed", "18867509d956965542b521a529a79bb883344c90",
		"Git Credential Manager", "https://github.com/git-ecosystem/git-credential-manager",
		{{TEXT("http://127.0.0.1/"), REDIRECT_EXACT},
			{TEXT("http://localhost/"), REDIRECT_EXACT}}},
};

const struct preset *preset_find(struct str word)
{
	for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++)
		if (str_eq_c(word, presets[i].word))
			return &presets[i];
	return NULL;
}
