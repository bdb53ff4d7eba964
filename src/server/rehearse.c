#include "server/rehearse.h"

#include <stdio.h>

#include "base/log.h"
#include "flow/sandboxes.h"
#include "server/listen.h"
#include "server/reachable.h"
#include "server/secret_file.h"
#include "store/moved_clock.h"

/* What makes this server public; false when nothing does. */
static bool is_public(const struct config *c, char why[160])
{
	if (listen_is_public(c->listen))
		snprintf(why, 160, "the public internet may reach 'listen' (%.60s)", c->listen);
	else if (host_is_public(host_of_url(c->settings.base_url)))
		snprintf(why, 160, "base_url (%.80s) is a public name or address",
			c->settings.base_url.p);
	else
		return false;
	return true;
}

bool rehearsal_decide(struct config *c, char problem[256])
{
	char why[160];
	bool asked = c->settings.rehearsal;

	c->settings.rehearsal = asked || c->settings.demo;
	if (!c->settings.rehearsal || !is_public(c, why))
		return true;
	c->settings.rehearsal = false;
	if (asked)
		snprintf(problem, 256,
			"rehearsal is on, but %s: rehearsals are for private ones only", why);
	else
		LOG(LOG_WARN, "demo without rehearsal", LOG_CSTR("why", why));
	return !asked;
}

void rehearsal_take_token(struct settings *settings, const json_t *known, struct random *random,
	char out[REHEARSAL_TOKEN_LEN + 1])
{
	struct str text = str_from(json_string_value(json_object_get(known, "rehearsal_token")));
	uint8_t bytes[REHEARSAL_TOKEN_LEN / 2];

	if (!hex_decode(text, bytes, sizeof bytes))
		random_bytes(random, bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, out);
	wipe(bytes, sizeof bytes);
	sha256((struct str){out, REHEARSAL_TOKEN_LEN}, settings->rehearsal_token_hash);
}

static bool write_token(struct config *c, struct random *random, char problem[256])
{
	char path[1024], token[REHEARSAL_TOKEN_LEN + 1];

	snprintf(path, sizeof path, "%s/rehearsal.json", c->data);
	json_t *known = secret_file_read(path);

	rehearsal_take_token(&c->settings, known, random, token);
	json_decref(known);
	json_t *json = json_pack("{s:s%, s:s}", "base_url", c->settings.base_url.p,
		c->settings.base_url.n, "rehearsal_token", token);
	bool good = secret_file_write(path, json);

	json_decref(json);
	wipe(token, sizeof token);
	if (!good)
		snprintf(problem, 256, "'%.200s' cannot be written", path);
	return good;
}

/* The clock as it was left; a server that is no rehearsal lives in real time. */
static enum db_status take_clock(struct server *s, struct store *store)
{
	bool on = s->config.settings.rehearsal;
	int64_t offset_us;
	enum db_status status = moved_clock_read(store, &offset_us);

	if (status != DB_OK)
		return status;
	if (on)
		clock_set_offset(&s->clock, offset_us);
	if (offset_us != 0)
		LOG(on ? LOG_INFO : LOG_WARN,
			on ? "the clock is moved" : "the clock was moved by a rehearsal: ignored",
			LOG_INT("seconds", offset_us / 1000000));
	return moved_clock_set_counts(store, on);
}

static enum db_status take_state(struct store *store, void *context)
{
	struct server *s = context;
	struct sandboxes_look look; /* nobody is told: the first request looks again */
	size_t ended = 0;
	enum db_status status = take_clock(s, store);

	if (status != DB_OK)
		return status;
	if (s->config.settings.rehearsal)
		return sandboxes_end_due(store, &s->rehearsal, &look);
	status = sandboxes_end_all(store, &ended);
	if (status == DB_OK && ended > 0)
		LOG(LOG_WARN, "sandboxes of a rehearsal are ended",
			LOG_INT("sandboxes", (int64_t)ended));
	return status;
}

bool rehearsal_prepare(struct server *s, struct store *store, char problem[256])
{
	struct config *c = &s->config;

	rehearsal_init(&s->rehearsal, &s->clock);
	if (c->settings.rehearsal && !c->settings.demo && !write_token(c, store->random, problem))
		return false;
	if (store_write(store, take_state, s) == DB_OK)
		return true;
	snprintf(problem, 256, "what earlier rehearsals left cannot be read");
	return false;
}
