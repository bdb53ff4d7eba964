"""What is in packaging/ fits the program that it is for. Issue 7, point 7."""

import configparser
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("LLAVERO_BIN", str(ROOT / "build" / "llavero"))
PACKAGING = ROOT / "packaging"
METRIC = re.compile(r"llavero_[a-z_]+")


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=600, **options)


def metrics_of_the_program():
    """As a server tells them: the names after # TYPE, and a histogram's parts."""
    text = (ROOT / "src/server/status.c").read_text(encoding="utf-8")
    counters = set(re.findall(r'counter\(&b,\s*"(llavero_\w+)"', text))
    typed = dict(re.findall(r"# TYPE (llavero_\w+) (\w+)", text))
    parts = {name + part for name, kind in typed.items() if kind == "histogram"
             for part in ("_bucket", "_sum", "_count")}
    return counters | set(typed) | parts


def test_every_metric_of_the_dashboard_and_of_the_alerts_is_told():
    dashboard = json.loads((PACKAGING / "grafana/llavero.json").read_text(encoding="utf-8"))
    asked = [t["expr"] for p in dashboard["panels"] for t in p["targets"]]
    alerts = (PACKAGING / "prometheus/llavero.rules.yml").read_text(encoding="utf-8")
    asked += re.findall(r"expr: (.*)", alerts)
    named = {name for expression in asked for name in METRIC.findall(expression)}
    told = metrics_of_the_program()
    assert named <= told, named - told
    # and the dashboard leaves out none that is worth looking at
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name in named}
    assert {re.sub("_(bucket|sum|count)$", "", name) for name in told} <= shown


def test_panels_of_the_dashboard_do_not_cover_each_other():
    panels = json.loads((PACKAGING / "grafana/llavero.json").read_text(encoding="utf-8"))["panels"]
    cells = [(x, y) for p in panels for x in range(p["gridPos"]["x"], p["gridPos"]["x"] + p["gridPos"]["w"])
             for y in range(p["gridPos"]["y"], p["gridPos"]["y"] + p["gridPos"]["h"])]
    assert len(cells) == len(set(cells)) and max(x for x, _ in cells) < 24
    assert len({p["id"] for p in panels}) == len(panels)


def test_the_example_of_settings_is_taken(tmp_path):
    done = run(BINARY, "user", "list", "--config", str(PACKAGING / "llavero.conf"), "--data",
               str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr
    commented = re.findall(r"^# (\w+ = .*)", (PACKAGING / "llavero.conf").read_text(encoding="utf-8"),
                           re.M)
    assert commented
    whole = tmp_path / "whole.conf"
    whole.write_text("\n".join(commented) + "\n", encoding="utf-8")
    done = run(BINARY, "user", "list", "--config", str(whole), "--data", str(tmp_path / "data"))
    assert done.returncode == 0, done.stderr


def unit(name):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(PACKAGING / "systemd" / name, encoding="utf-8")
    return parser


def test_the_service_reads_what_the_package_installs():
    service, sockets = unit("llavero.service"), unit("llavero.socket")
    assert service["Service"]["ExecStart"] == "/usr/bin/llavero serve --config /etc/llavero/llavero.conf"
    assert service["Service"]["Type"] == "notify"  # server/supervisor.c
    assert sockets["Socket"]["ListenStream"] == "127.0.0.1:9292"
    assert sockets["Socket"]["FileDescriptorName"] != "mtls"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_units_and_finds_them_confined(tmp_path):
    for name in ("llavero.service", "llavero.socket"):
        text = (PACKAGING / "systemd" / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace("/usr/bin/llavero", BINARY), encoding="utf-8")
    done = run("systemd-analyze", "verify", "--man=no", str(tmp_path / "llavero.service"),
               str(tmp_path / "llavero.socket"))
    said = [line for line in done.stderr.splitlines() if "llavero" in line]
    assert done.returncode == 0 and said == [], said
    done = run("systemd-analyze", "security", "--offline=true", "--threshold=15",
               str(tmp_path / "llavero.service"))
    assert done.returncode == 0, done.stdout[-300:]


def test_make_install_puts_everything_where_the_standard_says(tmp_path):
    done = run("make", "-s", f"OUT={pathlib.Path(BINARY).parent}", "install", f"DESTDIR={tmp_path}",
               "PREFIX=/usr", "-o", BINARY, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    found = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert {"usr/bin/llavero", "usr/share/man/man1/llavero.1", "usr/share/man/man5/llavero.conf.5", "etc/llavero/llavero.conf",
            "usr/lib/systemd/system/llavero.service", "usr/lib/systemd/system/llavero.socket",
            "usr/share/doc/llavero/operations.md"} <= found
    assert run(str(tmp_path / "usr/bin/llavero"), "version").returncode == 0


@pytest.mark.skipif(shutil.which("dh") is None, reason="debhelper is not installed")
def test_the_package_is_made_and_whole(tmp_path):
    """From what git knows, as ./dev package does; it is unpacked here, not installed."""
    done = run("./dev", "package", cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    package, = (p for p in (ROOT / "build/package").glob("llavero_*.deb"))
    assert run("dpkg-deb", "-R", str(package), str(tmp_path)).returncode == 0
    version = re.search(r'LLAVERO_VERSION "(.*)"', (ROOT / "src/base/version.h").read_text())[1]
    assert version in run(str(tmp_path / "usr/bin/llavero"), "version").stdout
    assert f"Version: {version}-1\n" in (tmp_path / "DEBIAN/control").read_text()
    assert "/etc/llavero/llavero.conf" in (tmp_path / "DEBIAN/conffiles").read_text()
    for script in ("postinst", "postrm", "prerm"):
        text = (tmp_path / "DEBIAN" / script).read_text()
        assert "llavero" in text and "#DEBHELPER#" not in text
        assert run("sh", "-n", str(tmp_path / "DEBIAN" / script)).returncode == 0
    assert "adduser --system" in (tmp_path / "DEBIAN/postinst").read_text()
    assert (tmp_path / "lib/systemd/system/llavero.socket").exists()


def packages(text):
    return set(re.findall(r"[a-z0-9.+-]+-dev\b", text))


def test_the_package_is_built_with_what_the_script_installs():
    script = re.search(r"BUILD_PACKAGES=\((.*?)\)", (ROOT / "dev").read_text(encoding="utf-8"), re.S)[1]
    control = (PACKAGING / "debian/control").read_text(encoding="utf-8")
    assert packages(control.split("Standards-Version")[0]) == packages(script)


def test_the_image_starts_what_the_package_installs():
    recipe = (PACKAGING / "oci/Containerfile").read_text(encoding="utf-8")
    service = unit("llavero.service")["Service"]
    entry, command = (json.loads(re.search(rf"^{word} (.*)", recipe, re.M)[1])
                      for word in ("ENTRYPOINT", "CMD"))
    assert "/usr/bin/" + " ".join(entry + command) == service["ExecStart"]
    assert f"USER {service['User']}" in recipe
    names = re.findall(r"^  --(\w+)", run(BINARY, "settings").stdout, re.M)
    for name in re.findall(r"LLAVERO_([A-Z_]+)=", recipe):
        assert name.lower() in names, name
