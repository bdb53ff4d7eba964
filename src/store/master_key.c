#include "store/master_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

_Static_assert((int)MASTER_KEY_EXTRA == MASTER_KEY_ID + (int)crypto_secretbox_NONCEBYTES +
						(int)crypto_secretbox_MACBYTES,
	"sealing");
_Static_assert((int)crypto_secretbox_KEYBYTES == (int)SHA256_LEN, "a key is a hash");

enum { OLD = 1, KEYS = 2, PATH_MOST = 1024 };

struct key {
	bool there;
	uint8_t bytes[MASTER_KEY_LEN], id[MASTER_KEY_ID];
	char name[2 * MASTER_KEY_ID + 1];
};

static struct key keys[KEYS];

static bool fail(char problem[256], const char *path, const char *sentence)
{
	snprintf(problem, 256, "the key in '%.90s' cannot be used: %s", path, sentence);
	return false;
}

/* Root's files may be for a group: whoever may read them was chosen by root. */
static bool is_private(const struct stat *st)
{
	mode_t taken = st->st_uid == 0 ? S_IWGRP | S_IRWXO : S_IRWXG | S_IRWXO;

	return (st->st_mode & taken) == 0;
}

static bool read_fd(
	int fd, const char *path, char text[LIMIT_KEY_FILE + 1], size_t *n, char problem[256])
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return fail(problem, path, "it is no file");
	if (!is_private(&st))
		return fail(problem, path,
			"others than its owner have rights to it; chmod 0600 takes them away");
	ssize_t have = read(fd, text, LIMIT_KEY_FILE + 1);

	*n = have > 0 ? (size_t)have : 0;
	return have >= 0 || fail(problem, path, strerror(errno));
}

/* Hex and base64 have other lengths than the bytes themselves. */
static bool decode(struct str text, uint8_t out[MASTER_KEY_LEN])
{
	static const char spaces[] = " \t\r\n";
	static const int variants[] = {
		sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING};
	size_t n = 0;

	if (text.n == MASTER_KEY_LEN) {
		memcpy(out, text.p, MASTER_KEY_LEN);
		return true;
	}
	if (sodium_hex2bin(out, MASTER_KEY_LEN, text.p, text.n, spaces, &n, NULL) == 0 &&
		n == MASTER_KEY_LEN)
		return true;
	for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
		if (sodium_base642bin(out, MASTER_KEY_LEN, text.p, text.n, spaces, &n, NULL,
			    variants[i]) == 0 &&
			n == MASTER_KEY_LEN)
			return true;
	return false;
}

static void name_key(struct key *k)
{
	uint8_t hash[SHA256_LEN];

	hmac_sha256(k->bytes, sizeof k->bytes, STR("id of a master key"), hash);
	memcpy(k->id, hash, sizeof k->id);
	hex_encode(k->id, sizeof k->id, k->name);
	k->there = true;
}

static bool read_key(struct key *k, const char *path, char problem[256])
{
	char text[LIMIT_KEY_FILE + 1];
	size_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return fail(problem, path, strerror(errno));
	bool good = read_fd(fd, path, text, &n, problem);

	close(fd);
	if (good && (n > LIMIT_KEY_FILE || !decode((struct str){text, n}, k->bytes)))
		good = fail(problem, path,
			"it does not hold 32 bytes in hex or base64; 'llavero vault create-key' "
			"makes one");
	wipe(text, sizeof text);
	if (good)
		name_key(k);
	return good;
}

/* What systemd has put there for this service (LoadCredential=); false when it has not. */
static bool credential(const char *name, char path[PATH_MOST])
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	int n = folder && *folder ? snprintf(path, PATH_MOST, "%s/%s", folder, name) : -1;

	return n > 0 && n < PATH_MOST && access(path, F_OK) == 0;
}

bool master_key_load(const char *file, const char *old_file, char problem[256])
{
	static const char *const names[KEYS] = {"vault_key", "vault_key_old"};
	const char *const files[KEYS] = {file, old_file};
	char path[PATH_MOST];

	master_key_forget();
	/* Never written to a disk with other memory, nor into a core file. */
	sodium_mlock(keys, sizeof keys);
	for (size_t i = 0; i < KEYS; i++) {
		const char *from = files[i];

		if (!*from && credential(names[i], path))
			from = path;
		if (*from && !read_key(&keys[i], from, problem)) {
			master_key_forget();
			return false;
		}
	}
	if (keys[0].there || !keys[OLD].there)
		return true;
	master_key_forget();
	snprintf(problem, 256,
		"there is an old master key, but none that takes its place: "
		"vault_key_file is not set");
	return false;
}

void master_key_forget(void)
{
	wipe(keys, sizeof keys);
}

bool master_key_is_there(void)
{
	return keys[0].there;
}

const char *master_key_name(void)
{
	return keys[0].name;
}

static void box_key(const struct key *k, struct str purpose, uint8_t out[SHA256_LEN])
{
	hmac_sha256(k->bytes, sizeof k->bytes, purpose, out);
}

void master_key_seal(
	struct random *random, struct str purpose, const void *data, size_t n, uint8_t *out)
{
	uint8_t key[SHA256_LEN], *nonce = out + MASTER_KEY_ID;

	box_key(&keys[0], purpose, key);
	memcpy(out, keys[0].id, MASTER_KEY_ID);
	random_bytes(random, nonce, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, data, n, nonce, key);
	wipe(key, sizeof key);
}

enum master_key_opens master_key_open(
	struct str purpose, const uint8_t *sealed, size_t n, void *out)
{
	const uint8_t *nonce = sealed + MASTER_KEY_ID;
	uint8_t key[SHA256_LEN];

	for (size_t i = 0; i < KEYS; i++) {
		if (!keys[i].there || memcmp(keys[i].id, sealed, MASTER_KEY_ID) != 0)
			continue;
		box_key(&keys[i], purpose, key);
		bool opened = crypto_secretbox_open_easy(out, nonce + crypto_secretbox_NONCEBYTES,
				      n + crypto_secretbox_MACBYTES, nonce, key) == 0;

		wipe(key, sizeof key);
		return !opened ? MASTER_IS_BROKEN : i == OLD ? MASTER_OPENS_OLD : MASTER_OPENS;
	}
	return MASTER_IS_OTHER;
}

void master_key_name_of(const uint8_t *sealed, char name[2 * MASTER_KEY_ID + 1])
{
	hex_encode(sealed, MASTER_KEY_ID, name);
}
