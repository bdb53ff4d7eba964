"""What the command line itself answers: help, version, and words that make no sense."""
import re
import shutil
import subprocess

import pytest

from conftest import BIN, ROOT

COMMANDS = {
    "serve": "", "app create": "", "app list": "", "app show": "CLIENT_ID",
    "app edit": "CLIENT_ID", "app secret add": "CLIENT_ID", "app secret list": "CLIENT_ID",
    "app secret revoke": "CLIENT_ID SECRET_ID", "app suspend": "CLIENT_ID",
    "app unsuspend": "CLIENT_ID", "app revoke-tokens": "CLIENT_ID", "app transfer": "CLIENT_ID",
    "app delete": "CLIENT_ID", "user create": "", "user list": "", "user show": "LOGIN",
    "user password": "LOGIN", "user verify-email": "LOGIN ADDRESS", "user suspend": "LOGIN",
    "user unsuspend": "LOGIN", "user admin": "LOGIN on|off", "user two-factor": "LOGIN", "session list": "LOGIN",
    "session end": "LOGIN [ID]", "grant list": "LOGIN", "grant revoke": "LOGIN [CLIENT_ID]",
    "vault create-key": "FILE", "vault show": "", "vault seal": "", "vault unseal": "",
    "audit list": "", "audit export": "", "audit head": "", "audit verify": "",
    "rehearse": "[CAUSE]", "authorize": "URL", "doctor": "", "migrate": "", "docs render": "FILE", "settings": "", "help": "[COMMAND...]", "version": "",
}
FLAGS = {
    "app create": ["--owner LOGIN", "--name NAME", "--homepage URL", "--callback URL",
                   "--wildcard-callback URL", "--description TEXT", "--device-flow",
                   "--expiring-tokens", "--json"],
    "app list": ["--owner LOGIN", "--json"],
    "app edit": ["--name NAME", "--homepage URL", "--callback URL", "--wildcard-callback URL",
                 "--description TEXT", "--device-flow", "--no-device-flow",
                 "--expiring-tokens", "--no-expiring-tokens", "--json"],
    "app transfer": ["--to LOGIN", "--json"], "app delete": ["--yes", "--json"],
    "user create": ["--login LOGIN", "--email ADDRESS", "--password-stdin", "--name NAME",
                    "--admin", "--unverified", "--json"],
    "user password": ["--password-stdin", "--json"], "session end": ["--all", "--json"],
    "grant revoke": ["--all", "--json"], "migrate": ["--check", "--json"],
    "docs render": ["--lang en|es"], "doctor": ["--strict", "--json"],
    "vault create-key": ["--json"], "vault show": ["--json"], "vault seal": ["--json"],
    "vault unseal": ["--yes", "--json"],
    "audit list": ["--user LOGIN", "--lines N", "--json"], "audit head": ["--json"],
    "audit verify": ["--head FILE", "--json"],
    "rehearse": ["--run", "--owner LOGIN", "--lang en|es", "--json"],
    "authorize": ["--login LOGIN", "--deny", "--cause CAUSE", "--json"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(box, command):
    done = box.bare(*command.split(), "--help")
    assert done.stderr == ""
    usage = done.stdout.splitlines()[0]
    assert usage.startswith(f"Usage: llavero {command} {COMMANDS[command]}".rstrip())
    for flag in FLAGS.get(command, []):
        assert f"\n  {flag} " in done.stdout, flag
    assert box.bare("help", *command.split()).stdout == done.stdout
    assert box.bare(*command.split(), "-h").stdout == done.stdout
    assert not box.data.exists()


def test_help_wins_over_a_bad_line(box):
    assert "Usage: llavero app create" in box.bare("app", "create", "--bogus", "x", "--help").stdout


@pytest.mark.parametrize("words", (["help"], ["--help"], ["-h"]))
def test_help_lists_every_command(box, words):
    text = box.bare(*words).stdout
    for command, operands in COMMANDS.items():
        assert f"\n  {command} {operands}".rstrip() + " " in text, command


@pytest.mark.parametrize("group", ("app", "user", "session", "grant", "docs"))
def test_a_group_lists_its_commands(box, group):
    text = box.bare(group, "--help").stdout
    assert text == box.bare("help", group).stdout
    for command in COMMANDS:
        assert (f"\n  {command} " in text) == command.startswith(group + " "), command
    assert "llavero app secret add" in box.bare("help", "app", "secret", "add").stdout


def test_version(box):
    header = (ROOT / "src" / "base" / "version.h").read_text()
    version = header.split('LLAVERO_VERSION "')[1].split('"')[0]
    assert box.bare("version").stdout == f"llavero {version}\n"
    assert box.bare("--version").stdout == f"llavero {version}\n"


def test_settings_are_listed_with_defaults(box):
    text = box.bare("settings").stdout
    assert "--data" in text and "[llavero-data]" in text and "--argon2_memory" in text


def test_no_word_at_all(box):
    done = subprocess.run([BIN], capture_output=True, text=True, env=box.env, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("Usage: llavero COMMAND")


@pytest.mark.parametrize("words, sentence", (
    (["frob"], "'frob' is no command; see 'llavero help'"),
    (["ap"], "'ap' is no command; see 'llavero help'"),
    ([""], "'' is no command; see 'llavero help'"),
    (["app"], "'app' needs to know what to do; see 'llavero app --help'"),
    (["app", "frob"], "'app frob' is no command; see 'llavero app --help'"),
    (["app", "secret"], "'app secret' is no command; see 'llavero app --help'"),
    (["help", "frob"], "'frob' is no command; see 'llavero help --help'"),
    (["version", "now"], "'now' is a word too many; see 'llavero version --help'"),
    (["version", "--json"], "'--json' is no flag of this command; see 'llavero version --help'"),
    (["serve", "now"], "'now' is a word too many; see 'llavero serve --help'"),
    (["serve", "--jsn"], "'--jsn' is no flag of this command; see 'llavero serve --help'"),
    (["docs", "render"], "FILE is missing; see 'llavero docs render --help'"),
    (["docs", "render", "a", "--data", "x"],
     "'--data' is no flag of this command; see 'llavero docs render --help'"),
))
def test_what_cannot_be_understood(box, words, sentence):
    done = box.bare(*words, status=2)
    assert done.stdout == "" and done.stderr == f"llavero: {sentence}\n"


@pytest.mark.parametrize("words, sentence", (
    (["app", "list", "x"], "'x' is a word too many"),
    (["app", "list", "-x"], "'-x' is no flag of this command"),
    (["app", "list", "--x=1"], "'--x=1' is no flag of this command"),
    (["app", "list", "--json=yes"], "'--json' takes no value"),
    (["app", "list", "--json", "--json"], "'--json' is given twice"),
    (["app", "list", "--owner", "a", "--owner=b"], "'--owner' is given twice"),
    (["app", "list", "--owner"], "'--owner' needs a value: --owner LOGIN"),
    (["app", "list", "--owner", "--json"], "'--owner' needs a value: --owner LOGIN"),
    (["app", "show"], "CLIENT_ID is missing"),
    (["app", "show", "a", "b"], "'b' is a word too many"),
    (["app", "show", "--", "a", "--json"], "'--json' is a word too many"),
    (["app", "secret", "revoke", "a"], "SECRET_ID is missing"),
    (["app", "create"], "'--callback URL' is missing"),
    (["app", "edit", "a"], "nothing is said that should change"),
    (["app", "edit", "a", "--json"], "nothing is said that should change"),
    (["app", "edit", "a", "--device-flow", "--no-device-flow"],
     "'--device-flow' and '--no-device-flow' exclude each other"),
    (["app", "edit", "a", "--no-expiring-tokens", "--expiring-tokens"],
     "'--expiring-tokens' and '--no-expiring-tokens' exclude each other"),
    (["app", "transfer", "a"], "'--to LOGIN' is missing"),
    (["app", "delete", "a"], "deleting an app cannot be undone; '--yes' is missing"),
    (["user", "create", "--login", "a"], "'--email ADDRESS' is missing"),
    (["user", "password", "a"], "'--password-stdin' is missing"),
    (["user", "verify-email", "a"], "ADDRESS is missing"),
    (["user", "admin", "a", "maybe"], "'maybe' is neither 'on' nor 'off'"),
    (["session", "end", "a"], "either the id of a session or --all is wanted"),
    (["session", "end", "a", "1", "--all"], "either the id of a session or --all is wanted"),
    (["grant", "revoke", "a"], "either the client id of an app or --all is wanted"),
    (["grant", "revoke", "a", "b", "--all"], "either the client id of an app or --all is wanted"),
))
def test_misuse_of_a_command_names_its_help(box, words, sentence):
    command = next(c for c in sorted(COMMANDS, reverse=True) if words[:len(c.split())] == c.split())
    settings = [] if "--" in words else ["--data", str(box.data)]
    if words == ["app", "create"]:
        words = words + ["--owner", "a", "--name", "b", "--homepage", "c"]
    done = box.run(*words, status=2, settings=settings)
    assert done.stdout == ""
    assert done.stderr == f"llavero: {sentence}; see 'llavero {command} --help'\n"


@pytest.mark.parametrize("flag", ("--owner", "--name", "--homepage"))
def test_required_flags_of_app_create(box, flag):
    words = {"--owner": "a", "--name": "b", "--homepage": "https://c.example", "--callback": "x:/"}
    value = {"--owner": "LOGIN", "--name": "NAME", "--homepage": "URL"}[flag]
    del words[flag]
    line = [part for pair in words.items() for part in pair]
    assert box.misused("app", "create", *line) == \
        f"'{flag} {value}' is missing; see 'llavero app create --help'"


def test_a_bad_setting_is_named_with_its_place(box):
    assert "'code_lifetime' is '601'" in box.misused("app", "list", "--code-lifetime", "601")
    box.env["LLAVERO_SIGNUP"] = "perhaps"
    assert box.misused("app", "list").startswith("LLAVERO_SIGNUP: 'signup' is 'perhaps'")
    del box.env["LLAVERO_SIGNUP"]
    assert "cannot be read" in box.misused("app", "list", "--config", box.folder / "none.conf")


def test_values_may_look_like_flags_behind_an_equals_sign(box):
    box.user("mona", "--name=--admin")
    assert box.json("user", "show", "mona")["name"] == "--admin"
    assert box.json("user", "show", "mona")["site_admin"] is False


def test_words_behind_two_hyphens_are_no_flags(box):
    box.user("mona")
    done = box.run("user", "show", settings=["--data", str(box.data), "--", "mona"])
    assert "mona@example.com" in done.stdout
    done = box.run("user", "show", settings=["--data", str(box.data), "--", "--json"], status=1)
    assert done.stderr == "llavero: there is no user '--json'\n"


def test_at_most_64_flags(box):
    words = ["app", "create", "--owner=a", "--name=b", "--homepage=https://c.example"]
    assert "callback URL" in box.fails(*words, *["--callback=x"] * 61)
    assert "there are more than 64 flags" in box.misused(*words, *["--callback=x"] * 62)


def test_output_that_cannot_be_written_is_a_failure(box):
    box.user("mona")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([BIN, "user", "list", "--data", box.data], stdout=full,
                              stderr=subprocess.PIPE, env=box.env, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "llavero: what was done cannot be printed: No space left on device\n"


MANUAL = ROOT / "packaging" / "man" / "llavero.1"
SETTINGS_MANUAL = ROOT / "packaging" / "man" / "llavero.conf.5"


def manual_entries():
    """The heads of the manual's entries as one reads them: 'app list --owner login --json'."""
    text = re.sub(r"^\.It Xo\n(.*?)^\.Xc$", lambda m: ".It " + m[1].replace("\n.", " "),
                  MANUAL.read_text(), flags=re.M | re.S)
    for head in re.findall(r"^\.It (.*)$", text, re.M):
        head = re.sub(r"\b(Cm|Ar|Op|Oo|Oc|Bro|Brc)\b|\.(?=Cm)|\|", " ", head)
        yield " ".join(re.sub(r"Fl -", "--", head).split()) + " "


def test_the_manual_has_every_command_and_flag():
    entries = list(manual_entries())
    for command, operands in COMMANDS.items():
        found = [e for e in entries if e.startswith(command + " ")]
        assert len(found) == 1, (command, found)
        flags = [flag.split()[0] for flag in FLAGS.get(command, [])]
        if command.split()[0] in ("app", "user", "session", "grant"):
            flags.append("--json")
        for flag in flags:
            assert f" {flag} " in found[0], (command, flag)
        for operand in re.findall(r"[A-Z_]+", operands):
            assert f" {operand.lower()} " in found[0], (command, operand)


def test_the_manual_has_whatever_the_program_has(box):
    """Every command of `help`, with every flag of its own; every setting has its entry in llavero.conf(5)."""
    entries = list(manual_entries())
    where = {"--data", "--database", "--config"}
    listed = re.findall(r"^  ([a-z][a-z -]*?)(?: (?:[A-Z\[]|on\|)\S*)*  ", box.bare("help").stdout, re.M)
    assert len(listed) > 80 and set(COMMANDS) <= set(listed)
    for command in listed:
        found = [e for e in entries if e.startswith(command + " ")]
        assert len(found) == 1, (command, found)
        flags = re.findall(r"^  (--[a-z-]+)", box.bare("help", *command.split()).stdout, re.M)
        assert all(f" {flag} " in found[0] for flag in set(flags) - where), (command, flags)
    settings = re.findall(r"^  --(\w+)", box.bare("settings").stdout, re.M)
    assert len(settings) > 60
    assert re.findall(r"^\.It Cm (\w+)$", SETTINGS_MANUAL.read_text(), re.M) == settings


@pytest.mark.skipif(not shutil.which("groff"), reason="there is no groff here")
@pytest.mark.parametrize("page", [MANUAL, SETTINGS_MANUAL], ids=lambda page: page.name)
def test_the_manual_is_well_formed(page):
    done = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww", page], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0 and done.stderr == ""
    assert "llavero" in done.stdout
