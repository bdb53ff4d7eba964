"""Follows HTML as a template is compiled, so that the compiler knows in which context a value
lands. Only text and double-quoted attribute values are contexts for values; whatever would make
escaping depend on anything else is refused. Used by pages.py."""

import copy
import re

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# <script> may only load a file; the others would need escaping of their own or load foreign things.
REFUSED = {"style", "iframe", "object", "embed", "base", "frame", "noscript", "template", "math"}
URL_ATTRIBUTES = {"href", "src", "action", "formaction", "poster", "cite", "data", "background", "ping"}
REFUSED_ATTRIBUTES = {"style", "srcdoc", "srcset"}
PLAIN_TEXT = {"title", "textarea", "option"}  # elements that hold no other element
VERBATIM = {"pre", "textarea"}                # elements where white space is content
# A drawing: shapes and words, nothing that loads, links, runs or moves.
SVG_TAGS = {"svg", "g", "path", "rect", "line", "title"}
SVG_ATTRIBUTES = {"class", "x", "y", "x1", "x2", "y1", "y2", "d", "rx", "width", "height", "viewbox",
                  "preserveaspectratio", "role", "focusable"}
SAFE_STATIC_URL = re.compile(r"(?:https?://|mailto:|/(?!/)|[?#.]|[^:/?#\\]+(?:[/?#]|$)|$)", re.I)
HOLE = "\0"  # stands for a value in the text of an attribute

TEXT, TAG_NAME, IN_TAG, ATTRIBUTE_NAME, BEFORE_VALUE, VALUE, END_TAG, COMMENT, DECLARATION = range(9)


class HtmlError(Exception):
    """The template's HTML breaks a rule."""


class Html:
    """A position in a document: feed() moves it over literal text, hole() over a value."""

    def __init__(self):
        self.state = TEXT
        self.stack = []
        self.tag = ""
        self.attributes = {}
        self.name = ""
        self.value = ""
        self.pending = ""  # "<" and what follows while it is not yet clear what it begins
        self.form_has_token = True
        self.form_leaves = False  # it is posted to somebody else, who must not see a token of ours
        self.needs_space = False  # a name has just ended without a space

    def copy(self):
        return copy.deepcopy(self)

    def place(self):
        """What two branches must agree on where they meet."""
        return (self.state, tuple(self.stack), self.tag if self.state != TEXT else "", self.pending,
                self.name if self.state == VALUE else "")

    def describe(self):
        if self.state == TEXT:
            return "inside <%s>" % self.stack[-1] if self.stack else "at the top"
        return f"inside the tag <{self.tag}>"

    def is_verbatim(self):
        return self.state != TEXT or any(tag in VERBATIM for tag in self.stack)

    def context(self):
        """'text', 'plain' (text where no element may stand), 'attribute' or 'url'."""
        if self.state == TEXT and not self.pending:
            if self.stack and self.stack[-1] == "script":
                raise HtmlError("a value inside <script>")
            return "plain" if self.stack and self.stack[-1] in PLAIN_TEXT else "text"
        if self.state == VALUE:
            refresh = self.name == "content" and "url=" in self.value.lower()
            return "url" if refresh or self.name in URL_ATTRIBUTES else "attribute"
        if self.state == COMMENT:
            raise HtmlError("a value inside a comment")
        raise HtmlError("a value outside text and double-quoted attribute values")

    def hole(self, kind=None):
        if self.state == VALUE:
            self.value += HOLE
            if self.name == "action":
                self.form_leaves = kind == "target"

    def feed(self, text):
        for char in text:
            self._step(char)

    def settle(self):
        """Ends a name at the edge of a branch, so that <input{% if x %} checked{% end %}> is one
        place with and without its branch."""
        if self.state == ATTRIBUTE_NAME:
            self._check_name()
            self._end_attribute()
            self.needs_space = True
        elif self.state == TAG_NAME:
            self.state, self.needs_space = IN_TAG, True

    def finish(self):
        if self.state != TEXT or self.pending:
            raise HtmlError(f"<{self.tag} is not closed")
        if self.stack:
            raise HtmlError(f"<{self.stack[-1]}> is not closed")

    def _step(self, char):
        (self._text, self._tag_name, self._in_tag, self._attribute_name, self._before_value,
         self._value, self._end_tag, self._comment, self._declaration)[self.state](char)

    def _text(self, char):
        if not self.pending:
            if char == "<":
                self.pending = "<"
            elif self.stack and self.stack[-1] == "script" and not char.isspace():
                raise HtmlError("script content: load a file with src instead")
            return
        self.pending += char
        if self.pending == "<!" or self.pending == "<!-":
            return
        if self.pending == "<!--":
            self.state, self.value, self.pending = COMMENT, "", ""
        elif self.pending == "</":
            self.state, self.tag, self.pending = END_TAG, "", ""
        elif self.pending.startswith("<!"):
            self.state, self.tag, self.pending = DECLARATION, "!", ""
        elif char.isalpha() and char.isascii():
            self.state, self.tag, self.pending, self.attributes = TAG_NAME, char.lower(), "", {}
        else:
            raise HtmlError("'<' in text: write &lt;")

    def _tag_name(self, char):
        if char.isspace():
            self.state = IN_TAG
        elif char == ">":
            self._open()
        elif char.isalnum() or char == "-":
            self.tag += char.lower()
        else:
            raise HtmlError(f"'{char}' in the name of <{self.tag}>")

    def _in_tag(self, char):
        if char == ">":
            self._open()
        elif char.isspace():
            self.needs_space = False
        elif char.isalpha() and not self.needs_space:
            self.state, self.name, self.value = ATTRIBUTE_NAME, char.lower(), ""
        else:
            raise HtmlError(f"'{char}' in <{self.tag}>")

    def _attribute_name(self, char):
        if char == "=":
            self._check_name()
            self.state = BEFORE_VALUE
        elif char.isspace() or char == ">":
            self._check_name()
            self._end_attribute()
            self._in_tag(char)
        elif char.isalnum() or char in "-_:":
            self.name += char.lower()
        else:
            raise HtmlError(f"'{char}' in the name of an attribute of <{self.tag}>")

    def _before_value(self, char):
        if char != '"':
            raise HtmlError(f"the value of {self.name} is not in double quotes")
        self.state = VALUE

    def _value(self, char):
        if char == '"':
            self._check_value()
            self._end_attribute()
        else:
            self.value += char

    def _end_tag(self, char):
        if char != ">":
            self.tag += char.lower()
            return
        name = self.tag.strip()
        if not self.stack or self.stack[-1] != name:
            raise HtmlError(f"</{name}> where " + (
                f"<{self.stack[-1]}> is open" if self.stack else "nothing is open"))
        self.stack.pop()
        self.state = TEXT
        if name == "form" and not self.form_has_token:
            raise HtmlError('a form with method="post" has no input named authenticity_token')
        if name == "form":
            self.form_leaves = False

    def _comment(self, char):
        self.value = (self.value + char)[-3:]
        if self.value == "-->":
            self.state = TEXT

    def _declaration(self, char):
        if char == ">":
            self.state = TEXT

    def _check_name(self):
        if self.name.startswith("on"):
            raise HtmlError(f"the event handler attribute {self.name}")
        if self.name in REFUSED_ATTRIBUTES:
            raise HtmlError(f"the attribute {self.name} is not allowed")
        if self.name in self.attributes:
            raise HtmlError(f"<{self.tag}> has {self.name} twice")

    def _check_value(self):
        if self.name not in URL_ATTRIBUTES or self.value.startswith(HOLE):
            return
        if not SAFE_STATIC_URL.match(self.value):
            raise HtmlError(f'{self.name}="{self.value}" is not http, https or relative')

    def _end_attribute(self):
        self.attributes[self.name] = self.value
        self.needs_space = True
        self.state = IN_TAG

    def _check_drawing(self):
        if self.tag not in SVG_TAGS:
            raise HtmlError(f"<{self.tag}> is not allowed in <svg>")
        for name in self.attributes:
            if name not in SVG_ATTRIBUTES and not name.startswith("aria-"):
                raise HtmlError(f"the attribute {name} is not allowed in <svg>")

    def _open(self):
        self.needs_space = False
        if self.tag in REFUSED:
            raise HtmlError(f"<{self.tag}> is not allowed")
        if self.tag == "svg" or "svg" in self.stack:
            self._check_drawing()
        if self.tag == "script" and "src" not in self.attributes:
            raise HtmlError("inline <script>: load a file with src instead")
        if self.tag == "form":
            self.form_leaves = self.form_leaves and "action" in self.attributes
            self.form_has_token = (self.form_leaves or
                                   self.attributes.get("method", "get").lower() != "post")
        if self.tag == "input" and self.attributes.get("name") == "authenticity_token":
            if "form" in self.stack and self.form_leaves:
                raise HtmlError("an authenticity_token in a form that goes to somebody else")
            self.form_has_token = True
        self.state = TEXT
        if self.tag not in VOID:
            self.stack.append(self.tag)
