#include "web/requests_chart.h"

#include <time.h>

enum {
	HOUR_S = 3600,
	DAY_HOURS = 24,
	HEIGHT = 1000, /* of the drawing; its width is COLUMN for each column */
	COLUMN = 10,
	LEAST = 16, /* height of the smallest part, so that it is seen */
	TOTALS = CAUSES + 16,
	SHOWN = 8,      /* totals at first sight */
	COLOURS = 5,    /* the most frequent causes have one each, the others one together */
	TICK_EVERY = 6, /* columns, where there is no room for more words */
	TICKS_ALL = 7,  /* up to that many columns have their words each */
};

struct total {
	struct str cause, title;
	int64_t n;
};

/* What is counted, in columns of time; columns[i * totals_n + t] belongs to totals[t]. */
struct counted {
	struct total *totals; /* the most frequent first */
	size_t totals_n;
	int64_t *columns;
	size_t columns_n;
	int64_t first_hour, hours; /* of a column */
};

static size_t total_of(struct counted *k, struct str cause)
{
	size_t t = 0;

	while (t < k->totals_n && !str_eq(k->totals[t].cause, cause))
		t++;
	return t;
}

static void sort_totals(struct counted *k)
{
	for (size_t i = 1; i < k->totals_n; i++) {
		struct total moved = k->totals[i];
		size_t at = i;

		for (; at > 0 && k->totals[at - 1].n < moved.n; at--)
			k->totals[at] = k->totals[at - 1];
		k->totals[at] = moved;
	}
}

/* Names that another version had are few; what is beyond TOTALS is left out. */
static void count_totals(
	struct context *c, struct counted *k, const struct refusal_count *counts, size_t n)
{
	k->totals = ARENA_ARRAY(c->arena, struct total, TOTALS);
	for (size_t i = 0; i < n; i++) {
		size_t t = total_of(k, counts[i].cause);

		if (t == TOTALS)
			continue;
		if (t == k->totals_n)
			k->totals[k->totals_n++] = (struct total){.cause = counts[i].cause,
				.title = requests_cause(c->arena, c->visit->lang, counts[i].cause)};
		k->totals[t].n += counts[i].n;
	}
	sort_totals(k);
}

static bool count(struct context *c, const struct requests_of *of, const struct requests_filter *f,
	struct counted *k)
{
	struct refusal_count *counts;
	size_t n;
	int64_t now = store_now(c->store) / HOUR_S;

	k->hours = f->days == 1 ? 1 : DAY_HOURS;
	k->columns_n = f->days == 1 ? DAY_HOURS : (size_t)f->days;
	k->first_hour = (now / k->hours - (int64_t)k->columns_n + 1) * k->hours;
	if (context_failed(c,
		    refusal_count_list(c->store, c->arena, of->app_id, k->first_hour, &counts, &n)))
		return false;
	count_totals(c, k, counts, n);
	k->columns = ARENA_ARRAY(c->arena, int64_t, k->columns_n * k->totals_n + 1);
	for (size_t i = 0; i < n; i++) {
		size_t column = (size_t)((counts[i].hour - k->first_hour) / k->hours);
		size_t t = total_of(k, counts[i].cause);

		/* A clock that was ahead. */
		if (column >= k->columns_n)
			column = k->columns_n - 1;
		if (t < k->totals_n)
			k->columns[column * k->totals_n + t] += counts[i].n;
	}
	return true;
}

static bool is_drawn(const struct requests_filter *f, const struct total *t)
{
	return f->cause.n ? str_eq(f->cause, t->cause) : !requests_is_notice(t->cause);
}

static int64_t height_of(const struct counted *k, const struct requests_filter *f, size_t column)
{
	int64_t n = 0;

	for (size_t t = 0; t < k->totals_n; t++)
		if (is_drawn(f, &k->totals[t]))
			n += k->columns[column * k->totals_n + t];
	return n;
}

/* The end of the scale: even, and a round number not below `n`. */
static int64_t top_of(int64_t n)
{
	static const int64_t steps[] = {10, 20, 30, 40, 60, 80};
	int64_t unit = 1;

	for (int64_t least = 2; least < steps[0]; least += 2)
		if (least >= n)
			return least;
	for (;; unit *= 10)
		for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
			if (steps[i] * unit >= n)
				return steps[i] * unit;
}

/* The colour of the cause at that place among the totals. */
static int64_t series_of(size_t place)
{
	return place < COLOURS ? (int64_t)place + 1 : 0;
}

static void add_part(
	struct page_requests_chart_part *parts, size_t *parts_n, int64_t height, int64_t series)
{
	int64_t room = *parts_n ? parts[*parts_n - 1].y : HEIGHT;

	if (height < LEAST)
		height = LEAST;
	if (height > room)
		height = room;
	parts[(*parts_n)++] = (struct page_requests_chart_part){
		.y = room - height, .height = height, .series = series};
}

static void draw_column(struct context *c, const struct counted *k, const struct requests_filter *f,
	size_t column, int64_t top, struct page_requests_chart_column *out)
{
	struct page_requests_chart_part *parts =
		ARENA_ARRAY(c->arena, struct page_requests_chart_part, COLOURS + 1);
	int64_t others = 0;

	for (size_t t = 0; t < k->totals_n; t++) {
		int64_t n = k->columns[column * k->totals_n + t];

		if (n == 0 || !is_drawn(f, &k->totals[t]))
			continue;
		if (t < COLOURS)
			add_part(parts, &out->parts_n, n * HEIGHT / top, series_of(t));
		else
			others += n;
	}
	if (others)
		add_part(parts, &out->parts_n, others * HEIGHT / top, 0);
	out->parts = parts;
}

/* "10:00 UTC", "27 Nov" */
static struct str when_of(struct context *c, const struct counted *k, size_t column, bool is_short)
{
	time_t at = (time_t)((k->first_hour + (int64_t)column * k->hours) * HOUR_S);
	struct tm tm;

	if (!gmtime_r(&at, &tm))
		return STR("");
	const struct message_arg args[] = {
		{"day", str_printf(c->arena, "%d", tm.tm_mday)},
		{"month", markup_month(c->visit->lang, tm.tm_mon)},
		{"hour", str_printf(c->arena, "%02d", tm.tm_hour)},
	};

	if (k->hours == 1 && is_short)
		return str_printf(c->arena, "%02d:00", tm.tm_hour);
	return message_format(c->arena, c->visit->lang,
		k->hours == 1 ? MSG_REQUESTS_HOUR_OF_DAY : MSG_REQUESTS_DAY_OF_MONTH, args, 3);
}

/* "Code expired: 3, Wrong secret: 1" */
static struct str what_of(
	struct context *c, const struct counted *k, const struct requests_filter *f, size_t column)
{
	struct buf b;

	buf_init(&b, c->arena, 65536);
	for (size_t t = 0; t < k->totals_n; t++) {
		int64_t n = k->columns[column * k->totals_n + t];

		if (n == 0 || !is_drawn(f, &k->totals[t]))
			continue;
		buf_addf(&b, "%s%.*s: %lld", b.n ? ", " : "", STR_ARG(k->totals[t].title),
			(long long)n);
	}
	return buf_str(&b);
}

static void draw(struct context *c, const struct counted *k, const struct requests_filter *f,
	struct page_requests_chart *page)
{
	struct page_requests_chart_column *columns =
		ARENA_ARRAY(c->arena, struct page_requests_chart_column, k->columns_n);
	struct page_requests_chart_line *lines =
		ARENA_ARRAY(c->arena, struct page_requests_chart_line, k->columns_n);
	struct page_requests_chart_tick *ticks =
		ARENA_ARRAY(c->arena, struct page_requests_chart_tick, k->columns_n);
	int64_t most = 0;

	for (size_t i = 0; i < k->columns_n; i++)
		most = height_of(k, f, i) > most ? height_of(k, f, i) : most;
	page->top = top_of(most);
	page->half = page->top / 2;
	page->width = (int64_t)k->columns_n * COLUMN;
	for (size_t i = 0; i < k->columns_n; i++) {
		int64_t n = height_of(k, f, i);

		if (k->columns_n <= TICKS_ALL || i % TICK_EVERY == 0)
			ticks[page->ticks_n++].words = when_of(c, k, i, true);
		if (n == 0)
			continue;
		struct page_requests_chart_line line = {
			when_of(c, k, i, false), n, what_of(c, k, f, i)};

		columns[page->columns_n] = (struct page_requests_chart_column){
			.x = (int64_t)i * COLUMN + 1, .when = line.when, .what = line.what};
		draw_column(c, k, f, i, page->top, &columns[page->columns_n++]);
		lines[page->lines_n++] = line;
	}
	page->columns = columns;
	page->lines = lines;
	page->ticks = ticks;
}

/* Each total leads to its entries; the chosen one back to all. */
static void list_totals(struct context *c, const struct requests_of *of, const struct counted *k,
	const struct requests_filter *f, struct page_requests_chart *page)
{
	struct page_requests_chart_total *rows =
		ARENA_ARRAY(c->arena, struct page_requests_chart_total, k->totals_n + 1);
	struct requests_filter other = *f;

	other.before_us = 0;
	other.flows = false;
	for (size_t t = 0; t < k->totals_n; t++) {
		bool chosen = str_eq(f->cause, k->totals[t].cause);

		other.cause = chosen ? STR("") : k->totals[t].cause;
		rows[t] = (struct page_requests_chart_total){
			.series = series_of(t),
			.drawn = is_drawn(f, &k->totals[t]),
			.title = k->totals[t].title,
			.n = k->totals[t].n,
			.href = requests_filter_href(c->arena, of, &other),
			.chosen = chosen,
		};
	}
	page->totals = rows;
	page->totals_n = k->totals_n < SHOWN ? k->totals_n : SHOWN;
	page->others = rows + page->totals_n;
	page->others_n = k->totals_n - page->totals_n;
	page->more = (int64_t)page->others_n;
}

static void list_causes(struct context *c, const struct counted *k, const struct requests_filter *f,
	struct requests_chart *out)
{
	struct page_requests_list_choice *rows =
		ARENA_ARRAY(c->arena, struct page_requests_list_choice, k->totals_n + 1);
	bool chosen = false;

	for (size_t t = 0; t < k->totals_n; t++) {
		rows[t] = (struct page_requests_list_choice){k->totals[t].cause, k->totals[t].title,
			str_eq(f->cause, k->totals[t].cause)};
		chosen |= rows[t].chosen;
	}
	out->causes = rows;
	out->causes_n = k->totals_n;
	if (f->cause.n && !chosen)
		rows[out->causes_n++] = (struct page_requests_list_choice){
			f->cause, requests_cause(c->arena, c->visit->lang, f->cause), true};
}

bool requests_chart_make(struct context *c, const struct requests_of *of,
	const struct requests_filter *f, struct requests_chart *out)
{
	struct counted k = {.totals_n = 0};
	struct page_requests_chart page = {.by_day = f->days > 1};
	struct buf b = web_buf(c);

	*out = (struct requests_chart){.refused = 0};
	if (!count(c, of, f, &k))
		return false;
	for (size_t t = 0; t < k.totals_n; t++)
		if (!requests_is_notice(k.totals[t].cause))
			out->refused += k.totals[t].n;
	draw(c, &k, f, &page);
	list_totals(c, of, &k, f, &page);
	list_causes(c, &k, f, out);
	page_requests_chart(&b, c->visit->lang, &page);
	out->html = (struct html){buf_str(&b)};
	return true;
}
