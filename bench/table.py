"""The bench's two tables: what was measured, and how it stands to the figures to reach."""


def shorten(n):
    return f"{n // 1_000_000} M" if n >= 1_000_000 else f"{n:,}"


def columns(rows, aligns):
    """Text of equally wide columns; `aligns` has '<' or '>' for each."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(aligns))]
    lines = []
    for number, row in enumerate(rows):
        lines.append("  ".join(f"{cell:{align}{width}}" for cell, align, width
                               in zip(row, aligns, widths)).rstrip())
        if number == 0:
            lines.append("  ".join("-" * width for width in widths))
    return "\n".join(lines)


def of_rows(rows):
    """`rows`: dicts of what, who, per_second, p50_ms, p99_ms, cpu_us, others_busy."""
    table = [("measured", "server", "req/s", "p50 ms", "p99 ms", "cpu us/req", "others' cpu")]
    for row in rows:
        table.append((row["what"], row["who"], f"{row['per_second']:,.0f}",
                      f"{row['p50_ms']:.2f}", f"{row['p99_ms']:.2f}", f"{row['cpu_us']:.1f}",
                      f"{row['others_busy']:.0%}"))
    return columns(table, "<<>>>>>")


def of_pairs(rows):
    """`rows`: dicts of what, nodes, connections of each node, ratio, and of "llavero" and
    "pgbench", dicts of per_second, p50_ms, p99_ms, database_us, others_busy."""
    table = [("on PostgreSQL", "nodes", "connections", "llavero/s", "p50 ms", "p99 ms", "db us",
              "pgbench/s", "p50 ms", "p99 ms", "db us", "ratio", "others' cpu")]
    for row in rows:
        each = "" if row["nodes"] == 1 else f"{row['nodes']} x "
        cells = [row["what"], str(row["nodes"]), f"{each}{row['connections']}"]
        for side in (row["llavero"], row["pgbench"]):
            cells += [f"{side['per_second']:,.0f}", f"{side['p50_ms']:.2f}",
                      f"{side['p99_ms']:.2f}", f"{side['database_us']:.0f}"]
        others = max(row["llavero"]["others_busy"], row["pgbench"]["others_busy"])
        table.append((*cells, f"{row['ratio']:.2f}", f"{others:.0%}"))
    return columns(table, "<>>>>>>>>>>>>")


def figure(what, value, unit, goal, least=None, floor=None):
    """A figure and whether it reaches its goal. `least`: more is better, else less is.
    `floor`: what must be reached in any case. `goal` None: for information."""
    if goal is None:
        verdict = ""
    elif least:
        verdict = ("yes" if value >= goal else
                   "floor only" if floor is not None and value >= floor else "no")
    else:
        verdict = "yes" if value <= goal else "no"
    return {"what": what, "value": value, "unit": unit, "goal": goal, "floor": floor,
            "sign": ">=" if least else "<=", "reached": verdict}


def show(value, unit):
    digits = 0 if value >= 1000 or float(value).is_integer() else 2 if unit == " x" else 1
    return f"{value:,.{digits}f}{unit}"


def of_figures(figures):
    table = [("figure", "measured", "goal", "reached")]
    for f in figures:
        goal = "" if f["goal"] is None else f"{f['sign']} {show(f['goal'], f['unit'])}"
        if f["floor"] is not None:
            goal += f", floor {show(f['floor'], f['unit'])}"
        table.append((f["what"], show(f["value"], f["unit"]), goal, f["reached"]))
    return columns(table, "<><<")
