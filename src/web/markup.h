/* What compiled templates need at run time: trusted HTML as a type of its own, the rule for
 * links, and times as people read them. */
#ifndef LLAVERO_WEB_MARKUP_H
#define LLAVERO_WEB_MARKUP_H

#include "base/buf.h"
#include "gen/messages.h"

/* HTML that is written as it is. Only page functions and the documentation compiler make it;
 * never wrap text from outside in it. */
struct html {
	struct str s;
};

/* May `url` stand in a link? http, https, or relative to this server ("/x", "?x", "#x", "x").
 * Not "//host", no other scheme, no backslash before the query, no space or control byte. */
bool markup_url_is_safe(struct str url);
/* May a person be sent to `url`, which a redirect check has already proven to be registered? Any
 * scheme (native apps have their own) except those that run or read something in the browser. */
bool markup_target_is_safe(struct str url);
/* Writes `url` escaped for an attribute, or nothing when the rule above refuses it. */
void markup_add_url(struct buf *out, struct str url);
void markup_add_target(struct buf *out, struct str url);
/* <time datetime="...">1 Apr 2026, 12:00 UTC</time>; `s` is seconds since 1970. */
void markup_add_time(struct buf *out, enum lang lang, int64_t s);
/* "Apr" for 3: months count from 0, as in struct tm. */
struct str markup_month(enum lang lang, int month);
/* "3 days ago" for an age in seconds; a negative age counts as 0. Plain text, escaped. */
void markup_add_ago(struct buf *out, enum lang lang, int64_t age_s);

#endif
