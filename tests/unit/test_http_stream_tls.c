/* A reply that goes on over TLS: what the library writes are records, which may go out in part. */
#include <fcntl.h>
/* GnuTLS has a `params` that is not ours. */
#define params gnutls_params
#include <gnutls/x509.h>
#undef params
#include <sys/stat.h>

#include "http/tls.h"
#include "http_stage.h"

static void write_pem(const char *path, gnutls_datum_t *pem)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(pem->data, 1, pem->size, f), pem->size);
	fclose(f);
	chmod(path, 0600);
	gnutls_free(pem->data);
}

/* Makes a key and a certificate that it has signed itself, and has the daemons serve them. */
static void serve_a_certificate(void)
{
	char certificate[] = "/tmp/llavero-crt-XXXXXX", key[] = "/tmp/llavero-key-XXXXXX";
	struct http_tls_info info;
	char problem[256];
	gnutls_x509_privkey_t k;
	gnutls_x509_crt_t c;
	gnutls_datum_t pem;

	close(mkstemp(certificate));
	close(mkstemp(key));
	gnutls_x509_privkey_init(&k);
	gnutls_x509_privkey_generate(
		k, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	gnutls_x509_crt_init(&c);
	gnutls_x509_crt_set_version(c, 3);
	gnutls_x509_crt_set_serial(c, "1", 1);
	gnutls_x509_crt_set_activation_time(c, time(NULL) - 60);
	gnutls_x509_crt_set_expiration_time(c, time(NULL) + 3600);
	gnutls_x509_crt_set_dn(c, "CN=a.example", NULL);
	gnutls_x509_crt_set_key(c, k);
	assert_int_equal(gnutls_x509_crt_sign2(c, c, k, GNUTLS_DIG_SHA256, 0), 0);
	gnutls_x509_crt_export2(c, GNUTLS_X509_FMT_PEM, &pem);
	write_pem(certificate, &pem);
	gnutls_x509_privkey_export2(k, GNUTLS_X509_FMT_PEM, &pem);
	write_pem(key, &pem);
	gnutls_x509_crt_deinit(c);
	gnutls_x509_privkey_deinit(k);
	assert_true(http_tls_load(certificate, key, &info, problem));
	unlink(certificate);
	unlink(key);
}

static void client_read_tls(struct client *c, gnutls_session_t tls)
{
	char piece[1000];
	ssize_t got = gnutls_record_recv(tls, piece, sizeof piece);

	if (got == GNUTLS_E_AGAIN)
		return;
	if (got <= 0) {
		c->closed = true;
		return;
	}
	c->p = realloc(c->p, c->n + (size_t)got + 1);
	memcpy(c->p + c->n, piece, (size_t)got);
	c->n += (size_t)got;
	c->p[c->n] = '\0';
}

static void over_tls_it_is_the_same(void **state)
{
	static const char request[] = "GET /events HTTP/1.1\r\nHost: a.example\r\n\r\n";
	const unsigned pieces = 20;
	struct stage *s = *state;
	gnutls_certificate_credentials_t trust;
	gnutls_session_t tls;

	serve_a_certificate();
	s->config.tls = true;
	s->script = (struct script){
		.pieces = pieces, .piece_n = LIMIT_STREAM_PIECE, .after = HTTP_POLL_END};
	start(s, SMALL);
	struct client c = client_connect(&s->address, SMALL);

	gnutls_certificate_allocate_credentials(&trust);
	gnutls_init(&tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK);
	gnutls_set_default_priority(tls);
	gnutls_credentials_set(tls, GNUTLS_CRD_CERTIFICATE, trust);
	gnutls_transport_set_int(tls, c.fd);
	fcntl(c.fd, F_SETFL, O_NONBLOCK);
	GO_ON_UNTIL(s, gnutls_handshake(tls) == 0);
	gnutls_record_send(tls, request, sizeof request - 1);
	fill_up(s);
	assert_true(s->script.polls < pieces / 2);
	while (!c.closed) {
		http_daemon_run(s->daemon);
		http_daemon_poll_streams(s->daemon);
		client_read_tls(&c, tls);
	}
	assert_pattern(s, &c, pieces);
	gnutls_deinit(tls);
	gnutls_certificate_free_credentials(trust);
	client_close(&c);
	http_tls_unload();
}

int main(void)
{
	const struct CMUnitTest tests[] = {staged(over_tls_it_is_the_same)};

	return cmocka_run_group_tests_name("http stream over TLS", tests, NULL, NULL);
}
