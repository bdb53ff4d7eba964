"""Line plots as SVG, readable on light and dark pages. Nothing but text is made here."""
import collections
import html
import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, LEGEND = 440, 280, 64, 16, 34, 46, 26
# Of pairs that stay apart for readers who see few colours; each line has a mark of its own besides.
COLOURS = [("#0b62a4", "#6cb6ff"), ("#b3540e", "#f0a35e"), ("#2c7a39", "#7ee787"),
           ("#8a3ffc", "#d2a8ff")]
MARKS = ["M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "M-4-4h8v8h-8z", "M0-5L5 4H-5z", "M0-5L5 0L0 5L-5 0z"]

# `lines`: name to [(x, y), ...]. Both axes of x are logarithmic; y is when `log_y`.
Panel = collections.namedtuple("Panel", "title lines log_y", defaults=[False])


def style():
    light = "".join(f".c{i}{{stroke:{a};fill:{a}}}" for i, (a, _) in enumerate(COLOURS))
    dark = "".join(f".c{i}{{stroke:{b};fill:{b}}}" for i, (_, b) in enumerate(COLOURS))
    return ("<style>text{font:12px sans-serif;fill:#1f2328}.t{font-weight:bold}"
            ".g{stroke:#d0d7de;stroke-width:1}.l{fill:none!important;stroke-width:2}" + light +
            "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.g{stroke:#3d444d}" + dark +
            "}</style>")


def short(value):
    for factor, letter in ((1e6, " M"), (1e3, " k")):
        if value >= factor:
            return f"{value / factor:g}{letter}"
    return f"{value:g}"


def powers(least, most):
    least = least or most / 1000  # what was too little to be measured
    return [10.0 ** e for e in range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)]


def steps(most):
    """Round values from 0 up to `most` or a little more."""
    size = 10.0 ** math.floor(math.log10(most))
    step = next(size * part for part in (0.2, 0.5, 1, 2, 5) if size * part * 5 >= most)
    return [step * i for i in range(math.ceil(most / step) + 1)]


class Axis:
    """Where a value stands between two edges."""

    def __init__(self, values, begin, end, log):
        self.log = log
        self.marks = powers(min(values), max(values)) if log else steps(max(values))
        self.begin, self.end = begin, end

    def at(self, value):
        low, high = (self.scale(v) for v in (self.marks[0], self.marks[-1]))
        share = (self.scale(value) - low) / ((high - low) or 1)
        return self.begin + share * (self.end - self.begin)

    def scale(self, value):
        return math.log10(max(value, self.marks[0])) if self.log else value


def draw_panel(panel, x_title, left):
    points = [point for line in panel.lines.values() for point in line]
    x = Axis([p[0] for p in points], left + LEFT, left + WIDTH - RIGHT, True)
    y = Axis([p[1] for p in points], HEIGHT - BOTTOM, TOP, panel.log_y)
    out = [f'<text class="t" x="{left + LEFT}" y="20">{html.escape(panel.title)}</text>',
           f'<text x="{(x.begin + x.end) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">'
           f'{html.escape(x_title)}</text>']
    for mark in y.marks:
        out.append(f'<path class="g" d="M{x.begin} {y.at(mark):.1f}H{x.end}"/><text x="{x.begin - 8}"'
                   f' y="{y.at(mark) + 4:.1f}" text-anchor="end">{short(mark)}</text>')
    for mark in x.marks:
        out.append(f'<path class="g" d="M{x.at(mark):.1f} {y.begin}V{y.end}"/><text'
                   f' x="{x.at(mark):.1f}" y="{y.begin + 18}" text-anchor="middle">{short(mark)}</text>')
    for i, line in enumerate(panel.lines.values()):
        at = [(x.at(a), y.at(b)) for a, b in line]
        out.append(f'<path class="l c{i}" d="M' + "L".join(f"{a:.1f} {b:.1f}" for a, b in at) + '"/>')
        out += [f'<path class="c{i}" transform="translate({a:.1f} {b:.1f})" d="{MARKS[i]}"/>'
                for a, b in at]
    return out


def chart(title, x_title, panels):
    """An SVG of panels side by side, with one legend. `title` is for who cannot see it."""
    names = list(panels[0].lines)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH * len(panels)} '
           f'{HEIGHT + LEGEND}"><title>{html.escape(title)}</title>', style()]
    for number, panel in enumerate(panels):
        out += draw_panel(panel, x_title, number * WIDTH)
    for i, name in enumerate(names):
        at = LEFT + i * 150
        out.append(f'<path class="c{i}" transform="translate({at} {HEIGHT + 12})" d="{MARKS[i]}"/>'
                   f'<text x="{at + 10}" y="{HEIGHT + 16}">{html.escape(name)}</text>')
    return "\n".join([*out, "</svg>", ""])
