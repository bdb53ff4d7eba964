#!/usr/bin/env python3
"""Compiles templates/*.html into typed C functions.

    pages.py TEMPLATES LOCALES OUT    writes OUT/pages.h and OUT/pages.c

templates/NAME.html becomes `struct page_NAME` and
`void page_NAME(struct buf *out, enum lang lang, const struct page_NAME *p)`.

A template is HTML with these marks:

    {% params                     What the page is given, one line each, at the top of the file:
        text login                    type and name; '?' after the type: may be left out
        url? homepage                 by an include
        list link links {         A list: the name of its record, its own name, the record's
            text title            fields. In C: `const struct page_NAME_link *links;
            url href              size_t links_n;`
        }
        list menu.entry entries   A list of records that another template declares.
    %}
    {{login}}  {{e.title}}        A value, escaped for the place where it stands.
    {{t:login.title}}             A translation.
    {{t:hello name=login}}        ... with its placeholders filled; escaped. In text a text is set
                                  apart with <bdi>; `name=login:strong` marks it up as well (strong,
                                  code or em).
    {{t:app.one|app.other n=n}}   ... the first when n is 1, else the second.
    {{asset:app.css}}             The path of a static file.
    {{lang}}                      The tag of the page's language.
    {% if a %} {% elif not b %} {% else %} {% end %}
                                  Also `a and not b`, `a or b`. Empty, 0 and absent are false; so
                                  is a url that may not stand in a link.
    {% for e in entries %} {% end %}    {{loop.index}} counts from 1.
    {% include NAME field=value %}      Another template, its fields given: a value, "text",
                                        t:key, a number, true or false.
    {% use NAME %}                The page is set into the layout NAME, whose fields are
                                  `layout.…` here and `struct page_NAME layout` in C.
    {% fill SLOT %} {% end %}     What goes into {% slot SLOT %} of the layout; the rest of the
                                  page goes into {% slot content %}.
    {# a remark #}

Types:

    text    struct str, escaped                     int     int64_t
    bool    bool, for conditions only               ago     int64_t, an age in seconds: "3 days ago"
    time    int64_t, seconds since 1970             msg     enum message
    url     struct str; in attributes only http, https and relative ones are written
    target  struct str; a redirect URI already proven to be registered, schemes of apps included
    html    struct html, written as it is: fragments of our own compilers, never text from outside

Values may stand in text and in double-quoted attribute values, nowhere else. In href, src, action
and their like only a url or a target may stand (or an int after a fixed beginning). The build
fails, with file and line, on unknown fields, messages and templates, on parameters that are
declared and not used, on unclosed marks and elements, on scripts, styles and event handlers in
the page, on javascript: links and on POST forms without authenticity_token.
"""

import pathlib
import re
import sys

import messages
from html_context import Html, HtmlError

C_TYPES = {
    "text": "struct str ", "url": "struct str ", "target": "struct str ", "bool": "bool ",
    "int": "int64_t ", "time": "int64_t ", "ago": "int64_t ", "msg": "enum message ",
    "html": "struct html ",
}
MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
NAME = r"[a-z][a-z0-9_]*"
WRAPS = {"strong", "code", "em"}
TYPED_STR = {"text", "url", "target"}
LITERAL_CHARS = 900  # of up to 4 bytes; C99 promises string literals of up to 4095


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


# ---------------------------------------------------------------------------------------------
# Reading


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


# ---------------------------------------------------------------------------------------------
# Writing


class Site:
    """All templates, and what they share."""

    def __init__(self, templates, locales):
        self.templates, self.locales = templates, locales
        for template in templates.values():
            if template.use:
                line, name = template.use
                if name not in templates or templates[name].use:
                    template.fail(line, f"there is no layout '{name}'")
            for record in [template.record, *template.records]:
                for field in record.fields.values():
                    self._find_record(template, field)

    def _find_record(self, template, field):
        if field.kind != "list" or isinstance(field.record, Record):
            return
        owner, name = field.record
        for record in self.templates[owner].records if owner in self.templates else []:
            if record.c_name == f"struct page_{owner}_{name}":
                field.record = record
                return
        template.fail(field.line, f"template '{owner}' declares no record '{name}'")


class Writer:
    """Writes the C function of one template."""

    def __init__(self, site, template):
        self.site, self.template, self.source = site, template, template
        self.lines, self.literal, self.depth = [], "", 1
        self.html = Html()
        self.scopes = []  # {name: (C expression of a pointer to the record, record)}
        self.loops = 0
        self.slots = {}
        self.line_start = True  # nothing but white space since the last line break

    def fail(self, line, text):
        self.source.fail(line, text)

    def page(self):
        template = self.template
        if not template.use:
            self.nodes(template.nodes)
            self._guard(template.line, self.html.finish)
        else:
            self._in_layout(self.site.templates[template.use[1]])
        self.flush()
        return self.lines

    def _in_layout(self, layout):
        content = Node("fill", 1, body=self.template.nodes)
        self.slots = {**self.template.fills, "content": content}
        filled = set()
        self.filled = filled
        self.source = layout
        self.nodes(layout.nodes)
        self._guard(1, self.html.finish)
        for name, fill in self.template.fills.items():
            if name not in filled:
                self.template.fail(fill.line, f"layout '{layout.name}' has no slot '{name}'")

    def _guard(self, line, call, *args):
        try:
            return call(*args)
        except HtmlError as error:
            return self.fail(line, str(error))

    # Output

    def put(self, text):
        self.flush()
        self.lines.append("\t" * self.depth + text)

    def flush(self):
        text, self.literal = self.literal, ""
        while text:
            piece = text[:LITERAL_CHARS]
            text = text[len(piece):]
            self.lines.append("\t" * self.depth + f"buf_add(out, STR({messages.c_string(piece)}));")

    def nodes(self, nodes):
        for node in nodes:
            getattr(self, "node_" + node.kind)(node)

    def node_text(self, node):
        """Feeds line by line, so that an error has its line; drops indentation."""
        line = node.line
        for piece in re.split(r"(\n)", node.text):
            verbatim = self.html.is_verbatim()
            self._guard(line, self.html.feed, piece)
            if piece == "\n":
                line += 1
            if not verbatim:
                if self.line_start:
                    piece = piece.lstrip()
            if piece:
                self.line_start = piece == "\n"
            self.literal += piece

    def node_asset(self, node):
        self._guard(node.line, self.html.context)
        self.after_value()
        self.put(f"buf_add(out, STR(ASSET_{re.sub('[^A-Za-z0-9]', '_', node.name).upper()}));")

    def node_lang(self, node):
        self._guard(node.line, self.html.context)
        self.after_value()
        self.put("buf_add_c(out, lang_tag(lang));")

    def after_value(self):
        self.html.hole()
        self.line_start = False

    # Fields

    def find(self, line, path):
        """(C expression, Field) of `path`."""
        names = path.split(".")
        if names[0] == "loop" and names[1:] == ["index"] and self.loops:
            return f"(int64_t)i{self.loops} + 1", Field("int", "index", line)
        pointer, record = "p", self.template.record
        if self.source is not self.template:
            pointer, record = "p->layout", self.source.record
        for scope in reversed(self.scopes):
            if names[0] in scope:
                pointer, record = scope[names.pop(0)]
                break
        else:
            if names[0] == "layout" and self.template.use and self.source is self.template:
                pointer, record = "p->layout", self.site.templates[self.template.use[1]].record
                names.pop(0)
        if len(names) != 1 or names[0] not in record.fields:
            self.fail(line, f"there is no field '{path}'")
        field = record.fields[names[0]]
        field.used = True
        return f"{pointer}{'.' if pointer == 'p->layout' else '->'}{field.name}", field

    def node_value(self, node):
        expression, field = self.find(node.line, node.path)
        context = self._guard(node.line, self.html.context)
        self._check_url(node, field, context)
        statement = self.write(node, expression, field.kind, context)
        self.after_value()
        self.put(statement)

    def _check_url(self, node, field, context):
        if context != "url" or field.kind in ("url", "target"):
            if context == "url" and self._url_so_far():
                self.fail(node.line, f"the {field.kind} '{node.path}' must be the whole link")
            return
        if field.kind != "int" or not self.html.value or not self.html.value[0] in "/?#":
            self.fail(node.line, f"{self.html.name} takes a url, '{node.path}' is {field.kind}")

    def _url_so_far(self):
        return re.sub(r"^.*url=", "", self.html.value, flags=re.S | re.I)

    def write(self, node, expression, kind, context):
        """The statement that writes a value of `kind` into `context`."""
        if kind in ("bool", "list"):
            self.fail(node.line, f"a {kind} cannot be written")
        if kind in ("time", "html") and context != "text":
            self.fail(node.line, f"a {kind} can only stand in text")
        if kind in ("url", "target") and context in ("attribute", "url"):
            return f"markup_add_{kind}(out, {expression});"
        return {
            "text": f"buf_add_html(out, {expression});",
            "url": f"buf_add_html(out, {expression});",
            "target": f"buf_add_html(out, {expression});",
            "int": f'buf_addf(out, "%lld", (long long)({expression}));',
            "time": f"markup_add_time(out, lang, {expression});",
            "ago": f"markup_add_ago(out, lang, {expression});",
            "msg": f"buf_add_html(out, message(lang, {expression}));",
            "html": f"buf_add(out, {expression}.s);",
        }[kind]

    # Translations

    def check_key(self, line, key):
        if key not in self.site.locales["en"]:
            self.fail(line, f"there is no message '{key}'")

    def node_t(self, node):
        context = self._guard(node.line, self.html.context)
        if context == "url":
            self.fail(node.line, f"{self.html.name} takes a url, not a translation")
        needed = set()
        for key in node.keys:
            self.check_key(node.line, key)
            needed |= messages.placeholders(self.site.locales["en"][key])
        given = set(node.args) - ({"n"} if len(node.keys) == 2 else set())
        if given - needed or needed - set(node.args):
            self.fail(node.line, f"'{'|'.join(node.keys)}' takes {sorted(needed)}, "
                                 f"is given {sorted(node.args)}")
        if len(node.keys) == 1:
            self._translate(node, node.keys[0], context)
        elif len(node.keys) == 2 and "n" in node.args:
            self._plural(node, context)
        else:
            self.fail(node.line, "a plural is 't:one|other n=field'")
        self.after_value()

    def _plural(self, node, context):
        expression, field = self.find(node.line, node.args["n"][0])
        if field.kind != "int":
            self.fail(node.line, f"the n of a plural is an int, '{field.name}' is {field.kind}")
        self.put(f"if ({expression} == 1) {{")
        self._nested(self._translate, node, node.keys[0], context)
        self.put("} else {")
        self._nested(self._translate, node, node.keys[1], context)
        self.put("}")

    def _nested(self, call, *args):
        self.depth += 1
        call(*args)
        self.flush()
        self.depth -= 1

    def _translate(self, node, key, context):
        if not messages.placeholders(self.site.locales["en"][key]):
            self.put(f"buf_add_html(out, message(lang, {messages.constant(key)}));")
            return
        self.put("switch (lang) {")
        for lang in self.site.locales:
            if lang == "en":
                self.put("case LANGS:")
            self.put(f"case LANG_{lang.upper()}:")
            self._nested(self._sentence, node, self.site.locales[lang][key], context)
        self.put("}")

    def _sentence(self, node, text, context):
        for i, piece in enumerate(messages.PLACEHOLDER.split(text)):
            if i % 2 == 0:
                self.literal += escape(piece)
                continue
            path, wrap = node.args[piece]
            expression, field = self.find(node.line, path)
            if context != "text" and wrap:
                self.fail(node.line, "mark-up is for text only")
            tags = [wrap] if wrap else []
            if context == "text" and field.kind in TYPED_STR:
                tags.append("bdi")
            self.literal += "".join(f"<{tag}>" for tag in tags)
            self.put(self.write(node, expression, field.kind, context))
            self.literal += "".join(f"</{tag}>" for tag in reversed(tags))
        self.put("break;")

    # Control

    def condition(self, line, condition):
        terms, operator = condition
        out = []
        for negated, path in terms:
            expression, field = self.find(line, path)
            test = {
                "text": f"{expression}.n > 0", "url": f"markup_url_is_safe({expression})",
                "target": f"markup_target_is_safe({expression})", "bool": expression,
                "int": f"{expression} != 0", "time": f"{expression} != 0",
                "ago": f"{expression} != 0", "msg": f"{expression} != MSG_NONE",
                "html": f"{expression}.s.n > 0", "list": f"{expression}_n > 0",
            }[field.kind]
            out.append(f"!({test})" if negated else test)
        return operator.join(out)

    def node_if(self, node):
        self._guard(node.line, self.html.settle)
        before, line_start = self.html.copy(), self.line_start
        places = set()
        for i, (condition, body) in enumerate(node.branches):
            self.html = before.copy()
            if condition:
                test = self.condition(node.line, condition)
                self.put(f"if ({test}) {{" if i == 0 else f"}} else if ({test}) {{")
            else:
                self.put("} else {")
            self._nested(self.nodes, body)
            self._guard(node.line, self.html.settle)
            places.add(self.html.place())
        self.line_start &= line_start
        self.put("}")
        if node.branches[-1][0]:
            places.add(before.place())
        if len(places) > 1:
            self.fail(node.line, "the branches of this 'if' end in different places of the HTML "
                                 f"({self.html.describe()})")

    def node_for(self, node):
        expression, field = self.find(node.line, node.path)
        if field.kind != "list":
            self.fail(node.line, f"'{node.path}' is no list")
        before = self.html.place()
        self.loops += 1
        index = f"i{self.loops}"
        self.put(f"for (size_t {index} = 0; {index} < {expression}_n; {index}++) {{")
        name = f"item_{node.item}"
        if any(node.item in scope for scope in self.scopes):
            self.fail(node.line, f"'{node.item}' is a loop's item already")
        self.depth += 1
        self.put(f"const {field.record.c_name} *{name} = &{expression}[{index}];")
        self.put(f"(void){name};")
        self.scopes.append({node.item: (name, field.record)})
        self.nodes(node.body)
        self.flush()
        self.scopes.pop()
        self.depth -= 1
        self.put("}")
        self.loops -= 1
        if self.html.place() != before:
            self.fail(node.line, f"the body of this 'for' ends {self.html.describe()}")

    def node_slot(self, node):
        if not self.slots or self.source is self.template:
            self.fail(node.line, "a slot outside a layout in use")
        self.filled.add(node.name)
        if node.name not in self.slots:
            return
        before = self.html.place()
        layout, self.source = self.source, self.template
        scopes, self.scopes = self.scopes, []
        self.nodes(self.slots[node.name].body)
        if self.html.place() != before:
            self.fail(self.slots[node.name].line, f"this ends {self.html.describe()}")
        self.source, self.scopes = layout, scopes

    def node_include(self, node):
        partial = self.site.templates.get(node.name)
        if not partial or partial.use or partial is self.source:
            self.fail(node.line, f"there is no template '{node.name}' to include")
        if self._guard(node.line, self.html.context) != "text":
            self.fail(node.line, "an include can only stand in text")
        fields = partial.record.fields
        for name in node.args:
            if name not in fields:
                self.fail(node.line, f"'{node.name}' has no field '{name}'")
        for name, field in fields.items():
            if name not in node.args and not field.optional:
                self.fail(node.line, f"'{node.name}' needs the field '{name}'")
        values = [self.argument(node, fields[name], text) for name, text in node.args.items()]
        self.put(f"page_{node.name}(out, lang, &(struct page_{node.name}){{")
        for value in values:
            self.put(f"\t{value},")
        self.put("});")

    def argument(self, node, field, text):
        name = field.name
        if text.startswith('"') and field.kind in ("text", "url"):
            return f".{name} = STR({messages.c_string(text[1:-1])})"
        if text.startswith("t:") and field.kind in ("text", "msg"):
            self.check_key(node.line, text[2:])
            key = messages.constant(text[2:])
            return f".{name} = " + (key if field.kind == "msg" else f"message(lang, {key})")
        if text in ("true", "false") and field.kind == "bool":
            return f".{name} = {text}"
        if re.fullmatch(r"\d+", text) and field.kind == "int":
            return f".{name} = {text}"
        if not re.fullmatch(rf"{NAME}(\.{NAME})*", text):
            self.fail(node.line, f"'{text}' is no value for the {field.kind} '{name}'")
        expression, given = self.find(node.line, text)
        if field.kind == "bool" and given.kind != "bool":
            return f".{name} = " + self.condition(node.line, ([(False, text)], ""))
        if given.kind != field.kind or (given.kind == "list" and given.record is not field.record):
            self.fail(node.line, f"'{name}' is {field.kind}, '{text}' is {given.kind}")
        if field.kind == "list":
            return f".{name} = {expression}, .{name}_n = {expression}_n"
        return f".{name} = {expression}"


def escape(text):
    for char, entity in ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"):
        text = text.replace(char, entity)
    return text


def c_struct(record, layout=None):
    lines = [f"{record.c_name} {{"]
    if layout:
        lines.append(f"\tstruct page_{layout} layout;")
    for field in record.fields.values():
        if field.kind == "list":
            lines.append(f"\tconst {field.record.c_name} *{field.name};")
            lines.append(f"\tsize_t {field.name}_n;")
        else:
            remark = {"time": " /* seconds since 1970 */", "ago": " /* age in seconds */",
                      "target": " /* proven redirect URI */"}.get(field.kind, "")
            url = " /* URL */" if field.kind == "url" else remark
            lines.append(f"\t{C_TYPES[field.kind]}{field.name};{url}")
    if len(lines) == 1:
        lines.append("\tbool unused;")
    return "\n".join([*lines, "};"])


def in_order(templates):
    """Those that others take records or a layout from come first."""
    done, order = set(), []

    def visit(template):
        if template.name in done:
            return
        done.add(template.name)
        for record in [template.record, *template.records]:
            for field in record.fields.values():
                if isinstance(field.record, tuple) and field.record[0] in templates:
                    visit(templates[field.record[0]])
        if template.use and template.use[1] in templates:
            visit(templates[template.use[1]])
        order.append(template)

    for template in templates.values():
        visit(template)
    return order


def check_used(template):
    for record in [template.record, *template.records]:
        for field in record.fields.values():
            if not field.used:
                template.fail(field.line, f"the parameter '{field.name}' is not used")


HEADER = """\
/* Generated by tools/pages.py: every page and part of a page, as a function of typed fields. The
 * functions escape; they take texts as they are. */
#ifndef LLAVERO_GEN_PAGES_H
#define LLAVERO_GEN_PAGES_H

#include "base/buf.h"
#include "gen/messages.h"
#include "web/markup.h"

%s
#endif
"""

SOURCE = """\
/* Generated by tools/pages.py. */
#include "gen/pages.h"

#include "gen/assets.h"

%s"""


def prototype(template):
    return (f"void page_{template.name}(struct buf *out, enum lang lang,\n"
            f"\tconst struct page_{template.name} *p)")


def compile_site(folder, locales):
    templates = {path.stem: Template(path) for path in sorted(pathlib.Path(folder).glob("*.html"))}
    if not templates:
        raise BuildError(f"{folder}: no templates")
    order = in_order(templates)
    site = Site(templates, locales)
    layouts = {template.use[1] for template in order if template.use}
    declarations, definitions = [], []
    for template in order:
        records = [c_struct(record) for record in template.records]
        records.append(c_struct(template.record, template.use and template.use[1]))
        declarations.append("/* " + template.name + " */\n" + "\n".join(records) + "\n")
        if template.name in layouts:
            continue
        writer = Writer(site, template)
        lines = writer.page()
        declarations[-1] += prototype(template) + ";\n"
        definitions.append("\n".join([prototype(template), "{", "\t(void)lang;", "\t(void)p;",
                                      *lines, "}", ""]))
    for template in order:
        check_used(template)
    return HEADER % "\n".join(declarations), SOURCE % "\n".join(definitions)


def main(args):
    if len(args) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        header, source = compile_site(args[0], messages.load(args[1]))
    except (BuildError, messages.BuildError) as error:
        print(error, file=sys.stderr)
        return 1
    out = pathlib.Path(args[2])
    out.mkdir(parents=True, exist_ok=True)
    (out / "pages.h").write_text(header, encoding="utf-8")
    (out / "pages.c").write_text(source, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
