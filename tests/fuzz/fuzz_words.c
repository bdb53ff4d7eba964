/* Short texts that have a form: hosts, addresses, durations, prompts, paths to go on to, links,
 * and the first bytes of pictures. */
#include <arpa/inet.h>

#include "core/acr.h"
#include "core/address.h"
#include "core/duration.h"
#include "core/host.h"
#include "core/image.h"
#include "core/prompt.h"
#include "fuzz.h"
#include "web/markup.h"
#include "web/return_to.h"

/* The forms exclude each other, and addresses are those that the C library reads. */
static void check_host(struct arena *a, struct str host)
{
	bool name = host_is_name(host), v4 = host_is_ipv4(host), v6 = host_is_ipv6(host);
	uint8_t bytes[16], again[16];
	char text[INET6_ADDRSTRLEN];

	MUST(name + v4 + v6 <= 1);
	if (name)
		MUST(host.n <= 253 && !fuzz_splits(host) && host.p[host.n - 1] != '.');
	if (v4)
		MUST(inet_pton(AF_INET, str_c(a, host), bytes) == 1);
	if (!v6)
		return;
	MUST(inet_pton(AF_INET6, str_c(a, host), bytes) == 1);
	MUST(inet_ntop(AF_INET6, bytes, text, sizeof text) && host_is_ipv6(str_from(text)));
	MUST(inet_pton(AF_INET6, text, again) == 1 && memcmp(bytes, again, 16) == 0);
}

static void check_duration(struct arena *a, struct str text)
{
	enum { MOST = 1000000 };
	int64_t s, again;

	if (!duration_read(text, MOST, &s))
		return;
	MUST(s >= 0 && s <= MOST);
	MUST(duration_read(str_printf(a, "%llds", (long long)s), MOST, &again) && s == again);
	if (s > 0)
		MUST(!duration_read(text, s - 1, &again));
}

/* Where people go on to is a path here, whatever a browser makes of it: no host can be in it. */
static void check_path(struct str path)
{
	if (!return_to_is_local(path))
		return;
	MUST(str_starts(path, STR("/")) && !str_starts(path, STR("//")));
	MUST(!str_has_char(path, '\\') && !fuzz_splits(path) && !str_has_char(path, ' '));
	MUST(markup_url_is_safe(path));
}

static void check_link(struct arena *a, struct str url)
{
	struct buf out;
	size_t colon = str_find(url, ':');
	struct str scheme = str_slice(url, 0, colon);

	buf_init(&out, a, LIMIT_REPLY);
	markup_add_url(&out, url);
	markup_add_target(&out, url);
	struct str text = buf_str(&out);

	MUST(!str_has_char(text, '"') && !str_has_char(text, '<') && !str_has_char(text, '>'));
	if (!markup_url_is_safe(url))
		return;
	MUST(!fuzz_splits(url) && !str_starts(url, STR("//")));
	MUST(colon == url.n ||
		(!str_eq_nocase(scheme, STR("javascript")) && !str_eq_nocase(scheme, STR("data"))));
}

static void target(struct arena *a, struct str text)
{
	struct str word = fuzz_line(&text);
	unsigned prompts;

	check_host(a, word);
	check_duration(a, word);
	check_path(word);
	check_link(a, word);
	MUST(host_is_local_name(word) || str_has_char(word, '.'));
	if (prompt_read(word, &prompts))
		MUST(!(prompts & PROMPT_NONE) || prompts == PROMPT_NONE);
	if (str_has_text(word))
		MUST(acr_is_known(acr_of(word)) && acr_suffices(acr_of(word), acr_of(word)));
	const char *type = image_type(text);

	MUST(!type || (text.n >= 3 && strncmp(type, "image/", 6) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
