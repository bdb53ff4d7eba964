#!/usr/bin/python3
"""Writes the documentation of every cause of a refusal, from src/core/errors.def and the locales.

    causes_doc.py [--check] [ROOT]

In each language the page reasons-for-refused-requests, with a section for each cause, and for each
error of the troubleshooting pages that has several causes a table of them,
content/data/<lang>/reusables/causes/<wire row>.md. --check compares, and fails when something is
stale, when a cause has no text and when a text has no cause.
"""
import pathlib
import re
import sys

import messages

FOLDER = "apps/oauth-apps/maintaining-oauth-apps"
PAGE = f"{FOLDER}/reasons-for-refused-requests"
CAUSES = "data/{lang}/reusables/causes"
REMARK = "{{% # Made by tools/causes_doc.py from src/core/errors.def and locales/{lang}.why.txt. %}}\n"
# These have a page of their own, where a table of the causes is of use.
TROUBLESHOOTING = ("PAGE_TOKEN", "PAGE_AUTHORIZE", "PAGE_REGISTER")

WORDS = {
    "en": {
        "title": "Reasons for refused requests",
        "intro": "Each reason for which {% data variables.product.product_name %} refuses a request, "
                 "what it means, and what to do about it.",
        "how": """\
A reply names the error and never the reason, because a stranger may be asking: whether it was the \
client ID or the client secret that was wrong is nobody's business but yours. The owner of the app \
can look the reason up:

1. Take the value of the `X-GitHub-Request-Id` header. Every reply has it, and pages that show an \
error name it too. Let your program log it together with the error.
2. {% data reusables.oauth_apps.open_app_settings %} The app's request log has the request under that \
value, with the reason and what was found out about it.

The reasons stand here in the order in which the requests of a sign-in follow each other. Unless a \
section says otherwise, a refused request has changed nothing, and a code that came with it is not \
used up. What the program sees is what the endpoints for signing in answer. Where an app \
[looks after its tokens](/rest/apps/oauth-applications), bad credentials and bad tokens are all \
answered with `Not Found`, and so is a request for device codes whose client ID no app has.""",
        "sees": "The program sees",
        "nothing": "no error, as the request went well",
        "do": "What to do",
        "happened": "What happened",
        "groups": ["Client credentials", "Authorization request", "Token request", "PKCE",
                   "Refresh tokens", "Device flow", "API tokens",
                   "Token management and passwords", "Notices", "Failures of the server",
                   "Registration and client documents"],
    },
    "es": {
        "title": "Motivos por los que se rechazan solicitudes",
        "intro": "Cada motivo por el que {% data variables.product.product_name %} rechaza una "
                 "solicitud, qué significa y qué hacer.",
        "how": """\
Una respuesta dice de qué error se trata y nunca el motivo, porque podría preguntar cualquiera: si lo \
incorrecto era el identificador o el secreto de cliente no le importa a nadie más que a ti. Quien posee \
la app puede consultar el motivo:

1. Toma el valor de la cabecera `X-GitHub-Request-Id`. La llevan todas las respuestas, y las páginas \
que muestran un error también lo indican. Haz que tu programa lo anote junto con el error.
2. {% data reusables.oauth_apps.open_app_settings %} En el registro de solicitudes de la app está la \
solicitud con ese valor, el motivo y lo que se ha averiguado de ella.

Los motivos siguen aquí el orden de las solicitudes de un inicio de sesión. Si una sección no dice \
otra cosa, una solicitud rechazada no ha cambiado nada, y el código que llevara no se ha gastado. Lo \
que ve el programa es lo que responden los puntos de acceso del inicio de sesión. Cuando una app \
[cuida sus tokens](/rest/apps/oauth-applications), a las credenciales y a los tokens incorrectos se \
responde siempre `Not Found`, y también a una petición de códigos de dispositivo cuyo identificador \
no tiene ninguna app.""",
        "sees": "El programa ve",
        "nothing": "ningún error, porque la solicitud salió bien",
        "do": "Qué hacer",
        "happened": "Qué ha pasado",
        "groups": ["Credenciales de cliente", "Solicitud de autorización", "Solicitud del token",
                   "PKCE", "Tokens de actualización", "Flujo de dispositivo", "Tokens en la API",
                   "Gestión de tokens y contraseñas", "Avisos", "Fallos del servidor",
                   "Registro y documentos de cliente"],
    },
}
# The ids of the groups, as the first word of the comment above the rows of errors.def says.
GROUPS = {"who": 0, "the authorization": 1, "the token": 2, "the refresh": 4, "the device": 5,
          "a token": 6, "token management": 7, "our": 9, "registering": 10}
PKCE, NOTICES = 3, 8
ANCHORS = ["client-credentials", "authorization-request", "token-request", "pkce", "refresh-tokens",
           "device-flow", "api-tokens", "token-management-and-passwords", "notices",
           "failures-of-the-server", "registration-and-client-documents"]

# What is code in a sentence: names with an underscore, parameters that are words besides, headers,
# addresses, commands.
CODE = re.compile(
    r"[A-Za-z]+(?:_[A-Za-z]*)+(?:=[\w:.-]*\w)?"
    r"|(?<!its )\b(?:state|interval|iss)\b|(?<=parameter )(?:code|scope)\b"
    r"|(?<=parámetro )(?:code|scope)\b|(?<=[Rr]ead )(?:code|scope)\b|(?<=[Ll]ee )(?:code|scope)\b"
    r"|(?<=[Ii]n )scope\b|(?<=[Ee]n )scope\b"
    r"|Content-Type: [a-z/]+|Authorization: Bearer|X-[A-Z][A-Za-z]+(?:-[A-Za-z]+)+|Retry-After"
    r"|Content-Type|Authorization(?= header)|(?<=cabecera )Authorization"
    r"|application/[a-z-]+[a-z]|curl -(?:u|-verbose)|https?://[\w.]*|127\.0\.0\.1|\[::1\]"
    r"|localhost|/[Cc]allback|S256")


class DocError(Exception):
    """What is missing or too much."""


def marked_up(text):
    """A sentence of the locales as Markdown."""
    out, at = [], 0
    for match in CODE.finditer(text):
        out += [escaped(text[at:match.start()]), f"`{match.group()}`"]
        at = match.end()
    return "".join(out + [escaped(text[at:])])


def escaped(text):
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", text)


def read_table(text):
    """The WIRE rows {id: (code, page, anchor)} and the CAUSE rows [(id, wire id, group)], in order.
    `page` is the macro's name, or empty."""
    pages = dict(re.findall(r'^#define (PAGE_\w+) "(.*)"$', text, re.M))
    anchors = dict(re.findall(r'^#define (ANCHOR_\w+) "(.*)"$', text, re.M))
    wires = {}
    for name, code, page, anchor in re.findall(
            r'^WIRE\((\w+), "([^"]*)",\s*"[^"]*",\s*(PAGE_\w+|""), (ANCHOR_\w+|"[^"]*"),', text, re.M):
        wires[name] = (code, page.strip('"'), anchors.get(anchor, anchor.strip('"')))
    causes, group = [], None
    for comment, cause, wire in re.findall(
            r'^/\* (.*) \*/$|^CAUSE\((\w+), (\w+), "[^"]*"\)$', text, re.M):
        if comment:
            group = next((n for words, n in GROUPS.items() if comment.startswith(words + " ")), group)
        else:
            causes.append((cause, wire, group_of(cause, wire, group)))
    for what, rows in ("WIRE", wires), ("CAUSE", causes):
        written = len(re.findall(rf"^{what}\(", text, re.M))
        if written != len(rows):
            raise DocError(f"errors.def has {written} {what} rows, {len(rows)} were understood")
    return pages, wires, causes


def group_of(cause, wire, group):
    if wire == "NOTICE":
        return NOTICES
    if cause.startswith("VERIFIER_") or "_PKCE_" in cause:
        return PKCE
    if group is None:
        raise DocError(f"errors.def: {cause} stands below no comment that GROUPS knows")
    return group


def check_texts(locales, causes):
    known = {f"why.{cause.lower()}" for cause, _, _ in causes}
    keys = next(iter(locales.values()))
    for key in sorted(known):
        for end in ("", ".means", ".fix"):
            if key + end not in keys:
                raise DocError(f"'{key + end}' is in no locale")
    for key in keys:
        if key.startswith("why.") and re.sub(r"\.(means|fix|seen)$", "", key) not in known:
            raise DocError(f"'{key}' is the text of no cause")


def anchor_of(cause):
    return cause.lower().replace("_", "-")


class Language:
    """What is written in one language."""

    def __init__(self, lang, texts, table, content):
        self.lang, self.texts, self.content, self.words = lang, texts, content, WORDS[lang]
        self.pages, self.wires, self.causes = table

    def title(self, cause):
        return marked_up(self.texts[f"why.{cause.lower()}"].rstrip("."))

    def text(self, cause, end):
        return marked_up(self.texts[f"why.{cause.lower()}.{end}"])

    def wire_link(self, wire):
        """The error as a program sees it, and where the documentation tells about it."""
        code, page, anchor = self.wires[wire]
        if wire == "NOTICE":
            return self.words["nothing"]
        if not page:
            return f"`{code}`"
        name = self.pages[page].rstrip("/").split("/")[-1]
        files = sorted((self.content / self.lang).rglob(f"{name}.md"))
        if len(files) != 1:
            raise DocError(f"{name}.md is in content/{self.lang} {len(files)} times")
        path = files[0].relative_to(self.content / self.lang).with_suffix("").as_posix()
        return f"[`{code}`](/{path}#{anchor})"

    def section(self, cause, wire):
        return [f"### {self.title(cause)} {{#{anchor_of(cause)}}}", "",
                f"{self.words['sees']}: {self.wire_link(wire)}", "",
                self.text(cause, "means"), "",
                f"**{self.words['do']}:** {self.text(cause, 'fix')}", ""]

    def page(self):
        lines = ["---", f"title: '{self.words['title']}'", f"intro: '{self.words['intro']}'",
                 "versions:", "  llavero: '*'", "topics:", "  - oauth apps", "---", "",
                 REMARK.format(lang=self.lang) + self.words["how"], ""]
        for number, (title, anchor) in enumerate(zip(self.words["groups"], ANCHORS)):
            lines += [f"## {title} {{#{anchor}}}", ""]
            for cause, wire, group in self.causes:
                if group == number:
                    lines += self.section(cause, wire)
        return "\n".join(lines[:-1]) + "\n"

    def row(self, cause):
        return f"| [{self.title(cause)}](/{PAGE}#{anchor_of(cause)}) | {self.text(cause, 'fix')} |\n"

    def table(self, wire):
        return "".join([REMARK.format(lang=self.lang),
                        f"| {self.words['happened']} | {self.words['do']} |\n|---|---|\n",
                        *(self.row(cause) for cause, of, _ in self.causes if of == wire)])

    def files(self):
        """{path below content/: text}"""
        out = {f"{self.lang}/{PAGE}.md": self.page()}
        for wire, (_, page, _) in self.wires.items():
            if page in TROUBLESHOOTING and [of for _, of, _ in self.causes].count(wire) > 1:
                out[f"{CAUSES.format(lang=self.lang)}/{wire.lower()}.md"] = self.table(wire)
        return out


def make(root):
    """{path below content/: text} of everything."""
    table = read_table((root / "src/core/errors.def").read_text(encoding="utf-8"))
    locales = messages.load(root / "locales")
    check_texts(locales, table[2])
    files = {}
    for lang, texts in locales.items():
        files |= Language(lang, texts, table, root / "content").files()
    return files


def existing(content):
    """The files that only this program writes."""
    return {path.relative_to(content).as_posix() for lang in WORDS
            for path in (content / CAUSES.format(lang=lang)).glob("*.md")}


def find_stale(content, files):
    stale = [name for name, text in files.items()
             if not (content / name).exists()
             or (content / name).read_text(encoding="utf-8") != text]
    return sorted(stale) + sorted(existing(content) - set(files))


def write(content, files):
    for name in existing(content) - set(files):
        (content / name).unlink()
    for name, text in files.items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text, encoding="utf-8")


def main(args):
    roots = [arg for arg in args if arg != "--check"]
    root = pathlib.Path(roots[0] if roots else pathlib.Path(__file__).resolve().parents[1])
    try:
        files = make(root)
    except (DocError, messages.BuildError) as error:
        print(error, file=sys.stderr)
        return 1
    if "--check" not in args:
        write(root / "content", files)
        return 0
    stale = find_stale(root / "content", files)
    if stale:
        print("stale (run tools/causes_doc.py): " + ", ".join(f"content/{name}" for name in stale))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
