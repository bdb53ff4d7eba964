"""Reads the SQL of src/store: the items of statements.def and schema.def as C has them, through its own
preprocessor, and the text of C sources. Comments are never taken for SQL, nor strings for comments."""
import collections
import re
import subprocess

# The words of schema.def (src/store/driver.h) as types that no engine has; as long as the words, so that
# places in the text stay where they are.
WORDS = {"{int}": "l_int", "{text}": "l_text", "{bytes}": "l_bytes", "{table}": " " * 7,
         "{keyed_table}": " " * 13}
ALLOW = re.compile(r"allow ([a-z-]+): (\S.*)", re.S)

Token = collections.namedtuple("Token", "kind text line")
# An exception: `at` is where in the item's text it stands, 0 before it.
Allow = collections.namedtuple("Allow", "rule reason line at")


class Item:
    """One STMT(name, text), MIGRATION(number, text) or FINISH(number, works_from, text)."""

    def __init__(self, kind, path, line, words, text, allows):
        self.kind, self.path, self.line, self.text, self.allows = kind, path, line, text, allows
        self.name = words[0]
        self.works_from = int(words[1]) if len(words) > 1 else 0

    @property
    def sql(self):
        text = self.text
        for word, name in WORDS.items():
            text = text.replace(word, name)
        return text


PARTS = re.compile(r"""(?P<comment>/\*.*?\*/|//[^\n]*)
    | (?P<string>"(?:\\.|[^"\\\n])*")
    | (?P<char>'(?:\\.|[^'\\\n])*')
    | (?P<marker>^\#[ ](?P<number>\d+)[ ]"(?P<file>[^"]*)"[^\n]*\n)
    | (?P<word>\w+)
    | (?P<space>\s+)
    | (?P<other>.)""", re.X | re.S | re.M)


def tokens(source):
    """With the line that each begins at: of the file it came from, where the preprocessor says so."""
    line = 1
    for match in PARTS.finditer(source):
        if match["marker"] is not None:
            line = int(match["number"])
            continue
        if match.lastgroup != "space":
            yield Token(match.lastgroup, match[0], line)
        line += match[0].count("\n")


def string_of(token):
    return token.text[1:-1].encode().decode("unicode_escape")


def preprocessed(path):
    done = subprocess.run(["gcc", "-E", "-C", "-x", "c", "-nostdinc", "-ffreestanding", path],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return done.stdout


def allow_of(token, at):
    text = re.sub(r"\s*\n\s*\*?\s*", " ", token.text.strip("/").strip("*")).strip()
    match = ALLOW.match(text)
    return [Allow(match[1], match[2], token.line, at)] if match else []


def items(path, kinds):
    """The items of those kinds. An exception before an item is of that item."""
    rest, allows = iter(tokens(preprocessed(path))), []
    for token in rest:
        if token.kind == "comment":
            allows += allow_of(token, 0)
        elif token.kind == "word" and token.text in kinds:
            yield item(token, rest, path, allows)
            allows = []


def item(start, rest, path, allows):
    depth, words, text, allows = 0, [], "", list(allows)
    for token in rest:
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "other" else 0
        if token.kind == "comment":
            allows += allow_of(token, len(text))
        elif token.kind == "string":
            text += string_of(token)
        elif token.kind == "word":
            words.append(token.text)
        if depth == 0:
            break
    return Item(start.text, path, start.line, words, text, allows)


def strings(path):
    """(line, text, exceptions) of the string literals of a C source; neighbours are one. An exception stands
    right before its literal."""
    last, allows = None, []
    with open(path, encoding="utf-8") as f:
        for token in tokens(f.read()):
            if token.kind == "string" and last:
                last = (last[0], last[1] + string_of(token), last[2])
            elif token.kind == "string":
                last = (token.line, string_of(token), allows)
            elif token.kind == "comment":
                allows = allows + allow_of(token, 0)
            else:
                if last:
                    yield last
                last, allows = None, []
