"""llavero conformance: which sentences of the specifications hold for a server's settings."""
import json
import re

import pytest

from conftest import ROOT

VERDICTS = {"holds", "relaxed", "not offered"}


def rows(box, *words):
    return {row["id"]: row for row in box.json("conformance", *words)["requirements"]}


def verdict(box, row, *words):
    found = rows(box, *words)[row]
    return found["verdict"], found["setting"]


def test_every_sentence_is_judged(box):
    told = box.json("conformance")
    assert told["issuer"] == "http://127.0.0.1:9292" and told["profile"] == "github"
    assert len(told["requirements"]) > 300
    tests = {f"{path.relative_to(ROOT)}::{name}"
             for path in ROOT.glob("tests/*/test_*.py")
             for name in re.findall(r"def (test_\w+)", path.read_text())}
    settings = set(re.findall(r"^(?:TEXT|BOOL|NUMBER|CHOICE)\((\w+)",
                              (ROOT / "src/server/options.def").read_text(), re.M))
    for row in told["requirements"]:
        assert row["verdict"] in VERDICTS and row["requirement"].endswith(".")
        assert (row["reason"] is None) == (row["verdict"] == "holds"), row
        assert row["setting"] in settings | {"profile", None}
        assert {test for test in row["tests"] if test.split("::")[0].endswith(".py")} <= tests
        if row["level"].startswith("MUST"):
            assert row["tests"] or row["untested"] or row["verdict"] == "not offered", row
    assert not box.data.exists(), "no data is touched"


def test_the_summary_counts_them(box):
    told = box.json("conformance")
    for spec in told["summary"]:
        of = [r for r in told["requirements"] if r["specification"] == spec["specification"]]
        for name, levels in (("must", {"MUST", "MUST NOT"}),
                             ("should", {"SHOULD", "SHOULD NOT", "OPTIONAL"})):
            for word in VERDICTS:
                assert spec[name][word.replace(" ", "_")] == len(
                    [r for r in of if r["level"] in levels and r["verdict"] == word])
    assert sum(spec[name][word] for spec in told["summary"] for name in ("must", "should")
               for word in spec[name]) == len(told["requirements"])


@pytest.mark.parametrize("row, settings, before, after", [
    ("8414-03", ["--base-url=https://id.example"], ("relaxed", "base_url"), ("holds", None)),
    ("OD-02", ["--base-url=https://id.example"], ("relaxed", "base_url"), ("holds", None)),
    ("6750-08", ["--standard-token-lifetime=7200"], ("holds", None),
     ("relaxed", "standard_token_lifetime")),
    ("F2-05", ["--code-lifetime=60"], ("relaxed", "code_lifetime"), ("holds", None)),
    ("F2-05", ["--code-lifetime=61"], ("relaxed", "code_lifetime"), ("relaxed", "code_lifetime")),
    ("F2-04", ["--refresh-grace=0"], ("holds", None), ("relaxed", "refresh_grace")),
    ("F2-13", ["--base-url=https://id.example"], ("relaxed", "tls_certificate"),
     ("not offered", "tls_certificate")),
    ("F2-13", ["--tls-certificate=x.pem", "--tls-key=x.pem"], ("relaxed", "tls_certificate"),
     ("holds", None)),
    ("7523-02", ["--assertion-audience=token-endpoint"], ("holds", None),
     ("relaxed", "assertion_audience")),
    ("9449-11", ["--dpop-nonce"], ("not offered", "dpop_nonce"), ("holds", None)),
    ("8628-06", ["--device-submissions-per-hour=0"], ("holds", None),
     ("relaxed", "device_submissions_per_hour")),
    ("7591-01", ["--registration=off"], ("holds", None), ("not offered", "registration")),
    ("7592-03", ["--registration=off"], ("holds", None), ("not offered", "registration")),
    ("7591-07", ["--registration=open"], ("holds", None), ("holds", None)),
    ("7591-07", ["--registration=open", "--registrations-per-hour=0"], ("holds", None),
     ("relaxed", "registrations_per_hour")),
    ("7591-07", ["--registrations-per-hour=0"], ("holds", None), ("holds", None)),
    ("MCP-08", ["--no-client-id-documents"], ("holds", None), ("not offered", "client_id_documents")),
    ("8705-02", ["--mtls-url=https://mtls.example"], ("not offered", "mtls_listen"), ("holds", None)),
    ("8705-02", ["--mtls-listen=127.0.0.1:9443", "--tls-certificate=x.pem"],
     ("not offered", "mtls_listen"), ("holds", None)),
    ("8705-01", ["--mtls-url=https://mtls.example"], ("not offered", "mtls_listen"),
     ("not offered", "tls_client_ca")),
    ("8705-01", ["--mtls-url=https://mtls.example", "--tls-client-ca=ca.pem"],
     ("not offered", "mtls_listen"), ("holds", None)),
    ("6749-20", ["--client-failures-per-hour=0"], ("holds", None),
     ("relaxed", "client_failures_per_hour")),
    ("7662-06", ["--unknown-tokens-per-minute=0"], ("holds", None),
     ("relaxed", "unknown_tokens_per_minute")),
    ("F2-08", ["--require-pushed-authorization-requests"],
     ("relaxed", "profile"), ("holds", None)),
    ("G04", ["--unknown-client-not-found"], ("holds", None), ("relaxed", "unknown_client_not_found")),
    ("G07", ["--authorize-mismatch=redirect"], ("relaxed", "authorize_mismatch"), ("holds", None)),
    ("G09", ["--signup-email-verified"], ("holds", None), ("relaxed", "signup_email_verified")),
    ("G24", ["--device-submissions-per-hour=0"], ("holds", None),
     ("relaxed", "device_submissions_per_hour")),
    ("G27", ["--tokens-per-scope-set=0"], ("holds", None), ("relaxed", "tokens_per_scope_set")),
    ("G27", ["--signins-per-hour=11"], ("holds", None), ("relaxed", "signins_per_hour")),
    ("G29", ["--send-iss=off"], ("holds", None), ("relaxed", "send_iss")),
])
def test_a_setting_changes_the_verdict(box, row, settings, before, after):
    assert verdict(box, row) == before
    assert verdict(box, row, *settings) == after


@pytest.mark.parametrize("row, github, standard, strict", [
    ("21-03", "relaxed", "holds", "holds"), ("F2-01", "relaxed", "relaxed", "holds"),
    ("F2-02", "relaxed", "relaxed", "holds"), ("F2-03", "relaxed", "relaxed", "holds"),
    ("F2-05", "relaxed", "relaxed", "holds"), ("F2-09", "relaxed", "relaxed", "holds"),
    ("F2-08", "relaxed", "relaxed", "holds"),
    ("F2-14", "relaxed", "relaxed", "holds"), ("G10", "holds", "not offered", "not offered"),
])
def test_a_profile_changes_the_verdict(box, row, github, standard, strict):
    for profile, expected in (("github", github), ("standard", standard), ("strict", strict)):
        assert rows(box, "--profile", profile)[row]["verdict"] == expected


def test_a_profile_is_stricter_than_a_setting(box):
    settings = ["--standard-token-lifetime=86400", "--assertion-audience=token-endpoint"]
    for row in "6750-08", "7523-02":
        assert verdict(box, row, *settings)[0] == "relaxed"
        assert verdict(box, row, *settings, "--profile=strict") == ("holds", None)


def test_settings_are_read_as_the_server_reads_them(box, tmp_path):
    file = tmp_path / "llavero.conf"
    file.write_text("standard_token_lifetime = 7200\nrefresh_grace = 0\n")
    assert verdict(box, "6750-08", "--config", str(file))[0] == "relaxed"
    box.env["LLAVERO_STANDARD_TOKEN_LIFETIME"] = "3600"
    found = rows(box, "--config", str(file))
    assert (found["6750-08"]["verdict"], found["F2-04"]["verdict"]) == ("holds", "relaxed")
    assert "standard_token_lifetime" in box.misused("conformance", "--standard-token-lifetime=1")
    assert "mtls_url" in box.fails("conformance", "--mtls-url=http://mtls.example")


@pytest.mark.parametrize("name", ["RFC 7636", "rfc 7636", "7636"])
def test_one_specification(box, name):
    told = box.json("conformance", "--spec", name)
    assert {row["specification"] for row in told["requirements"]} == {"RFC 7636"}
    assert [spec["specification"] for spec in told["summary"]] == ["RFC 7636"]


def test_for_people(box):
    shown = box.run("conformance", "--spec", "FAPI 2.0", "--refresh-grace=0").stdout
    assert shown.startswith("http://127.0.0.1:9292, for apps of the profile github\n")
    assert "F2-04     MUST NOT    relaxed" in shown
    assert "refresh_grace: who lost the reply" in shown
    assert "tests/http/test_refresh.py::test_a_lost_reply_can_be_asked_for_again_A104" in shown
    assert "RFC 6749" not in shown
    last = shown.rstrip("\n").split("\n")[-1].split()
    assert last[:2] == ["FAPI", "2.0"] and sum(map(int, last[2:])) == 15


def test_check_fails_while_a_must_is_relaxed(box):
    good = ["--base-url=https://id.example"]
    box.run("conformance", "--check", "--profile=strict", *good)
    box.run("conformance", *good, "--refresh-grace=0")
    done = box.run("conformance", "--check", "--profile=strict", *good, "--refresh-grace=0", status=1)
    assert done.stderr == "llavero: 1 sentence with MUST is relaxed\n"
    json.loads(box.run("conformance", "--check", "--json", status=1).stdout)


def test_misuse(box):
    assert "--profile" in box.misused("conformance", "--profile", "loose")
    for name in ("RFC 1", "", "FAPI"):
        assert "specification" in box.misused("conformance", "--spec", name)
