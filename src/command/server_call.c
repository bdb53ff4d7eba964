/* Asking the running server. Its data folder says where it is and with which token. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command/rehearsal.h"

enum { REPLY_MAX = 4 << 20, WAIT_S = 120, URL_MAX = 2300 };

struct exchange {
	const char *url, *authorization;
	char *body; /* or NULL */
	long status;
	char *reply;
	size_t reply_n;
	char problem[CURL_ERROR_SIZE];
};

/* What a start of the server has left: {"base_url","rehearsal_token"}, in the newer of two files.
 */
static json_t *read_server(const struct call *call, char path[1024])
{
	static const char *const names[] = {"demo.json", "rehearsal.json"};
	struct timespec newest = {0, 0};
	json_t *found = NULL;

	for (size_t i = 0; i < 2; i++) {
		char one[1024];
		struct stat st;

		snprintf(one, sizeof one, "%s/%s", call->config.data, names[i]);
		if (stat(one, &st) != 0 || st.st_mtim.tv_sec < newest.tv_sec ||
			(st.st_mtim.tv_sec == newest.tv_sec && st.st_mtim.tv_nsec < newest.tv_nsec))
			continue;
		json_t *json = json_load_file(one, 0, NULL);

		if (!json_is_string(json_object_get(json, "base_url")) ||
			!json_is_string(json_object_get(json, "rehearsal_token"))) {
			json_decref(json);
			continue;
		}
		json_decref(found);
		found = json;
		newest = st.st_mtim;
		memcpy(path, one, sizeof one);
	}
	return found;
}

static size_t take_reply(char *data, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	size_t bytes = size * n;

	/* Fewer than came ends the call with an error. */
	if (bytes > REPLY_MAX - x->reply_n)
		return 0;
	memcpy(x->reply + x->reply_n, data, bytes);
	x->reply_n += bytes;
	return bytes;
}

static void set_options(CURL *curl, struct call *call, const char *method, struct exchange *x)
{
	curl_easy_setopt(curl, CURLOPT_URL, x->url);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "llavero");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WAIT_S);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, x->problem);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_reply);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
	/* A certificate of one's own making is known to nobody else. */
	if (*call->config.tls_certificate)
		curl_easy_setopt(curl, CURLOPT_CAINFO, call->config.tls_certificate);
	if (x->body)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, x->body);
}

/* False when there was no answer; x->problem says why. */
static bool make(struct call *call, const char *method, struct exchange *x)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = curl_slist_append(NULL, x->authorization);
	struct curl_slist *all =
		headers ? curl_slist_append(headers, "Content-Type: application/json") : NULL;
	CURLcode result = CURLE_OUT_OF_MEMORY;

	if (curl && all) {
		set_options(curl, call, method, x);
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, all);
		result = curl_easy_perform(curl);
	}
	if (result == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &x->status);
	else if (!*x->problem)
		snprintf(x->problem, sizeof x->problem, "%s", curl_easy_strerror(result));
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return result == CURLE_OK;
}

/* What an answer that is no success means. */
static bool say_refusal(
	const struct exchange *x, const json_t *reply, const char *base_url, const char *path)
{
	const char *why = json_string_value(json_object_get(reply, "error_description"));

	if (x->status == 401)
		say_failure("the server at %s does not take the token in '%s': it has another data "
			    "folder",
			base_url, path);
	else if (why)
		say_failure("%s", why);
	else if (x->status == 404)
		say_failure("the server at %s is no rehearsal: start it with --demo or --rehearsal",
			base_url);
	else
		say_failure("the server at %s answered %ld", base_url, x->status);
	return false;
}

static bool exchange(struct call *call, const char *method, struct exchange *x,
	const char *base_url, const char *path, json_t **reply)
{
	x->reply = arena_alloc(&call->arena, REPLY_MAX);
	if (!make(call, method, x)) {
		say_failure("the server at %s does not answer; is it running? (%s)", base_url,
			x->problem);
		return false;
	}
	*reply = json_loadb(x->reply, x->reply_n, 0, NULL);
	if (x->status >= 200 && x->status < 300)
		return true;
	say_refusal(x, *reply, base_url, path);
	json_decref(*reply);
	return false;
}

bool ask_server(
	struct call *call, const char *method, struct str path, json_t *body, json_t **reply)
{
	char file[1024], url[URL_MAX], authorization[128];
	json_t *server = read_server(call, file);
	struct exchange x = {.url = url,
		.authorization = authorization,
		.body = body ? json_dumps(body, 0) : NULL};
	bool good = false;

	*reply = NULL;
	if (server) {
		const char *base = json_string_value(json_object_get(server, "base_url"));

		snprintf(url, sizeof url, "%s/rehearsal/%.*s", base, STR_ARG(path));
		snprintf(authorization, sizeof authorization, "Authorization: Bearer %s",
			json_string_value(json_object_get(server, "rehearsal_token")));
		good = exchange(call, method, &x, base, file, reply);
	} else {
		say_failure("the data folder '%s' belongs to no rehearsal: start the server with "
			    "--demo or --rehearsal, or name its folder with --data",
			call->config.data);
	}
	free(x.body);
	json_decref(body);
	json_decref(server);
	return good;
}

struct str reply_text(const json_t *reply, const char *name)
{
	return str_from(json_string_value(json_object_get(reply, name)));
}

struct str reply_time(struct arena *a, const json_t *reply, const char *name)
{
	struct str s = reply_text(reply, name);

	return s.n < 16 ? STR("-") : str_printf(a, "%.10s %.5s", s.p, s.p + 11);
}

bool add_number_flag(const struct call *call, json_t *body, const char *name)
{
	struct str text = args_text(&call->args, name);
	int64_t value;

	if (!str_is_set(text))
		return true;
	if (!str_to_i64(text, &value)) {
		say_misuse(call, "'--%s' is '%.*s', but must be a number", name, STR_ARG(text));
		return false;
	}
	json_object_set_new(body, name, json_integer((json_int_t)value));
	return true;
}
