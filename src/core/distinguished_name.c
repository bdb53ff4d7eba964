/* Names of RFC 4514, held against those of certificates. */
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "core/certificate.h"

enum { VALUE_MAX = 512, PARTS_MAX = 32 };

/* One attribute of a name. */
struct attribute {
	char type[64];
	unsigned char value[VALUE_MAX];
	size_t n;
	bool with_former; /* joined by '+' to the one before it in the text */
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* RFC 4514 3: these names are compared without case; libcrypto knows one spelling of each. */
static void known_spelling(char type[64])
{
	static const char *const known[] = {"CN", "L", "ST", "O", "OU", "C", "street", "DC", "UID",
		"serialNumber", "emailAddress", "GN", "SN", "organizationIdentifier"};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (str_eq_nocase(str_from(type), str_from(known[i])))
			memcpy(type, known[i], strlen(known[i]) + 1);
}

static bool read_type(struct str *rest, struct attribute *out)
{
	size_t end = str_find(*rest, '=');
	struct str type = str_trim(str_slice(*rest, 0, end));

	if (end == rest->n || type.n == 0 || type.n >= sizeof out->type || str_has_char(type, '\0'))
		return false;
	memcpy(out->type, type.p, type.n);
	out->type[type.n] = '\0';
	known_spelling(out->type);
	*rest = str_slice(*rest, end + 1, rest->n);
	while (rest->n && rest->p[0] == ' ')
		*rest = str_slice(*rest, 1, rest->n);
	return true;
}

/* RFC 4514 2.4: "\," and "\2C". The number of characters taken, 0 when it is none. */
static size_t read_escape(struct str at, unsigned char *out)
{
	if (at.n < 2)
		return 0;
	int high = hex_digit(at.p[1]), low = at.n > 2 ? hex_digit(at.p[2]) : -1;

	if (high >= 0 && low >= 0) {
		*out = (unsigned char)(high << 4 | low);
		return 3;
	}
	*out = (unsigned char)at.p[1];
	return str_has_char(STR(" \"#+,;<=>\\"), at.p[1]) ? 2 : 0;
}

/* Until a separator that is not escaped; spaces at its end that are not escaped do not count. */
static bool read_value(struct str *rest, struct attribute *out, char *separator)
{
	size_t i = 0, kept = 0;

	out->n = 0;
	*separator = '\0';
	while (i < rest->n) {
		char c = rest->p[i];
		size_t taken = 1;

		if (c == ',' || c == '+' || c == ';') {
			*separator = c;
			break;
		}
		if (c == '"' || c == '<' || c == '>' || c == '\0' || out->n == VALUE_MAX)
			return false;
		if (c == '\\')
			taken = read_escape(str_slice(*rest, i, rest->n), &out->value[out->n]);
		else
			out->value[out->n] = (unsigned char)c;
		if (!taken)
			return false;
		out->n++;
		if (c != ' ')
			kept = out->n;
		i += taken;
	}
	out->n = kept;
	*rest = str_slice(*rest, i + (*separator != '\0'), rest->n);
	return out->n > 0;
}

static size_t read_name(struct str text, struct attribute *out)
{
	size_t n = 0;
	char separator = ',';

	while (separator) {
		if (n == PARTS_MAX)
			return 0;
		out[n].with_former = separator == '+';
		if (!read_type(&text, &out[n]) || !read_value(&text, &out[n], &separator))
			return 0;
		n++;
	}
	return n;
}

/* RFC 4514 2.1: the text begins with the last part of the name. */
static X509_NAME *make_name(const struct attribute *parts, size_t n)
{
	X509_NAME *name = X509_NAME_new();
	bool good = name != NULL;

	for (size_t i = n; good && i > 0;) {
		size_t last = --i;

		while (parts[i].with_former)
			i--;
		for (size_t j = i; good && j <= last; j++)
			good = X509_NAME_add_entry_by_txt(name, parts[j].type, MBSTRING_UTF8,
				       parts[j].value, (int)parts[j].n, -1, j > i ? -1 : 0) == 1;
	}
	if (good)
		return name;
	X509_NAME_free(name);
	return NULL;
}

/* RFC 5280 7.1: libcrypto compares what is left when case and spaces do not count. */
bool certificate_has_subject(const struct certificate *c, struct str text)
{
	struct attribute *parts = calloc(PARTS_MAX, sizeof *parts);
	size_t n = parts ? read_name(text, parts) : 0;
	X509_NAME *name = n ? make_name(parts, n) : NULL;
	bool same = name && X509_NAME_cmp(name, X509_get_subject_name(c->lib)) == 0;

	X509_NAME_free(name);
	free(parts);
	return same;
}
