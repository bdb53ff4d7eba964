"""Where the bench's tables and plots go in docs/ when it is told to --write."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import figures  # noqa: E402

DOCUMENT = "docs/performance.md"


def put(args, place, text, *options):
    """Prints a table; with --write, puts it into its place in the document, as made by these options."""
    print(text, end="\n\n", flush=True)
    if args.write:
        quick = ["--quick"] if args.quick else []
        figures.put(DOCUMENT, place, " ".join(["./dev bench", *options, *quick, "--write"]), text)


def draw(args, name, svg):
    """With --write, writes a plot beside the document."""
    if args.write:
        (ROOT / "docs" / name).write_text(svg, encoding="utf-8")
