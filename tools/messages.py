#!/usr/bin/env python3
"""Compiles the translations into C.

    messages.py LOCALES OUT                     writes OUT/messages.h and OUT/messages.c
    messages.py --unused LOCALES TEMPLATES SRC  fails when a message is used nowhere

LOCALES holds <lang>.txt for each language, and any number of <lang>.<topic>.txt besides; English is
the one that the others are compared with. A line is `key = text`; blank lines and lines that begin
with '#' are passed over. A key is lower-case words joined by '.', '_' or '-'. `{name}` in a text is
a placeholder. Texts are plain text, never HTML: they are escaped where they are written.

The build fails when a key is doubled, be it in two files, missing from a language or unknown to English, when a text
is empty, or when the placeholders of a key differ between languages.

`some.key` becomes MSG_SOME_KEY.
"""

import pathlib
import re
import sys
import typing

LINE = re.compile(r"(?P<key>[a-z0-9]+(?:[._-][a-z0-9]+)*)\s*=\s*(?P<text>.*)")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
REFERENCE = "en"
# Found at run time by message_find, under a key that is made of names in the code: causes, evidence,
# steps, endpoints. tests/unit/test_why.c and tools/causes_doc.py hold these to what they are for.
BY_NAME = ("why.", "evidence.", "word.", "step.", "endpoint.", "duration.")


class BuildError(Exception):
    """What is wrong, with the file and line to look at."""


def constant(key):
    return "MSG_" + re.sub(r"[.-]", "_", key).upper()


def placeholders(text):
    return set(PLACEHOLDER.findall(text))


def c_string(text):
    """`text` as a C string literal. '?' is escaped so that no trigraph can arise."""
    out = []
    for char in text:
        if char in '"\\?':
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\n")
        elif char == "\t":
            out.append("\\t")
        elif ord(char) < 32 or ord(char) == 127:
            out.append("\\%03o" % ord(char))
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


class Entry(typing.NamedTuple):
    """A text, and where it stands."""
    text: str
    path: pathlib.Path
    line: int


def language_of(path):
    return path.name.split(".")[0]


def twin(path, lang):
    """The file of the same topic in another language."""
    return path.name.replace(language_of(path), lang, 1)


def read_locale(path, entries):
    """Adds what one file has, {key: Entry}, to what its language has already."""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if not match:
            raise BuildError(f"{path}:{number}: not of the form 'key = text'")
        key, text = match["key"], match["text"].strip()
        if key in entries:
            other = entries[key]
            where = f"on line {other.line}" + (f" of {other.path.name}" if other.path != path else "")
            raise BuildError(f"{path}:{number}: '{key}' is already {where}")
        if not text:
            raise BuildError(f"{path}:{number}: '{key}' has no text")
        if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
            raise BuildError(f"{path}:{number}: '{key}' has a brace outside a {{placeholder}}")
        entries[key] = Entry(text, path, number)


def check_same_constants(entries):
    seen = {}
    for key, (_, path, number) in entries.items():
        other = seen.setdefault(constant(key), key)
        if other != key:
            raise BuildError(f"{path}:{number}: '{key}' and '{other}' are both {constant(key)}")


def compare(lang, entries, reference):
    for key, (text, path, number) in entries.items():
        if key not in reference:
            raise BuildError(f"{path}:{number}: '{key}' is not in {twin(path, REFERENCE)}")
        expected = placeholders(reference[key].text)
        if placeholders(text) != expected:
            raise BuildError(f"{path}:{number}: '{key}' must have the placeholders "
                             f"{sorted(expected)}, has {sorted(placeholders(text))}")
    for key, (_, path, number) in reference.items():
        if key not in entries:
            raise BuildError(f"{path.with_name(twin(path, lang))}:1: '{key}' is missing "
                             f"({path.name}:{number})")


def load(folder):
    """{lang: {key: text}}, English first, every language checked against it."""
    folder = pathlib.Path(folder)
    paths = sorted(folder.glob("*.txt"), key=lambda p: (language_of(p) != REFERENCE, p.name))
    if not paths or language_of(paths[0]) != REFERENCE:
        raise BuildError(f"{folder}: no {REFERENCE}.txt")
    languages = {}
    for path in paths:
        read_locale(path, languages.setdefault(language_of(path), {}))
    reference = languages[REFERENCE]
    check_same_constants(reference)
    for lang, entries in languages.items():
        compare(lang, entries, reference)
    return {lang: {key: entries[key].text for key in reference}
            for lang, entries in languages.items()}


HEADER = """\
/* Generated by tools/messages.py: every sentence a person reads, in every language. */
#ifndef LLAVERO_GEN_MESSAGES_H
#define LLAVERO_GEN_MESSAGES_H

#include "base/arena.h"
#include "base/str.h"

enum lang {
%(langs)s
	LANGS,
};

enum message {
	MSG_NONE, /* no message; its text is empty */
%(messages)s
	MESSAGES,
};

struct message_arg {
	const char *name; /* of the placeholder, without braces */
	struct str value; /* as it is: escaping is the writer's work */
};

/* The text of `m`, UTF-8, placeholders as they stand. Plain text: escape it for HTML. */
struct str message(enum lang lang, enum message m);
/* The text of `m` with its placeholders replaced; one that has no argument becomes empty. */
struct str message_format(struct arena *a, enum lang lang, enum message m,
	const struct message_arg *args, size_t n);
/* The message whose key is `key` ("scope.repo.title"); false, and MSG_NONE, when there is none. */
bool message_find(const char *key, enum message *out);
/* The BCP 47 tag of a language ("en"). */
const char *lang_tag(enum lang lang);
/* The language of a tag; "es-MX" finds es, letter case does not count. False when unknown. */
bool lang_find(struct str tag, enum lang *out);

#endif
"""

SOURCE = """\
/* Generated by tools/messages.py. */
#include "gen/messages.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

#define T(m, text) [m] = {text, sizeof(text) - 1}

static const struct str texts[LANGS][MESSAGES] = {
%(texts)s
};

/* In the order of strcmp. */
static const struct message_key {
	const char *key;
	enum message id;
} keys[] = {
%(keys)s
};

static const char tags[LANGS][4] = {%(tags)s};

struct str message(enum lang lang, enum message m)
{
	return m == MSG_NONE ? STR("") : texts[lang][m];
}

static struct str find_arg(struct str name, const struct message_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_c(name, args[i].name))
			return args[i].value;
	return STR("");
}

struct str message_format(struct arena *a, enum lang lang, enum message m,
	const struct message_arg *args, size_t n)
{
	struct str rest = message(lang, m);
	struct buf out;

	buf_init(&out, a, (size_t)1 << 20);
	while (rest.n) {
		size_t open = str_find(rest, '{');

		buf_add(&out, str_slice(rest, 0, open));
		rest = str_slice(rest, open, rest.n);
		if (!rest.n)
			break;
		size_t close = str_find(rest, '}');

		buf_add(&out, find_arg(str_slice(rest, 1, close), args, n));
		rest = str_slice(rest, close + 1, rest.n);
	}
	return buf_str(&out);
}

static int compare_key(const void *key, const void *row)
{
	return strcmp(key, ((const struct message_key *)row)->key);
}

bool message_find(const char *key, enum message *out)
{
	const struct message_key *row =
		bsearch(key, keys, sizeof(keys) / sizeof(keys[0]), sizeof(keys[0]), compare_key);

	*out = row ? row->id : MSG_NONE;
	return row != NULL;
}

const char *lang_tag(enum lang lang)
{
	return tags[lang];
}

bool lang_find(struct str tag, enum lang *out)
{
	struct str primary = str_slice(tag, 0, str_find(tag, '-'));

	for (size_t i = 0; i < LANGS; i++) {
		if (str_eq_nocase(primary, str_from(tags[i]))) {
			*out = (enum lang)i;
			return true;
		}
	}
	return false;
}
"""


def header(locales):
    keys = next(iter(locales.values()))
    return HEADER % {
        "langs": "\n".join(f"\tLANG_{lang.upper()}," for lang in locales),
        "messages": "\n".join(f"\t{constant(key)}," for key in keys),
    }


def source(locales):
    keys = next(iter(locales.values()))
    texts = []
    for lang, entries in locales.items():
        rows = "\n".join(f"\t\tT({constant(key)}, {c_string(text)}),"
                         for key, text in entries.items())
        texts.append(f"\t[LANG_{lang.upper()}] = {{\n{rows}\n\t}},")
    return SOURCE % {
        "texts": "\n".join(texts),
        "keys": "\n".join(f"\t{{{c_string(key)}, {constant(key)}}},"
                          for key in sorted(keys, key=lambda k: k.encode())),
        "tags": ", ".join(f'"{lang}"' for lang in locales),
    }


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def find_unused(locales, templates, src):
    """Keys named neither in a template, nor as MSG_ in C, nor below a prefix that C looks up
    with message_find ("scope." in a string literal, or one of BY_NAME)."""
    keys = next(iter(load(locales).values()))
    html = "\n".join(p.read_text(encoding="utf-8") for p in pathlib.Path(templates).glob("*.html"))
    code = "\n".join(p.read_text(encoding="utf-8")
                     for p in pathlib.Path(src).rglob("*.[chd]*") if p.is_file())
    in_html = set(re.findall(r"[a-z0-9]+(?:[._-][a-z0-9]+)+", html))
    in_code = set(re.findall(r"MSG_[A-Z0-9_]+", code))
    # "MSG_DEMO_CASE_##id##_TITLE": a macro that makes names
    pasted = [re.compile(re.sub(r"\s*##\s*\w+\s*(##\s*)?", ".+", name) + "$") for name in
              re.findall(r"MSG_[A-Z0-9_]+(?:\s*##\s*\w+)+", code)]
    prefixes = BY_NAME + tuple(re.findall(r'"([a-z0-9_.]+\.)', code))
    return [key for key in keys if key not in in_html and constant(key) not in in_code
            and not key.startswith(prefixes)
            and not any(p.match(constant(key)) for p in pasted)]


def main(args):
    if len(args) == 4 and args[0] == "--unused":
        unused = find_unused(*args[1:])
        for key in unused:
            print(f"{args[1]}: '{key}' is used nowhere", file=sys.stderr)
        return 1 if unused else 0
    if len(args) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        locales = load(args[0])
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    out = pathlib.Path(args[1])
    write(out / "messages.h", header(locales))
    write(out / "messages.c", source(locales))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
