/* Asking the running server. Its data folder says where it is and with which token. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "command/http_call.h"
#include "command/rehearsal.h"

enum { URL_MAX = 2300 };

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

/* What an answer that is no success means. */
static bool say_refusal(
	const struct http_call *x, const json_t *reply, const char *base_url, const char *path)
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

static bool exchange(struct call *call, struct http_call *x, const char *base_url, const char *path,
	json_t **reply)
{
	if (!http_call_make(call, x)) {
		say_failure("the server at %s does not answer; is it running? (%s)", base_url,
			x->problem);
		return false;
	}
	*reply = json_loadb(x->body_of_reply.p, x->body_of_reply.n, 0, NULL);
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
	char *text = body ? json_dumps(body, 0) : NULL;
	struct http_call x = {.method = method,
		.url = url,
		.headers = {authorization, "Content-Type: application/json"},
		.body = text};
	bool good = false;

	*reply = NULL;
	if (server) {
		const char *base = json_string_value(json_object_get(server, "base_url"));

		snprintf(url, sizeof url, "%s/rehearsal/%.*s", base, STR_ARG(path));
		snprintf(authorization, sizeof authorization, "Authorization: Bearer %s",
			json_string_value(json_object_get(server, "rehearsal_token")));
		good = exchange(call, &x, base, file, reply);
	} else {
		say_failure("the data folder '%s' belongs to no rehearsal: start the server with "
			    "--demo or --rehearsal, or name its folder with --data",
			call->config.data);
	}
	memory_give(text);
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
