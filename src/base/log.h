/* Structured logs: one JSON object a line on standard error. No secret is ever an argument. */
#ifndef LLAVERO_BASE_LOG_H
#define LLAVERO_BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* One field: a name and either text or a number. */
struct log_field {
	const char *name;
	struct str text;
	int64_t number;
	bool is_number;
};

#define LOG_STR(name, value) ((struct log_field){(name), (value), 0, false})
#define LOG_CSTR(name, value) ((struct log_field){(name), str_from(value), 0, false})
#define LOG_INT(name, value) ((struct log_field){(name), {NULL, 0}, (value), true})

/* Lines below `level` are dropped; `fd` is where lines go. Call before threads start. */
void log_configure(enum log_level level, int fd);
bool log_enabled(enum log_level level);
/* Writes one line with time, level, `event` (a fixed lower-case phrase) and the fields. A line
 * over 4 KiB is cut. */
void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n);

#define LOG(level, event, ...)                                                                     \
	do {                                                                                       \
		const struct log_field log_fields_[] = {__VA_ARGS__};                              \
		log_write(level, event, log_fields_, sizeof log_fields_ / sizeof log_fields_[0]);  \
	} while (0)

#endif
