#include "http/tls.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"

struct identity {
	gnutls_x509_crt_t *chain;
	unsigned chain_n;
	gnutls_x509_privkey_t key;
};

static struct identity served;
static pthread_rwlock_t served_lock = PTHREAD_RWLOCK_INITIALIZER;

static void identity_free(struct identity *id)
{
	for (unsigned i = 0; i < id->chain_n; i++)
		gnutls_x509_crt_deinit(id->chain[i]);
	gnutls_free(id->chain);
	if (id->key)
		gnutls_x509_privkey_deinit(id->key);
	*id = (struct identity){0};
}

static bool read_file(const char *setting, const char *file, gnutls_datum_t *out, char problem[256])
{
	errno = 0;
	if (gnutls_load_file(file, out) == 0)
		return true;
	snprintf(problem, 256, "%s: '%.150s' cannot be read: %s", setting, file,
		errno ? strerror(errno) : "it is no file");
	return false;
}

static bool read_chain(struct identity *id, const char *file, char problem[256])
{
	gnutls_datum_t text;

	if (!read_file("tls_certificate", file, &text, problem))
		return false;
	int code = gnutls_x509_crt_list_import2(
		&id->chain, &id->chain_n, &text, GNUTLS_X509_FMT_PEM, GNUTLS_X509_CRT_LIST_SORT);

	gnutls_free(text.data);
	if (code >= 0 && id->chain_n > 0)
		return true;
	id->chain_n = 0;
	snprintf(problem, 256, "tls_certificate: '%.130s' holds no certificates in PEM: %s", file,
		gnutls_strerror(code));
	return false;
}

static bool read_key(struct identity *id, const char *file, char problem[256])
{
	gnutls_datum_t text;

	if (!read_file("tls_key", file, &text, problem))
		return false;
	int code = gnutls_x509_privkey_init(&id->key);

	if (code == 0)
		code = gnutls_x509_privkey_import(id->key, &text, GNUTLS_X509_FMT_PEM);
	gnutls_memset(text.data, 0, text.size);
	gnutls_free(text.data);
	if (code == 0)
		return true;
	snprintf(problem, 256, "tls_key: '%.130s' holds no key in PEM without a password: %s", file,
		gnutls_strerror(code));
	return false;
}

static bool belong_together(const struct identity *id)
{
	unsigned char of_chain[32], of_key[32];
	size_t chain_n = sizeof of_chain, key_n = sizeof of_key;

	return gnutls_x509_crt_get_key_id(
		       id->chain[0], GNUTLS_KEYID_USE_SHA256, of_chain, &chain_n) == 0 &&
	       gnutls_x509_privkey_get_key_id(id->key, GNUTLS_KEYID_USE_SHA256, of_key, &key_n) ==
		       0 &&
	       chain_n == key_n && memcmp(of_chain, of_key, key_n) == 0;
}

static bool is_readable_by_others(const char *file)
{
	struct stat is;

	return stat(file, &is) == 0 && (is.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

bool http_tls_load(
	const char *certificate, const char *key, struct http_tls_info *info, char problem[256])
{
	struct identity id = {0};

	if (!read_chain(&id, certificate, problem) || !read_key(&id, key, problem)) {
		identity_free(&id);
		return false;
	}
	if (!belong_together(&id)) {
		snprintf(problem, 256,
			"tls_key: '%.90s' is not the key of the certificate in '%.90s'", key,
			certificate);
		identity_free(&id);
		return false;
	}
	info->ends_at = (int64_t)gnutls_x509_crt_get_expiration_time(id.chain[0]);
	info->key_is_readable = is_readable_by_others(key);

	pthread_rwlock_wrlock(&served_lock);
	struct identity former = served;

	served = id;
	pthread_rwlock_unlock(&served_lock);
	identity_free(&former);
	return true;
}

void http_tls_unload(void)
{
	pthread_rwlock_wrlock(&served_lock);
	identity_free(&served);
	pthread_rwlock_unlock(&served_lock);
}

struct copy {
	gnutls_pcert_st *chain;
	unsigned chain_n;
	gnutls_privkey_t key;
};

static void copy_free(struct copy *c)
{
	for (unsigned i = 0; i < c->chain_n; i++)
		gnutls_pcert_deinit(&c->chain[i]);
	gnutls_free(c->chain);
	if (c->key)
		gnutls_privkey_deinit(c->key);
}

static bool copy_chain(struct copy *c)
{
	c->chain = FAIL_AT("http.tls") ? NULL : gnutls_calloc(served.chain_n, sizeof *c->chain);
	while (c->chain && c->chain_n < served.chain_n) {
		if (gnutls_pcert_import_x509(&c->chain[c->chain_n], served.chain[c->chain_n], 0) !=
			0)
			return false;
		c->chain_n++;
	}
	return c->chain != NULL;
}

static bool copy_served(struct copy *c)
{
	return served.chain_n > 0 && copy_chain(c) && gnutls_privkey_init(&c->key) == 0 &&
	       gnutls_privkey_import_x509(c->key, served.key, GNUTLS_PRIVKEY_IMPORT_COPY) == 0;
}

/* Each handshake has a copy of its own, which the library frees: it may still be signing with the
 * former key when that is taken away, and a copy is nothing beside a signature. */
static int retrieve(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
	gnutls_pcert_st **chain, unsigned *chain_n, gnutls_ocsp_data_st **ocsp, unsigned *ocsp_n,
	gnutls_privkey_t *key, unsigned *flags)
{
	struct copy c = {0};

	(void)session;
	(void)info;
	pthread_rwlock_rdlock(&served_lock);
	bool good = copy_served(&c);

	pthread_rwlock_unlock(&served_lock);
	if (!good) {
		copy_free(&c);
		return -1;
	}
	*chain = c.chain;
	*chain_n = c.chain_n;
	*ocsp = NULL;
	*ocsp_n = 0;
	*key = c.key;
	*flags = GNUTLS_CERT_RETR_DEINIT_ALL;
	return 0;
}

/* The library's credentials know no authorities, so none are named to the client: it may send what
 * it has, self-signed or not. */
static int retrieve_and_ask(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
	gnutls_pcert_st **chain, unsigned *chain_n, gnutls_ocsp_data_st **ocsp, unsigned *ocsp_n,
	gnutls_privkey_t *key, unsigned *flags)
{
	gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
	return retrieve(session, info, chain, chain_n, ocsp, ocsp_n, key, flags);
}

void (*http_tls_callback(bool ask))(void)
{
	static gnutls_certificate_retrieve_function3 *const callback = retrieve,
							    *const asking = retrieve_and_ask;

	return (void (*)(void))(ask ? asking : callback);
}

struct str http_tls_peer(void *session, struct arena *a)
{
	enum { PEERS_MAX = 8 };
	unsigned n = 0;
	const gnutls_datum_t *peers = gnutls_certificate_get_peers(session, &n);
	size_t length = 0;

	if (!peers || n == 0 || n > PEERS_MAX)
		return STR_NONE;
	for (unsigned i = 0; i < n; i++)
		length += peers[i].size;
	char *all = arena_alloc(a, length + 1), *to = all;

	for (unsigned i = 0; i < n; i++) {
		memcpy(to, peers[i].data, peers[i].size);
		to += peers[i].size;
	}
	return (struct str){all, length};
}
