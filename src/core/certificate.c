#include "core/certificate.h"

#include <arpa/inet.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/form.h"

enum { CHAIN_MAX = 8 };

struct authorities {
	pthread_mutex_t lock;
	X509_STORE *store; /* replaced as a whole; who verifies has a reference of its own */
};

static void free_certificate(void *x509)
{
	X509_free(x509);
}

static void free_chain(void *chain)
{
	sk_X509_pop_free(chain, X509_free);
}

/* The next of several; its bytes are taken off `rest`. NULL at the end, or when it is none. */
static X509 *next_certificate(struct str *rest)
{
	const unsigned char *at = (const unsigned char *)rest->p;
	X509 *x = rest->n ? d2i_X509(NULL, &at, (long)rest->n) : NULL;

	if (x)
		*rest = str_slice(*rest, (size_t)((const char *)at - rest->p), rest->n);
	return x;
}

bool certificate_read(struct arena *a, struct str ders, struct certificate *out)
{
	struct str rest = ders;
	X509 *x = next_certificate(&rest);
	STACK_OF(X509) *chain = sk_X509_new_null();

	*out = (struct certificate){str_slice(ders, 0, ders.n - rest.n), x, chain};
	for (int i = 0; x && chain && rest.n && i < CHAIN_MAX; i++) {
		X509 *more = next_certificate(&rest);

		if (!more || !sk_X509_push(chain, more)) {
			X509_free(more);
			break;
		}
	}
	if (!x || !chain || rest.n) {
		X509_free(x);
		sk_X509_pop_free(chain, X509_free);
		return false;
	}
	/* Not before: the arena may jump away. */
	arena_defer(a, free_certificate, x);
	arena_defer(a, free_chain, chain);
	return true;
}

void certificate_thumbprint(
	struct arena *a, struct str ders, char out[CERTIFICATE_THUMBPRINT_LEN + 1])
{
	struct certificate c;
	uint8_t hash[SHA256_LEN];

	sha256(certificate_read(a, ders, &c) ? c.der : ders, hash);
	struct str text = base64url_encode(a, hash, sizeof hash);

	memcpy(out, text.p, CERTIFICATE_THUMBPRINT_LEN);
	out[CERTIFICATE_THUMBPRINT_LEN] = '\0';
}

static struct str alternative(const GENERAL_NAME *name, enum alternative_name kind)
{
	static const int types[] = {
		[NAME_DNS] = GEN_DNS, [NAME_URI] = GEN_URI, [NAME_EMAIL] = GEN_EMAIL};
	const ASN1_STRING *s;
	int type;

	if (kind == NAME_IP) {
		s = GENERAL_NAME_get0_value(name, &type);
		if (type != GEN_IPADD)
			return STR_NONE;
	} else {
		s = GENERAL_NAME_get0_value(name, &type);
		if (type != types[kind])
			return STR_NONE;
	}
	return (struct str){(const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s)};
}

/* RFC 8705 2.1.2: "the dNSName ... compared" as names of hosts are; addresses as their bytes. */
static bool is_same_name(enum alternative_name kind, struct str found, struct str text)
{
	char terminated[64];
	unsigned char bytes[16];

	if (kind != NAME_IP)
		return kind == NAME_DNS ? str_eq_nocase(found, text) : str_eq(found, text);
	if (text.n >= sizeof terminated)
		return false;
	memcpy(terminated, text.p, text.n);
	terminated[text.n] = '\0';
	if (inet_pton(AF_INET, terminated, bytes) == 1)
		return str_eq(found, (struct str){(const char *)bytes, 4});
	return inet_pton(AF_INET6, terminated, bytes) == 1 &&
	       str_eq(found, (struct str){(const char *)bytes, 16});
}

bool certificate_has_name(const struct certificate *c, enum alternative_name kind, struct str text)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(c->lib, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; str_has_text(text) && i < sk_GENERAL_NAME_num(names); i++)
		found |= is_same_name(
			kind, alternative(sk_GENERAL_NAME_value(names, i), kind), text);
	GENERAL_NAMES_free(names);
	return found;
}

/* BIO text into the arena. */
static struct str text_of(struct arena *a, BIO *bio)
{
	char *p = NULL;
	long n = bio ? BIO_get_mem_data(bio, &p) : 0;
	char copy[1024];
	size_t kept = n > (long)sizeof copy ? sizeof copy : n > 0 ? (size_t)n : 0;

	if (kept)
		memcpy(copy, p, kept);
	BIO_free(bio);
	/* Only now: the arena may jump away. */
	return str_dup(a, (struct str){copy, kept});
}

struct str certificate_subject(struct arena *a, const struct certificate *c)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (bio)
		X509_NAME_print_ex(bio, X509_get_subject_name(c->lib), 0,
			XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	return text_of(a, bio);
}

/* A key's number as base64url; in `n` bytes at least (RFC 7518 6.2.1.2). */
static struct str number_of(struct arena *a, const EVP_PKEY *key, const char *name, int n)
{
	unsigned char bytes[1024];
	BIGNUM *number = NULL;
	int length = -1;

	if (EVP_PKEY_get_bn_param(key, name, &number)) {
		int least = n ? n : BN_num_bytes(number);

		length = least <= (int)sizeof bytes ? BN_bn2binpad(number, bytes, least) : -1;
	}
	BN_free(number);
	return length > 0 ? base64url_encode(a, bytes, (size_t)length) : STR_NONE;
}

static struct str ed25519_of(struct arena *a, const EVP_PKEY *key)
{
	unsigned char bytes[32];
	size_t n = sizeof bytes;

	return EVP_PKEY_get_raw_public_key(key, bytes, &n) ? base64url_encode(a, bytes, n)
							   : STR_NONE;
}

bool certificate_key(struct arena *a, const struct certificate *c, struct jwk *out)
{
	const EVP_PKEY *key = X509_get0_pubkey(c->lib);
	struct str x, y, text;

	switch (key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE) {
	case EVP_PKEY_RSA:
		x = number_of(a, key, OSSL_PKEY_PARAM_RSA_N, 0);
		y = number_of(a, key, OSSL_PKEY_PARAM_RSA_E, 0);
		text = str_printf(a, "{\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%.*s\"}", STR_ARG(x),
			STR_ARG(y));
		break;
	case EVP_PKEY_EC:
		x = number_of(a, key, OSSL_PKEY_PARAM_EC_PUB_X, 32);
		y = number_of(a, key, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
		text = str_printf(a,
			"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%.*s\",\"y\":\"%.*s\"}",
			STR_ARG(x), STR_ARG(y));
		break;
	case EVP_PKEY_ED25519:
		x = ed25519_of(a, key);
		text = str_printf(
			a, "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%.*s\"}", STR_ARG(x));
		break;
	default:
		return false;
	}
	return jwk_read(a, text, JWK_PUBLIC, out) == JWK_GOOD;
}

static X509_STORE *load_store(const char *file)
{
	X509_STORE *store = X509_STORE_new();

	if (store && X509_STORE_load_file(store, file) == 1)
		return store;
	ERR_clear_error();
	X509_STORE_free(store);
	return NULL;
}

struct authorities *authorities_load(const char *file)
{
	struct authorities *a = calloc(1, sizeof *a);

	if (!a)
		return NULL;
	a->store = load_store(file);
	if (a->store && pthread_mutex_init(&a->lock, NULL) == 0)
		return a;
	X509_STORE_free(a->store);
	free(a);
	return NULL;
}

bool authorities_reload(struct authorities *a, const char *file)
{
	X509_STORE *former, *store = load_store(file);

	if (!store)
		return false;
	pthread_mutex_lock(&a->lock);
	former = a->store;
	a->store = store;
	pthread_mutex_unlock(&a->lock);
	X509_STORE_free(former);
	return true;
}

void authorities_free(struct authorities *a)
{
	if (!a)
		return;
	X509_STORE_free(a->store);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

static X509_STORE *store_of(struct authorities *a)
{
	X509_STORE *store;

	pthread_mutex_lock(&a->lock);
	store = X509_STORE_up_ref(a->store) ? a->store : NULL;
	pthread_mutex_unlock(&a->lock);
	return store;
}

static const char *word_of(int error)
{
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return "certificate_expired";
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return "certificate_early";
	case X509_V_ERR_INVALID_PURPOSE:
		return "certificate_purpose";
	default:
		return "certificate_authority";
	}
}

/* RFC 5280 6; A061: dates, purpose and chain. */
static const char *verify(const struct certificate *c, struct authorities *a, int64_t now)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_STORE *store = store_of(a);
	const char *word = "certificate_authority";

	if (ctx && store && X509_STORE_CTX_init(ctx, store, c->lib, c->chain)) {
		X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

		X509_VERIFY_PARAM_set_time(param, (time_t)now);
		X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_CLIENT);
		word = X509_verify_cert(ctx) == 1 ? NULL : word_of(X509_STORE_CTX_get_error(ctx));
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return word;
}

const char *certificate_fault(const struct certificate *c, struct authorities *a, int64_t now)
{
	time_t at = (time_t)now;

	if (a)
		return verify(c, a, now);
	if (X509_cmp_time(X509_get0_notBefore(c->lib), &at) >= 0)
		return "certificate_early";
	return X509_cmp_time(X509_get0_notAfter(c->lib), &at) <= 0 ? "certificate_expired" : NULL;
}

static bool der_of_pem(struct arena *a, struct str pem, struct str *der)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	unsigned char bytes[8192], *to = bytes;
	int n = x ? i2d_X509(x, NULL) : -1;

	n = n > 0 && n <= (int)sizeof bytes ? i2d_X509(x, &to) : -1;
	X509_free(x);
	BIO_free(bio);
	if (n <= 0)
		return false;
	*der = str_dup(a, (struct str){(const char *)bytes, (size_t)n});
	return true;
}

bool certificate_from_header(struct arena *a, struct str value, struct str *der)
{
	struct str text = str_trim(value);

	if (text.n > 2 && text.p[0] == ':' && text.p[text.n - 1] == ':')
		return base64_decode(a, str_slice(text, 1, text.n - 1), der);
	return str_starts(text, STR("-----BEGIN")) && percent_decode(a, text, false, &text) &&
	       der_of_pem(a, text, der);
}
