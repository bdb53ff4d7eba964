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
the page, on javascript: links and on POST forms without authenticity_token, which a form that goes
to a target must not have.
"""

import pathlib
import sys

import messages
from page_writer import Writer
from template import C_TYPES, BuildError, Record, Template


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
