/* A client proves itself by the certificate of its connection: RFC 8705 2. */
#include <string.h>

#include "core/certificate.h"
#include "core/client_metadata.h"
#include "flow/client_keys.h"
#include "flow/client_proof.h"

struct shown_certificate {
	struct client_proof *proof;
	struct client_metadata metadata;
	struct certificate certificate;
};

static enum step_result refuse(struct shown_certificate *s, enum cause cause)
{
	s->proof->refusal->cause = cause;
	return STEP_REFUSE;
}

static enum step_result refuse_fault(struct shown_certificate *s, const char *word)
{
	refusal_add(s->proof->refusal, EVIDENCE_fault, str_from(word));
	return refuse(s, CAUSE_CERTIFICATE_UNTRUSTED);
}

/* Not the store's clock: a rehearsal's may have been moved, that of certificates is the world's. */
static int64_t real_now(void)
{
	struct clock real;

	clock_init(&real);
	return clock_now_s(&real);
}

/* STEP_DONE: nothing was shown. */
static enum step_result read_shown(
	struct context *c, struct client_proof *p, struct shown_certificate *s)
{
	s->proof = p;
	if (!str_is_set(p->given->shown.certificates))
		return STEP_DONE;
	c->failed = !client_metadata_load(c->arena, p->client->metadata, &s->metadata);
	if (c->failed)
		return STEP_FAIL;
	return certificate_read(c->arena, p->given->shown.certificates, &s->certificate)
		       ? STEP_NEXT
		       : refuse_fault(s, "certificate_unreadable");
}

/* RFC 8705 2.1.2: exactly one of five names is registered. */
static bool is_named(const struct shown_certificate *s)
{
	static const enum alternative_name kinds[] = {[TLS_SAN_DNS] = NAME_DNS,
		[TLS_SAN_URI] = NAME_URI,
		[TLS_SAN_IP] = NAME_IP,
		[TLS_SAN_EMAIL] = NAME_EMAIL};
	enum tls_subject kind = s->metadata.tls_subject_kind;

	if (kind == TLS_SUBJECT_NONE)
		return false;
	return kind == TLS_SUBJECT_DN
		       ? certificate_has_subject(&s->certificate, s->metadata.tls_subject)
		       : certificate_has_name(
				 &s->certificate, kinds[kind], s->metadata.tls_subject);
}

/* RFC 8705 2.1: "the certificate chain is validated", and the name is the client's. */
enum step_result check_tls(struct context *c, struct client_proof *p)
{
	struct shown_certificate *s = ARENA_NEW(c->arena, struct shown_certificate);
	enum step_result result = read_shown(c, p, s);

	if (result != STEP_NEXT)
		return result == STEP_DONE ? STEP_NEXT : result;
	if (!c->settings->client_authorities)
		return refuse_fault(s, "no_authorities");
	const char *fault =
		certificate_fault(&s->certificate, c->settings->client_authorities, real_now());

	if (fault)
		return refuse_fault(s, fault);
	if (!is_named(s)) {
		p->refusal->expected =
			str_is_set(s->metadata.tls_subject) ? s->metadata.tls_subject : STR("");
		p->refusal->received = certificate_subject(c->arena, &s->certificate);
		return refuse(s, CAUSE_CERTIFICATE_NAME);
	}
	p->proven = true;
	return STEP_NEXT;
}

static bool has_key(struct context *c, struct str jwks, const struct jwk *key)
{
	char wanted[JWK_THUMBPRINT_LEN + 1], one[JWK_THUMBPRINT_LEN + 1];
	struct jwks keys;

	if (jwks_read(c->arena, jwks, JWK_PUBLIC, &keys, NULL) != JWK_GOOD)
		return false;
	jwk_thumbprint(c->arena, key, wanted);
	for (size_t i = 0; i < keys.n; i++) {
		jwk_thumbprint(c->arena, &keys.v[i], one);
		if (strcmp(one, wanted) == 0)
			return true;
	}
	return false;
}

/* RFC 8705 2.2: no chain is looked at; the key is one of the client's. */
enum step_result check_self_signed(struct context *c, struct client_proof *p)
{
	struct shown_certificate *s = ARENA_NEW(c->arena, struct shown_certificate);
	enum step_result result = read_shown(c, p, s);
	struct remote_keys *keys;
	struct jwk key;

	if (result != STEP_NEXT)
		return result == STEP_DONE ? STEP_NEXT : result;
	const char *fault = certificate_fault(&s->certificate, NULL, real_now());

	if (fault)
		return refuse_fault(s, fault);
	if (!certificate_key(c->arena, &s->certificate, &key))
		return refuse_fault(s, "certificate_key");
	for (int again = 0; again < 2 && !p->proven; again++) {
		switch (client_keys(c, &s->metadata, again, &keys)) {
		case KEYS_READY:
			p->proven = has_key(c, keys->jwks, &key);
			break;
		case KEYS_FETCH:
			return STEP_ASK;
		case KEYS_NONE:
			return refuse(s, CAUSE_CERTIFICATE_KEY);
		case KEYS_FAILED:
			return STEP_FAIL;
		}
	}
	return p->proven ? STEP_NEXT : refuse(s, CAUSE_CERTIFICATE_KEY);
}
