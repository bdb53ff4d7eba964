/* The configuration: defaults, then a file, then the environment, then the command line. */
#ifndef LLAVERO_SERVER_CONFIG_H
#define LLAVERO_SERVER_CONFIG_H

#include "base/arena.h"
#include "flow/settings.h"
#include "store/db.h"

struct config {
	struct arena texts; /* what the texts below live in, until config_free */
	const char *database, *data, *listen, *base_url, *trusted_proxies;
	const char *tls_certificate, *tls_key, *tls_client_ca, *mtls_listen, *mtls_url;
	const char *settings_support_contact, *settings_error_uri_base, *settings_installed_version,
		*scopes_file, *signing_algorithms;
	int64_t workers, jobs, max_connections, connections_per_address, idle_timeout;
	int64_t log_level, metrics, authorize_mismatch, registration, registration_dialects,
		assertion_audience;
	bool access_log, allow_plain_http, client_cert_header, confine;
	const char *user, *vault_key_file, *vault_key_file_old;
	struct settings settings;
	struct db_options database_options;
	char database_url[1024]; /* what to open: `database`, or the default in `data` */
};

enum { METRICS_OFF, METRICS_LOCAL, METRICS_EVERYONE };

/* Fills `c`. `argv` holds flags only: "--name value", "--name=value"; for a BOOL "--name" and
 * "--no-name" too; "--config FILE" names the file (LLAVERO_CONFIG otherwise). Names may be written
 * with '-' for '_'. What is no setting stays in `argv`, in order, `*argc` counts it. Returns
 * false with a sentence in `problem` naming the value and where it came from. */
bool config_load(struct config *c, int *argc, char **argv, char problem[256]);
/* Reads the master key (store/master_key.h) that the settings name. */
bool config_load_master_key(const struct config *c, char problem[256]);
void config_free(struct config *c);
/* Is `name` a setting's name as the environment has it, without LLAVERO_: in capitals? */
bool config_names_setting(struct str name);
/* Prints the settings with their defaults. */
void config_help(void);
/* Sets what depends on the address that was bound: "host:port" as people write it. The scheme's
 * own port is left out of the URL, as browsers leave it out. */
bool config_set_address(struct config *c, const char *address, char problem[256]);

/* The same for mtls_listen, whose address is NULL when it is not used. */
bool config_set_mtls(struct config *c, const char *address, char problem[256]);

#endif
