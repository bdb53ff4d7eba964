"""How cost grows with what is stored and with who is connected: ./dev bench --growth.

For each number of tokens a database of its own: with as many users, up to a million. Checks come
first; exchanges make tokens, so a small database does not stay small. Then connections, each of
which waits for its reply before it asks again.
"""
import shutil
import statistics

import measure
import table
from plot import Panel, chart
from sides import KINDS, Llavero, say
from written import draw, put

TOKENS = (1_000, 10_000, 100_000, 1_000_000, 20_000_000)
CONNECTIONS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_000)
MEASURED = [kind for name in ("check", "introspect", "exchange") for kind in KINDS
            if kind.name == name]
USUAL = {"codes": 300_000, "refresh": 0, "seconds": 2.0, "warm_s": 0.5, "rounds": 3,
         "tokens": 1_000_000, "users": 1_000_000}
QUICK = {"codes": 60_000, "refresh": 0, "seconds": 0.2, "warm_s": 0.1, "rounds": 1,
         "tokens": 5_000, "users": 2_000}
FIGURES = ("per_second", "p99_ms", "cpu_us")
PANELS = (("cpu_us", "processor time of one request, microseconds", False),
          ("per_second", "requests a second", False), ("p99_ms", "p99, ms", True))


def opened(args, folder, size, tokens, users):
    side = Llavero("llavero", folder, {**size, "users": users})
    side.folder.mkdir()
    side.fill(tokens)
    side.open(side.argv(args.binary))
    return side


def measured(side, kind, size):
    """The medians of some rounds."""
    side.measure(kind, size["warm_s"], keep=False)
    side.results[kind.name].clear()
    for _ in range(size["rounds"]):
        side.measure(kind, size["seconds"])
    rounds = side.results[kind.name]
    if any(r["errors"] for r in rounds):
        raise measure.Failure(f"{kind.what}: unexpected reply\n{rounds[-1]['unexpected']}")
    return {name: statistics.median(r[name] for r in rounds) for name in FIGURES}


def with_tokens(args, folder, size, tokens):
    place = folder / f"growth-{tokens}"
    side = opened(args, place, size, tokens, max(1_000, min(tokens, 1_000_000)))
    try:
        found = {kind.what: measured(side, kind, size) for kind in MEASURED}
    finally:
        side.server.stop()
        shutil.rmtree(place)
    return {"x": tokens, "bytes": side.bytes, "filled_s": side.filled_s, "of": found}


def with_connections(args, folder, size):
    place = folder / "growth-connections"
    most = {**size, "codes": size["codes"] * 3, "rounds": 1}
    side, rows = opened(args, place, most, size["tokens"], size["users"]), []
    try:
        for side.connections in CONNECTIONS:
            say(f"{side.connections} connections")
            rows.append({"x": side.connections,
                         "of": {kind.what: measured(side, kind, most) for kind in MEASURED}})
    finally:
        side.server.stop()
        shutil.rmtree(place)
    return rows


def cells(row):
    for kind in MEASURED:
        one = row["of"][kind.what]
        yield from (f"{one['per_second']:,.0f}", f"{one['p99_ms']:.2f}", f"{one['cpu_us']:.1f}")


def head(*first):
    return [*first, *(word for kind in MEASURED for word in (f"{kind.what}/s", "p99 ms", "cpu us"))]


def of_tokens(rows):
    lines = [head("tokens stored", "database MB", "filled in s")]
    for row in rows:
        lines.append([f"{row['x']:,}", f"{row['bytes'] / 2**20:,.0f}", f"{row['filled_s']:.0f}",
                      *cells(row)])
    return table.columns(lines, ">" * len(lines[0]))


def of_connections(rows):
    lines = [head("connections"), *([f"{row['x']:,}", *cells(row)] for row in rows)]
    return table.columns(lines, ">" * len(lines[0]))


def plot(rows, title, x_title):
    return chart(title, x_title, [
        Panel(what, {kind.what: [(row["x"], row["of"][kind.what][name]) for row in rows]
                     for kind in MEASURED}, log) for name, what, log in PANELS])


def run(args, folder):
    """Prints both tables; with --write, puts them and their plots into docs/."""
    size = QUICK if args.quick else USUAL
    rows = [with_tokens(args, folder, size, n) for n in TOKENS if n <= args.most]
    put(args, "growth-tokens", of_tokens(rows), "--growth")
    draw(args, "performance-tokens.svg", plot(rows, "Cost by tokens stored", "tokens stored"))
    rows = with_connections(args, folder, size)
    put(args, "growth-connections", of_connections(rows), "--growth")
    draw(args, "performance-connections.svg", plot(rows, "Cost by connections", "connections"))
    return 0
