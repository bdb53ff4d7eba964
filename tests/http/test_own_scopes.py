"""Scopes that an operator adds: GitHub reference section 6."""

import subprocess

import pytest

from llavero_http import BINARY

GOOD = """[deploy:read]
title.en = See deployments
gloss.en = Read which version runs where
title.es = Ver despliegues
gloss.es = Leer qué versión se ejecuta y dónde

[deploy]
implies = deploy:read
group = repositories
title.en = Deploy <b>
gloss.en = Start and stop deployments
title.es = Desplegar
gloss.es = Iniciar y detener despliegues
"""


@pytest.fixture(scope="module")
def own(launch, tmp_path_factory):
    path = tmp_path_factory.mktemp("scopes") / "scopes.ini"
    path.write_text(GOOD, encoding="utf-8")
    return launch(scopes_file=path)


def test_s6_an_own_scope_is_asked_for_shown_and_given(own):
    app, browser = own.make_app(), own.signed_in()
    page = browser.ask(app, scope="deploy deploy:read")
    assert "Start and stop deployments" in page.text and "Deploy &lt;b&gt;" in page.text
    assert "Read which version" not in page.text  # deploy implies it
    spanish = browser.get("/login/oauth/authorize", params={
        "client_id": app.client_id, "scope": "deploy", "lang": "es"})
    assert "Iniciar y detener despliegues" in spanish.text
    token = own.exchange(app, browser.code(app, scope="user,deploy,deploy:read"))
    assert token["scope"] == "deploy,user"
    assert own.api("/user", token["access_token"]).headers["X-OAuth-Scopes"] == "deploy, user"


@pytest.mark.parametrize("text,problem", [
    ("[deploy]\ntitle.en = x\ngloss.en = y\n", "title.es or gloss.es is missing"),
    ("[repo]\ntitle.en=x\ngloss.en=x\ntitle.es=x\ngloss.es=x\n", "there is a scope of this name"),
    ("[a]\nimplies = b\ntitle.en=x\ngloss.en=x\ntitle.es=x\ngloss.es=x\n", "not defined before it"),
    ("[a]\ngroup = nowhere\n", "no such group"),
    ("[a]\nsurprise = 1\n", "a member that is not known"),
    ("[a]\nno equals sign\n", "not 'name = value'"),
])
def test_a_bad_file_stops_the_start(tmp_path, text, problem):
    path = tmp_path / "scopes.ini"
    path.write_text(text, encoding="utf-8")
    run = subprocess.run([BINARY, "serve", "--data", str(tmp_path / "data"), "--listen",
                          "127.0.0.1:0", "--scopes-file", str(path)], capture_output=True,
                         text=True, timeout=60)
    assert run.returncode == 1 and problem in run.stderr
