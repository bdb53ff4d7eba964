"""llavero vault: the database's keys, sealed under a master key that is kept elsewhere. Issue 7, point 6; A088, I7."""
import base64
import contextlib
import ctypes
import ctypes.util
import hashlib
import hmac
import json
import os
import pathlib
import signal
import stat
import subprocess
import urllib.request

import pytest

from conftest import BIN, needs_failpoints

KEYS = ("locator_key", "form_key", "refresh_key", "vault_key", "subject_key", "audit_key")
NONCE, TAG, ID = 24, 16, 8
SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium"))


def opened(key, purpose, sealed):
    """What was sealed for `purpose` under `key`; None when it was not."""
    box = hmac.new(key, purpose.encode(), hashlib.sha256).digest()
    out = ctypes.create_string_buffer(max(len(sealed) - NONCE - TAG, 1))
    done = SODIUM.crypto_secretbox_open_easy(out, sealed[NONCE:], ctypes.c_ulonglong(len(sealed) - NONCE),
                                             sealed[:NONCE], box)
    return out.raw if done == 0 else None


class Vault:
    """A database of one engine, and files with master keys beside it."""

    def __init__(self, here):
        self.here, self.folder = here, here.box.folder
        self.run, self.fails, self.json = here.run, here.fails, here.json

    def make_key(self, name):
        path = self.folder / name
        return path, self.json_bare("vault", "create-key", path)["master_key"]

    def json_bare(self, *words):
        return json.loads(self.here.box.bare(*words, "--json").stdout)

    def use(self, path, old=None):
        """From now on commands and servers have these."""
        for name, value in (("LLAVERO_VAULT_KEY_FILE", path), ("LLAVERO_VAULT_KEY_FILE_OLD", old)):
            self.here.box.env.pop(name, None)
            if value:
                self.here.box.env[name] = str(value)

    def kept(self):
        """The table `instance`."""
        return {name: bytes.fromhex(value) for name, value in self.here.ask("SELECT * FROM instance")}

    def keys(self, master=None):
        """The keys of the instance, opened with the bytes of a master key if need be."""
        kept = self.kept()
        return {name: opened(master, name, kept[name][ID:]) if master else kept[name] for name in KEYS}

    def private_halves(self, vault_key):
        """The signing keys that `vault_key` opens."""
        rows = self.here.ask("SELECT kid, sealed FROM signing_key WHERE sealed IS NOT NULL")
        found = [opened(vault_key, f"signing key {kid}", bytes.fromhex(sealed)) for kid, sealed in rows]
        assert rows
        return [half for half in found if half]

    def stolen(self):
        """All bytes of the database, its log and a back-up."""
        backup = self.folder / "stolen"
        self.here.run("backup", backup)
        if self.here.server:
            rows = json.dumps(self.here.contents()).encode()
            return rows + backup.read_bytes()
        files = [pathlib.Path(self.here.url[len("sqlite:"):] + end) for end in ("", "-wal")]
        return b"".join(f.read_bytes() for f in files if f.exists()) + backup.read_bytes()

    @contextlib.contextmanager
    def server(self):
        process = subprocess.Popen([BIN, "serve", "--listen", "127.0.0.1:0"], env=self.here.box.env,
                                   cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            line = process.stdout.readline().decode()
            assert line.startswith("ready "), process.stderr.read()
            process.url = line.split()[1]
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.log = process.communicate(timeout=60)[1].decode()


def bytes_of(path):
    return base64.b64decode(path.read_text())


def is_in(needle, hay):
    return needle in hay or needle.hex().encode() in hay or base64.b64encode(needle) in hay


def answers(server):
    with urllib.request.urlopen(server.url + "/readyz", timeout=20) as reply:
        return reply.status == 200


@pytest.fixture
def vault(here):
    return Vault(here)


def test_a_thief_of_an_open_database_has_every_key(vault):
    """What the next test looks for in vain is there without a master key."""
    vault.run("key", "rotate")
    keys = vault.keys()
    assert len(vault.private_halves(keys["vault_key"])) == 2
    stolen = vault.stolen()
    assert all(is_in(key, stolen) for key in keys.values())


def test_a_thief_of_a_sealed_database_has_none(vault):
    """A088: the file, its log and a back-up hold no key in the open, nor anything that opens a private half."""
    path, _ = vault.make_key("master")
    vault.use(path)
    vault.run("key", "rotate")
    with vault.server() as server:
        assert answers(server)
        stolen = vault.stolen()
    stolen += vault.stolen()
    keys = vault.keys(bytes_of(path))
    assert all(keys.values()), "each is sealed under the master key"
    halves = vault.private_halves(keys["vault_key"])
    assert len(halves) == 2 and all(json.loads(half)["d"] for half in halves)
    for secret in [*keys.values(), *halves, *(json.loads(half)["d"].encode() for half in halves),
                   bytes_of(path)]:
        assert not is_in(secret, stolen)
    # nor is any part of what is kept a key that opens one
    for value in vault.kept().values():
        for at in range(max(len(value) - 31, 0)):
            assert vault.private_halves(value[at:at + 32]) == []
    # each key is sealed for its own name
    kept = vault.kept()
    assert opened(bytes_of(path), "form_key", kept["vault_key"][ID:]) is None


def test_a_database_from_before_is_sealed(vault):
    """Not one byte of the open keys stays in the files, where the engine can help it."""
    vault.run("key", "rotate", "ES256")
    before = vault.keys()
    kids = [k["kid"] for k in vault.json("key", "list")]
    path, name = vault.make_key("master")
    vault.use(path)
    assert vault.json("vault", "show") == {"keys": "open", "sealed_under": None, "master_key": name}
    with vault.server() as server:
        assert answers(server)
    assert "keys are not sealed: run llavero vault seal" in server.log
    done = vault.json("vault", "seal")
    assert done == {"changed": True, "keys": "sealed", "sealed_under": name, "scrubbed": True}
    assert vault.json("vault", "seal")["changed"] is False
    assert vault.run("vault", "seal").stdout == "Nothing to do: the keys are sealed already.\n"
    assert vault.json("vault", "show") == {"keys": "sealed", "sealed_under": name, "master_key": name}
    assert vault.keys(bytes_of(path)) == before, "the same keys: every token and cookie goes on"
    stolen = vault.stolen()
    assert not any(is_in(key, stolen) for key in before.values())
    assert [k["kid"] for k in vault.json("key", "list")] == kids
    log = vault.here.ask("SELECT action, actor, detail FROM audit WHERE action LIKE 'vault%'")
    assert log == [["vault.seal", "command line", name]]
    with vault.server() as server:
        assert answers(server)
    assert "not sealed" not in server.log


def test_without_the_key_nothing_starts_and_the_sentence_says_what_to_do(vault):
    path, name = vault.make_key("master")
    other, other_name = vault.make_key("other")
    vault.use(path)
    vault.here.user("mona")
    vault.use(None)
    said = vault.fails("user", "list")
    assert said == (f"the database's keys are sealed under the master key {name}: set vault_key_file"
                    " to the file that holds it")
    assert name in vault.run("serve", "--listen", "127.0.0.1:0", status=1).stderr
    vault.use(other)
    said = vault.fails("user", "list")
    assert name in said and f"vault_key_file holds {other_name}" in said and "vault_key_file_old" in said
    assert vault.json("vault", "show") == {"keys": "other", "sealed_under": name,
                                           "master_key": other_name}
    vault.use(None, other)
    assert "vault_key_file is not set" in vault.fails("user", "list")
    vault.use(vault.folder / "nowhere")
    assert "No such file" in vault.fails("user", "list")
    vault.use(path)
    assert [u["login"] for u in vault.json("user", "list")] == ["mona"]
    # changed by whoever can write the database
    kept = vault.kept()["vault_key"].hex()
    broken = kept[:-2] + ("00" if kept[-2:] != "00" else "01")
    vault.here.ask("UPDATE instance SET value = " + (f"'\\x{broken}'" if vault.here.server else f"x'{broken}'")
                   + " WHERE name = 'vault_key'")
    assert "a key of the instance was changed" in vault.fails("user", "list")


def test_a_new_master_key_while_servers_run(vault):
    """Each node has both files while the key is changed; none is asked to stop, and none notices."""
    first, first_name = vault.make_key("first")
    vault.use(first)
    vault.run("key", "rotate", "ES256")
    keys = vault.keys(bytes_of(first))
    with vault.server() as old_node:
        second, second_name = vault.make_key("second")
        vault.use(second, first)
        with vault.server() as new_node:
            assert vault.json("vault", "show")["keys"] == "old"
            assert vault.json("vault", "seal")["sealed_under"] == second_name
            assert vault.keys(bytes_of(second)) == keys
            vault.use(second)
            assert vault.json("vault", "seal")["changed"] is False
            with vault.server() as last_node:
                assert answers(old_node) and answers(new_node) and answers(last_node)
        assert "under the old master key" in new_node.log
    vault.use(first)
    assert second_name in vault.fails("user", "list")
    assert first_name != second_name


def test_unsealing(vault):
    path, _ = vault.make_key("master")
    vault.use(path)
    vault.run("key", "rotate", "ES256")
    keys = vault.keys(bytes_of(path))
    assert "--yes" in vault.fails("vault", "unseal", status=2)
    assert vault.json("vault", "unseal", "--yes")["keys"] == "open"
    vault.use(None)
    assert vault.keys() == keys
    assert len(vault.json("key", "list")) == 1
    assert "vault_key_file is not set" in vault.fails("vault", "seal")


def test_back_up_and_move_carry_the_sealed_form(vault, place):
    path, name = vault.make_key("master")
    vault.use(path)
    vault.run("key", "rotate", "ES256")
    file = vault.folder / "saved"
    assert "only with the master key" in vault.run("backup", file).stdout
    for engine in ("sqlite", vault.here.engine):
        there = Vault(place(engine))
        assert name in there.fails("restore", file)
        there.use(path)
        assert [k["state"] for k in there.json("key", "list")] == ["active"]
        moved = Vault(place("sqlite"))
        there.json("migrate", "--from", there.here.url, "--to", moved.here.url)
        assert name in moved.fails("key", "list")
        moved.use(path)
        assert moved.keys(bytes_of(path))["vault_key"] == vault.keys(bytes_of(path))["vault_key"]
        assert len(moved.json("key", "list")) == 1


@needs_failpoints
@pytest.mark.parametrize("point", ["store.commit:1", "store.query:1+", "store.begin:1+"])
def test_a_failure_leaves_the_keys_as_they_were(vault, point):
    vault.run("key", "rotate", "ES256")
    before = vault.kept()
    path, _ = vault.make_key("master")
    vault.use(path)
    vault.here.box.env["LLAVERO_FAIL"] = point
    vault.run("vault", "seal", status=1)
    vault.here.box.env.pop("LLAVERO_FAIL")
    assert {name: vault.kept()[name] for name in KEYS} == {name: before[name] for name in KEYS}
    assert len(vault.json("key", "list")) == 1


# the file

def test_a_key_is_made_once(box):
    made = json.loads(box.bare("vault", "create-key", box.folder / "key", "--json").stdout)
    path = box.folder / "key"
    assert made["file"] == str(path) and len(bytes.fromhex(made["master_key"])) == ID
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and len(bytes_of(path)) == 32
    before = path.read_bytes()
    said = box.bare("vault", "create-key", path, status=1).stderr
    assert "File exists" in said and path.read_bytes() == before
    link = box.folder / "link"
    link.symlink_to(box.folder / "elsewhere")
    assert "cannot be made" in box.bare("vault", "create-key", link, status=1).stderr
    assert not (box.folder / "elsewhere").exists()
    assert "cannot be made" in box.bare("vault", "create-key", "/proc/no/such", status=1).stderr


KEY = bytes(range(1, 33))
FORMS = {"raw": KEY, "hex": KEY.hex().encode(), "HEX": KEY.hex().upper().encode() + b"\r\n",
         "base64": base64.b64encode(KEY) + b"\n", "bare base64": base64.b64encode(KEY).rstrip(b"="),
         "one less than the limit": base64.b64encode(KEY).ljust(1023),
         "the limit": base64.b64encode(KEY).ljust(1024)}
WRONG = {"empty": b"", "a byte less": KEY[:-1].hex().encode(), "a byte more": KEY.hex().encode() + b"aa",
         "words": b"correct horse battery staple", "one more than the limit": base64.b64encode(KEY).ljust(1025),
         "a private key": b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(KEY) + b"\n"}


def put(box, content, mode=0o600):
    path = box.folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    box.env["LLAVERO_VAULT_KEY_FILE"] = str(path)
    return path


def test_forms_of_a_key_file(box):
    """LIMIT_KEY_FILE: one below, at and above."""
    names = set()
    for content in FORMS.values():
        put(box, content)
        box.json("user", "list")
        names.add(box.json("vault", "show")["sealed_under"])
    assert len(names) == 1 and None not in names
    for what, content in WRONG.items():
        put(box, content)
        said = box.fails("user", "list")
        assert "does not hold 32 bytes in hex or base64" in said and "create-key" in said, what


@pytest.mark.parametrize("mode, owner, good", [
    (0o600, None, True), (0o400, None, True), (0o644, None, False), (0o604, None, False),
    (0o602, None, False), (0o640, 12345, False), (0o620, None, False), (0o640, 0, True),
    (0o440, 0, True), (0o660, 0, False), (0o444, 0, False)])
def test_a_key_file_is_for_its_owner_or_for_whom_root_chose(box, mode, owner, good):
    path = put(box, FORMS["base64"], mode)
    if owner is not None:
        if os.geteuid() != 0:
            pytest.skip("only root gives files away")
        os.chown(path, owner, 0)
    if good:
        box.json("user", "list")
    else:
        assert "others than its owner have rights to it; chmod 0600" in box.fails("user", "list")


def test_a_folder_or_a_pipe_is_no_key(box):
    box.env["LLAVERO_VAULT_KEY_FILE"] = str(box.folder)
    assert "it is no file" in box.fails("user", "list")
    os.mkfifo(box.folder / "pipe", 0o600)
    box.env["LLAVERO_VAULT_KEY_FILE"] = str(box.folder / "pipe")
    assert "it is no file" in box.fails("user", "list")


def test_a_credential_of_systemd(box):
    """LoadCredential=vault_key:..., and vault_key_old; a setting goes before it."""
    folder = box.folder / "credentials"
    folder.mkdir()
    first = json.loads(box.bare("vault", "create-key", folder / "vault_key", "--json").stdout)["master_key"]
    box.env["CREDENTIALS_DIRECTORY"] = str(folder)
    box.json("user", "list")
    assert box.json("vault", "show") == {"keys": "sealed", "sealed_under": first, "master_key": first}
    (folder / "vault_key").rename(folder / "vault_key_old")
    second = json.loads(box.bare("vault", "create-key", folder / "vault_key", "--json").stdout)["master_key"]
    assert box.json("vault", "seal")["sealed_under"] == second
    (folder / "vault_key_old").unlink()
    box.json("user", "list")
    third = box.folder / "third"
    name = json.loads(box.bare("vault", "create-key", third, "--json").stdout)["master_key"]
    assert name in box.fails("user", "list", "--vault-key-file", third)


def test_a_running_server_has_forgotten_the_master_key(box):
    """Nothing needs it once every store is open."""
    path = put(box, FORMS["base64"])
    process = subprocess.Popen([BIN, "serve", "--listen", "127.0.0.1:0", "--data", box.data],
                               env=box.env, cwd=box.folder, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    try:
        assert process.stdout.readline().startswith(b"ready ")
        try:
            memory = memory_of(process.pid)
        except OSError:
            pytest.skip("this user may not look into a process that cannot be dumped")
        assert b"llavero" in memory
        assert KEY not in memory and path.read_bytes().strip() not in memory
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def memory_of(pid):
    found = []
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            first, last = (int(part, 16) for part in line.split()[0].split("-"))
            if line.split()[1].startswith("rw") and last - first < 1 << 28:
                mem.seek(first)
                with contextlib.suppress(OSError):
                    found.append(mem.read(last - first))
    return b"".join(found)
