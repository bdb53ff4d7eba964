/* The whole server: requests as they come from the network, one after the other, with a byte 0x1E
 * between them. {code}, {access_token}, {cookies} and so on stand for what the replies so far, or
 * those of the beginning, said; {fields} for the hidden fields of the form that is posted; {length}
 * for the length of the request's body. See replies.h for what must hold of every reply. */
#include "replies.h"
#include "server_stage.h"

enum { SEPARATOR = 0x1E, PIECES = 12, REPLY_ROOM = 4 << 20, REQUEST_ROOM = 1 << 20 };

static struct memory at_first; /* what every input may name */

#define DEVICE "urn:ietf:params:oauth:grant-type:device_code"
/* RFC 7636, appendix B */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define ASKED                                                                                      \
	"response_type=code&client_id={client_id}&redirect_uri=https://app.example/cb&state=s"     \
	"&scope=openid+repo&code_challenge_method=S256"                                            \
	"&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

/* A person has signed in, the demo's app and one that has registered itself have their tokens, a
 * device and a code wait. */
static const char beginning[] =
	"GET /login HTTP/1.1\r\nHost: login.example\r\n\r\n\x1E"
	"POST /session HTTP/1.1\r\nHost: login.example\r\nCookie: {cookies}\r\n"
	"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
	"{fields}&login=octocat&password={password}\x1E"
	"GET /login/oauth/authorize?client_id={client}&scope=repo+user&state=s HTTP/1.1\r\n"
	"Host: login.example\r\nCookie: {cookies}\r\n\r\n\x1E"
	"POST /login/oauth/authorize HTTP/1.1\r\nHost: login.example\r\nCookie: {cookies}\r\n"
	"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
	"{fields}&authorize=1\x1E"
	"POST /login/oauth/access_token HTTP/1.1\r\nHost: login.example\r\n"
	"Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	"Content-Length: {length}\r\n\r\n"
	"client_id={client}&client_secret={secret}&code={code}\x1E"
	"POST /oauth2/register HTTP/1.1\r\nHost: login.example\r\n"
	"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
	"{\"client_name\":\"Fuzz\",\"redirect_uris\":[\"https://app.example/cb\"],"
	"\"grant_types\":[\"authorization_code\",\"refresh_token\",\"" DEVICE "\"],"
	"\"token_endpoint_auth_method\":\"client_secret_post\"}\x1E"
	"POST /oauth2/device_authorization HTTP/1.1\r\nHost: login.example\r\n"
	"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
	"client_id={client_id}&client_secret={client_secret}&scope=repo\x1E"
	"GET /oauth2/authorize?" ASKED " HTTP/1.1\r\nHost: login.example\r\n"
	"Cookie: {cookies}\r\n\r\n\x1E"
	"POST /oauth2/authorize HTTP/1.1\r\nHost: login.example\r\nCookie: {cookies}\r\n"
	"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
	"{fields}&authorize=1\x1E"
	"POST /oauth2/token HTTP/1.1\r\nHost: login.example\r\n"
	"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
	"grant_type=authorization_code&client_id={client_id}&client_secret={client_secret}"
	"&code={code}&redirect_uri=https://app.example/cb&code_verifier=" VERIFIER "\x1E"
	"GET /oauth2/authorize?" ASKED " HTTP/1.1\r\nHost: login.example\r\n"
	"Cookie: {cookies}\r\n\r\n";

/* One input's conversation. */
struct talk {
	struct arena *arena;
	struct memory memory;
	struct str input; /* all of it */
	char *reply;
	int fd; /* -1: no connection is open */
};

static struct str target_of(struct str request)
{
	struct str line = str_slice(request, 0, str_find(request, '\r')), word;

	str_next(&line, ' ', &word);
	return str_next(&line, ' ', &word) ? word : STR("");
}

static struct str fields_for(const struct talk *t, struct str request)
{
	struct str path = target_of(request);

	path = str_slice(path, 0, str_find(path, '?'));
	for (size_t i = 0; i < t->memory.forms_n; i++) {
		struct str action = str_from(t->memory.forms[i].action);

		if (str_eq(str_slice(action, 0, str_find(action, '?')), path))
			return str_from(t->memory.forms[i].fields);
	}
	/* of a page's own form, which is to sign out: a token for every place that needs no other
	 */
	return str_from(t->memory.forms[0].fields);
}

static struct str named(struct talk *t, struct str name, struct str request)
{
	char *text = memory_of(&t->memory, name);

	if (str_eq_c(name, "fields"))
		return fields_for(t, request);
	if (str_eq_c(name, "client"))
		return stage.server.config.settings.demo_app.client_id;
	if (str_eq_c(name, "secret"))
		return stage.server.config.settings.demo_app.client_secret;
	return text ? str_from(text) : STR_NONE;
}

/* The request with every {name} that is known replaced, but for {length}. */
static struct str filled(struct talk *t, struct str request)
{
	struct buf out;

	buf_init(&out, t->arena, REQUEST_ROOM);
	for (size_t i = 0; i < request.n; i++) {
		struct str rest = str_slice(request, i + 1, request.n);
		size_t end = str_find(rest, '}');
		struct str value = request.p[i] == '{' && end < rest.n && end < 32
					   ? named(t, str_slice(rest, 0, end), request)
					   : STR_NONE;

		if (str_is_set(value)) {
			buf_add(&out, value);
			i += end + 1;
		} else {
			buf_add_char(&out, request.p[i]);
		}
	}
	return buf_str(&out);
}

static struct str with_length(struct talk *t, struct str request)
{
	static const char mark[] = "{length}";
	const char *at = request.n ? memmem(request.p, request.n, mark, sizeof mark - 1) : NULL;
	const char *body = request.n ? memmem(request.p, request.n, "\r\n\r\n", 4) : NULL;

	if (!at || !body || at > body)
		return request;
	size_t before = (size_t)(at - request.p), n = request.n - (size_t)(body + 4 - request.p);

	return str_printf(t->arena, "%.*s%zu%.*s", (int)before, request.p, n,
		STR_ARG(str_slice(request, before + sizeof mark - 1, request.n)));
}

static void hang_up(struct talk *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	stage_run();
}

/* All that comes back. `*closed`: the server has closed the connection. */
static struct str receive(struct talk *t, bool *closed)
{
	size_t n = 0;
	ssize_t got;

	*closed = false;
	for (int quiet = 0; quiet < 2;) {
		stage_run();
		got = recv(t->fd, t->reply + n, REPLY_ROOM - n, MSG_DONTWAIT);
		n += got > 0 ? (size_t)got : 0;
		*closed = got == 0 || (got < 0 && errno != EAGAIN);
		if (*closed || n == REPLY_ROOM)
			break;
		quiet = got > 0 ? 0 : quiet + 1;
	}
	return (struct str){t->reply, n};
}

static bool send_all(struct talk *t, struct str request)
{
	for (size_t sent = 0; sent < request.n;) {
		ssize_t n = send(
			t->fd, request.p + sent, request.n - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			return false;
		sent += n > 0 ? (size_t)n : 0;
		stage_run();
		if (n <= 0)
			return false; /* it does not want to hear any more */
	}
	return true;
}

/* People are sent to this server, to an app's registered callback, or to what the input names. */
static void check_location(struct talk *t, const struct reply *r)
{
	struct str location = header_of(r, "Location");
	size_t colon = str_find(location, ':');
	struct str origin = str_slice(location, colon, location.n);

	if (!str_is_set(location) || str_starts(location, STR("/"))) {
		MUST(!str_starts(location, STR("//")) && !str_starts(location, STR("/\\")));
		return;
	}
	if (str_starts(location, STR(STAGE_ORIGIN)))
		return;
	origin = str_starts(origin, STR("://")) ? str_slice(origin, 3, origin.n) : origin;
	origin = str_slice(origin, 0, str_find(origin, '/'));
	origin = str_slice(origin, 0, str_find(origin, '?'));
	MUST(str_eq_c(origin, "app.example") || memmem(t->input.p, t->input.n, origin.p, origin.n));
	MUST(!str_eq_nocase(str_slice(location, 0, colon), STR("javascript")));
}

static void check_replies(struct talk *t, struct str text, bool of_head, bool *keeps_on)
{
	struct reply r;

	while (check_reply(t->arena, &text, of_head, &t->memory, &r)) {
		MUST(r.status < 500 || r.status == 505 || r.status == 501);
		check_location(t, &r);
		*keeps_on = r.keeps_on;
		/* with several requests at once nobody knows which reply has a body */
		if (!str_starts(text, STR("HTTP/1.")))
			break;
	}
}

/* For whoever wants to read along. */
static void show(struct str request, struct str reply)
{
	if (getenv("FUZZ_SHOW"))
		fprintf(stderr, ">>> %.*s\n<<< %.*s\n", STR_ARG(request),
			STR_ARG(str_slice(reply, 0, 2000)));
}

static void say(struct talk *t, struct str request)
{
	struct str whole = with_length(t, filled(t, request));
	bool closed, keeps_on = false;

	if (t->fd < 0)
		t->fd = stage_connect();
	if (!send_all(t, whole)) {
		hang_up(t);
		return;
	}
	struct str text = receive(t, &closed);

	show(whole, text);
	check_replies(t, text, str_starts(whole, STR("HEAD ")), &keeps_on);
	if (closed || !keeps_on)
		hang_up(t);
}

static void talk(struct talk *t, struct str text)
{
	struct str request;

	for (int i = 0; i < PIECES && str_next(&text, SEPARATOR, &request); i++)
		if (request.n)
			say(t, request);
	hang_up(t);
}

static void converse(struct arena *a, struct str text)
{
	static char reply[REPLY_ROOM];
	static struct talk t;

	t = (struct talk){.arena = a, .memory = at_first, .input = text, .reply = reply, .fd = -1};
	talk(&t, text);
	if (!stage.clean)
		at_first = t.memory;
}

/* The demo's password is in its file. */
static void learn_password(struct memory *m)
{
	static char text[64];
	char path[64];
	json_t *known;

	snprintf(path, sizeof path, "%s/demo.json", stage.folder);
	known = secret_file_read(path);
	snprintf(text, sizeof text, "%s", json_string_value(json_object_get(known, "password")));
	json_decref(known);
	for (size_t i = 0; i < MEMORY; i++)
		if (!m->v[i].name) {
			m->v[i].name = "password";
			remember(m, STR("password"), str_from(text));
			return;
		}
}

static void begin(void)
{
	stage_open();
	atexit(stage_close);
	memory_init(&at_first);
	learn_password(&at_first);
	stage_reset();
	fuzz_run_in((const uint8_t *)beginning, sizeof beginning - 1, 64 << 20, converse);
	for (size_t i = 0; i < MEMORY && at_first.v[i].name; i++)
		MUST(*at_first.v[i].text || str_eq_c(STR("request_uri"), at_first.v[i].name));
	stage_keep();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	begin();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	stage_reset();
	return fuzz_run_in(data, n, 64 << 20, converse);
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t most) __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed);

/* Requests as wholes: one goes, comes twice, or takes another's place; else as libFuzzer has it. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
	struct str rest = {(const char *)data, n}, pieces[PIECES];
	size_t count = 0, which;

	while (count < PIECES && str_next(&rest, SEPARATOR, &pieces[count]))
		count++;
	if (seed % 8 || count == 0 || 2 * n + 1 > most)
		return LLVMFuzzerMutate(data, n, most);
	which = (seed >> 8) % count;
	char *copy = malloc(2 * n + 1);
	size_t length = 0;

	for (size_t i = 0; copy && i < count; i++) {
		struct str piece =
			i == which && (seed & 16) ? pieces[(seed >> 16) % count] : pieces[i];
		int times = i != which || (seed & 16) ? 1 : seed & 32 ? 2 : 0;

		while (times-- > 0 && length + piece.n + 1 <= 2 * n + 1) {
			memcpy(copy + length, piece.p, piece.n);
			length += piece.n;
			copy[length++] = SEPARATOR;
		}
	}
	length -= length > 0;
	memcpy(data, copy ? copy : "", length);
	free(copy);
	return length;
}
