/* Files in the data folder that tell a person or a program this server's secrets: one JSON object,
 * mode 0600, replaced as a whole. */
#ifndef LLAVERO_SERVER_SECRET_FILE_H
#define LLAVERO_SERVER_SECRET_FILE_H

#include <jansson.h>
#include <stdbool.h>

/* What the file holds; an empty object when it cannot be read. The caller releases it. */
json_t *secret_file_read(const char *path);
/* Writes `json` beside the file, then puts it in the file's place. NULL fails. */
bool secret_file_write(const char *path, const json_t *json);

#endif
