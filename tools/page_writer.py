"""Writes the C function of one template. The language is described in pages.py."""

import re

import messages
from html_context import Html, HtmlError
from template import NAME, Field, Node

TYPED_STR = {"text", "url", "target"}
LITERAL_CHARS = 900  # of up to 4 bytes; C99 promises string literals of up to 4095


def escape(text):
    for char, entity in ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"):
        text = text.replace(char, entity)
    return text


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

    def after_value(self, kind=None):
        self.html.hole(kind)
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
        self.after_value(field.kind)
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
