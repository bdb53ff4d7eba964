/* Scopes that an operator adds: an INI file with a section for each.
 *
 *   [deploy]
 *   implies = read:deploy, repo_deployment
 *   group = repositories
 *   title.en = Deployments
 *   gloss.en = Start and stop deployments
 *   title.es = Despliegues
 *   gloss.es = Iniciar y detener despliegues
 */
#ifndef LLAVERO_SERVER_SCOPES_FILE_H
#define LLAVERO_SERVER_SCOPES_FILE_H

#include <stdbool.h>

#include "base/arena.h"

/* Reads the file into the catalogue; texts live in `texts`. Before threads start. False with a
 * sentence in `problem`: every scope needs its title and gloss in every language. */
bool scopes_file_load(const char *path, struct arena *texts, char problem[256]);

#endif
