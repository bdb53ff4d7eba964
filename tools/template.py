"""Reads a template into a tree of nodes and a record of typed fields. The language is described in
pages.py."""

import re

C_TYPES = {
    "text": "struct str ", "url": "struct str ", "target": "struct str ", "bool": "bool ",
    "int": "int64_t ", "time": "int64_t ", "ago": "int64_t ", "msg": "enum message ",
    "html": "struct html ",
}
MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
NAME = r"[a-z][a-z0-9_]*"
WRAPS = {"strong", "code", "em"}


class BuildError(Exception):
    """What is wrong, with the file and line to look at."""


class Node:
    """A part of a template: `kind`, where it is, and what its kind needs."""

    def __init__(self, kind, line, **parts):
        self.kind, self.line = kind, line
        self.__dict__.update(parts)


class Record:
    """Fields of a page or of a list's items."""

    def __init__(self, c_name):
        self.c_name = c_name
        self.fields = {}


class Field:
    def __init__(self, kind, name, line, optional=False, record=None):
        self.kind, self.name, self.line, self.optional = kind, name, line, optional
        self.record, self.used = record, False


class Template:
    def __init__(self, path):
        self.path, self.name = path, path.stem
        self.record = Record(f"struct page_{self.name}")
        self.records = []         # of its lists, innermost first
        self.use, self.fills = None, {}
        self.line = 1
        if not re.fullmatch(NAME, self.name):
            raise BuildError(f"{path}:1: the name must be lower-case words joined by '_'")
        self.marks = list(self._marks(path.read_text(encoding="utf-8")))
        self.at = 0
        self.nodes = self._nodes(())
        if self.at < len(self.marks):
            self.fail(self.marks[self.at][0], "'end' or 'else' without a beginning")

    def fail(self, line, text):
        raise BuildError(f"{self.path}:{line}: {text}")

    def _marks(self, text):
        """(line, kind, content) of each piece: kind is 'text', '{{' or '{%'."""
        line, at = 1, 0
        for match in MARK.finditer(text):
            if match.start() > at:
                yield line, "text", text[at:match.start()]
            line += text.count("\n", at, match.start())
            if not match[0].startswith("{#"):
                yield line, match[0][:2], match[0][2:-2]
            line += match[0].count("\n")
            at = match.end()
        if at < len(text):
            yield line, "text", text[at:]

    def _nodes(self, stops):
        """Everything up to a mark whose first word is in `stops`, which stays unread."""
        nodes = []
        while self.at < len(self.marks):
            line, kind, content = self.marks[self.at]
            if kind == "text":
                for mark in ("{{", "}}", "{%", "%}", "{#", "#}"):
                    if mark in content:
                        line += content[:content.index(mark)].count("\n")
                        self.fail(line, f"'{mark}' without its other half")
                nodes.append(Node("text", line, text=content))
            elif kind == "{{":
                nodes.append(self._value(line, content.strip()))
            else:
                word = (content.split() or [""])[0]
                if word in stops or word in ("end", "else", "elif"):
                    return nodes
                self.at += 1
                node = self._control(line, word, content)
                if node:
                    nodes.append(node)
                continue
            self.at += 1
        return nodes

    def _value(self, line, content):
        if content.startswith("t:"):
            return self._translation(line, content)
        if re.fullmatch(r"asset:[\w.-]+", content):
            return Node("asset", line, name=content[6:])
        if content == "lang":
            return Node("lang", line)
        if re.fullmatch(rf"{NAME}(\.{NAME})*", content):
            return Node("value", line, path=content)
        return self.fail(line, f"'{content}' is neither a field nor t: nor asset:")

    def _translation(self, line, content):
        words = content.split()
        args = {}
        for word in words[1:]:
            match = re.fullmatch(rf"({NAME})=({NAME}(?:\.{NAME})*)(?::(\w+))?", word)
            if not match:
                self.fail(line, f"'{word}' is not of the form name=field or name=field:strong")
            if match[3] and match[3] not in WRAPS:
                self.fail(line, f"'{match[3]}' is none of {', '.join(sorted(WRAPS))}")
            args[match[1]] = (match[2], match[3])
        return Node("t", line, keys=words[0][2:].split("|"), args=args)

    def _control(self, line, word, content):
        method = getattr(self, "_read_" + word, None) if re.fullmatch("[a-z]+", word) else None
        if not method:
            self.fail(line, f"'{word}' is no control word")
        return method(line, content)

    def _end(self, line, what):
        if self.at >= len(self.marks):
            self.fail(line, f"'{what}' is not closed")
        found = self.marks[self.at][2].split()
        if found != ["end"]:
            self.fail(self.marks[self.at][0], f"'{found[0]}' inside '{what}'")
        self.at += 1

    def _read_if(self, line, content):
        branches, words = [], content.split()[1:]
        while True:
            branches.append((self._condition(line, words), self._nodes(("end", "else", "elif"))))
            if self.at >= len(self.marks):
                self.fail(line, "'if' is not closed")
            at, _, mark = self.marks[self.at]
            found = mark.split()
            if found[0] == "end":
                break
            self.at += 1
            if found[0] == "else":
                branches.append((None, self._nodes(("end",))))
                break
            words = found[1:]
        self._end(line, "if")
        return Node("if", line, branches=branches)

    def _condition(self, line, words):
        """[(negated, path)] and the operator between them."""
        terms, operators, negated = [], set(), False
        expect = True
        for word in words:
            if expect and word == "not":
                negated = not negated
            elif expect and re.fullmatch(rf"{NAME}(\.{NAME})*", word):
                terms.append((negated, word))
                negated, expect = False, False
            elif not expect and word in ("and", "or"):
                operators.add(word)
                expect = True
            else:
                self.fail(line, f"'{word}' in a condition")
        if expect or len(operators) > 1:
            self.fail(line, "a condition is 'a', 'not a', 'a and b' or 'a or b'")
        return terms, " && " if "and" in operators else " || "

    def _read_for(self, line, content):
        match = re.fullmatch(rf"\s*for ({NAME}) in ({NAME}(?:\.{NAME})*)\s*", content)
        if not match:
            self.fail(line, "a loop is 'for item in list'")
        body = self._nodes(("end",))
        self._end(line, "for")
        return Node("for", line, item=match[1], path=match[2], body=body)

    def _read_include(self, line, content):
        match = re.fullmatch(rf"\s*include ({NAME})((?:\s+{NAME}=(?:\"[^\"]*\"|\S+))*)\s*", content)
        if not match:
            self.fail(line, "an include is 'include template field=value ...'")
        args = dict(re.findall(rf"({NAME})=(\"[^\"]*\"|\S+)", match[2]))
        return Node("include", line, name=match[1], args=args)

    def _read_slot(self, line, content):
        return Node("slot", line, name=self._one_word(line, content))

    def _read_use(self, line, content):
        self.use = (line, self._one_word(line, content))

    def _read_fill(self, line, content):
        name = self._one_word(line, content)
        if name in self.fills or name == "content":
            self.fail(line, f"'{name}' is filled already")
        self.fills[name] = Node("fill", line, body=self._nodes(("end",)))
        self._end(line, "fill")

    def _one_word(self, line, content):
        words = content.split()
        if len(words) != 2 or not re.fullmatch(NAME, words[1]):
            self.fail(line, f"'{words[0]}' takes one name")
        return words[1]

    def _read_params(self, line, content):
        if self.record.fields:
            self.fail(line, "parameters are declared already")
        open_records = [self.record]
        for number, text in enumerate(content.split("\n"), line):
            text = text.split("#")[0].strip()
            if text in ("", "params"):
                continue
            if text == "}":
                if len(open_records) == 1:
                    self.fail(number, "'}' without '{'")
                self.records.append(open_records.pop())
            else:
                self._declare(number, text, open_records)
        if len(open_records) > 1:
            self.fail(line, "a record is not closed")

    def _declare(self, line, text, open_records):
        match = re.fullmatch(rf"(\w+)(\?)? ({NAME})(?: ({NAME}))?( \{{)?|"
                             rf"list(\?)? ({NAME})\.({NAME}) ({NAME})", text)
        if not match:
            self.fail(line, f"'{text}' is not a parameter")
        if match[7]:
            field = Field("list", match[9], line, bool(match[6]), (match[7], match[8]))
        elif match[1] == "list" and match[4] and match[5]:
            record = Record(f"struct page_{self.name}_{match[3]}")
            field = Field("list", match[4], line, bool(match[2]), record)
            self._add(open_records[-1], field)
            open_records.append(record)
            return
        elif match[1] in C_TYPES and not match[4] and not match[5]:
            field = Field(match[1], match[3], line, bool(match[2]))
        else:
            self.fail(line, f"'{text}' is not a parameter")
        self._add(open_records[-1], field)

    def _add(self, record, field):
        if field.name in record.fields or field.name in ("layout", "loop", "lang"):
            self.fail(field.line, f"'{field.name}' is taken")
        record.fields[field.name] = field
