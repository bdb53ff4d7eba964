"""What llavero sends to PostgreSQL for a request, as a script for pgbench.

It is read from the database server's own log while llavero answers a few requests, so the script
cannot be anything but what is sent. Arguments that name a row become variables, so that each
transaction has a row of its own; all others (times, hashes, request ids) are as they were in one of
the requests, and of the same size. pgbench cannot send NULL as an argument: NULL is written out.
"""
import collections
import re

from measure import Failure

SAMPLES = 6
# Who logged it, then the line: llavero's connections say who they are.
LOG_LINE_PREFIX = "%a/%p "
LINE = re.compile(r"llavero/(\d+) (LOG:  (?:statement|execute [^:]*): |DETAIL:  parameters: )(.*)")
ARGUMENT = re.compile(r"\$(\d+) = (?:NULL|'((?:[^']|'')*)')")

Statement = collections.namedtuple("Statement", "text arguments")  # of strings, or None


def read(log):
    """The statements of a log by the process that ran them, in their order."""
    by_process = collections.defaultdict(list)
    for line in log.splitlines():
        found = LINE.match(line)
        if found and found[2].startswith("DETAIL"):
            arguments = [None if value[2] is None else value[2].replace("''", "'")
                         for value in ARGUMENT.finditer(found[3])]
            by_process[found[1]][-1].arguments.extend(arguments)
        elif found:
            by_process[found[1]].append(Statement(found[3], []))
    return by_process


def usual(samples):
    """Of each request's log the statements of the worker, where they are what most requests had."""
    samples = [read(log) for log in samples]
    worker = max({process for sample in samples for process in sample},
                 key=lambda process: sum(len(sample[process]) for sample in samples), default=None)
    if worker is None:
        raise Failure("the database's log has no statement of llavero's")
    texts = collections.Counter(tuple(s.text for s in sample[worker]) for sample in samples)
    most = texts.most_common(1)[0][0]
    found = [sample[worker] for sample in samples
             if tuple(s.text for s in sample[worker]) == most]
    if len(found) < 2:
        raise Failure("no two requests sent the same statements")
    return found


class Script:
    """`samples`: logs of one request each. `row_of`: gives a dict of the columns of the row that an
    id stands for, "id" among them."""

    def __init__(self, samples, row_of):
        self.samples = usual(samples)
        self.statements = self.samples[0]
        self.rows = [row_of(key) for key in self.keys()]
        self.constants = {}  # name: value
        self.given = {"id"}

    def values(self, s, a):
        return [sample[s].arguments[a] for sample in self.samples]

    def keys(self):
        """The id that each sample was about: the first number that is another one in each."""
        for s, statement in enumerate(self.statements):
            for a in range(len(statement.arguments)):
                values = self.values(s, a)
                if len(set(values)) == len(values) and all(v and v.isdigit() for v in values):
                    return values
        raise Failure("no statement has the id of what the request is about")

    def argument(self, s, a):
        """What stands for an argument in the script."""
        values = self.values(s, a)
        if values[0] is None:
            return "NULL"
        if len(set(values)) > 1:
            for name in self.rows[0]:
                if values == [row[name] for row in self.rows]:
                    return self.variable(s, name)
        return self.constant(values[0])

    def variable(self, s, name):
        if name not in self.given:
            raise Failure(f"{self.statements[s].text}: nothing before it reads {name}")
        return f":{name}"

    def constant(self, value):
        for name, known in self.constants.items():
            if known == value:
                return f":{name}"
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return f":{name}"

    def reads(self, text):
        """Does it find what later statements have as arguments?"""
        columns = text.partition(" FROM ")[0] if text.startswith("SELECT ") else ""
        found = {name for name in self.rows[0] if re.search(rf"\b{name}\b", columns)}
        return found - self.given

    def wanted(self):
        """The columns of the row that arguments have to be taken from."""
        found = set()
        for s, statement in enumerate(self.statements):
            for a in range(len(statement.arguments)):
                values = self.values(s, a)
                found |= {name for name in self.rows[0] if len(set(values)) > 1
                          and values == [row[name] for row in self.rows]}
        return found - self.given

    def text(self, before):
        """The whole script. `before`: how the id is chosen."""
        lines, wanted = [before], self.wanted()
        for s, statement in enumerate(self.statements):
            arguments = [self.argument(s, a) for a in range(len(statement.arguments))]
            text = re.sub(r"\$(\d+)", lambda n, all=arguments: all[int(n[1]) - 1], statement.text)
            found = self.reads(statement.text) & wanted if ":id" in arguments else set()
            lines.append(text + (" \\gset" if found else ";"))
            self.given |= found
        return "\n".join(lines) + "\n"
