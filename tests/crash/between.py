"""What stands between a server and its system (between.c): how it is put there, and its record."""

import mmap
import os
import pathlib
import struct
from dataclasses import dataclass

CONTROL = struct.Struct("=qqqqq")
ENTRY = struct.Struct("=cbhiqq")
ON_WRITE, BEFORE_SYNC, AFTER_SYNC, ON_REPLY, ON_TRUNCATE = 1, 2, 4, 8, 16
CLOCK, ROOM, COUNTDOWN, COUNTS, PASSED = range(5)
HOUR_US = 3600 * 1000000


@dataclass
class Entry:
    what: str
    sort: int
    fd: int
    offset: int
    content: bytes


class Between:
    """Of one server at a time; `environment` puts it there, the rest may change while that runs."""

    def __init__(self, data, library, record=None):
        data = pathlib.Path(data)
        path = data.parent / f"{data.name}.between"
        path.write_bytes(CONTROL.pack(0, -1, 0, 0, 0))
        with open(path, "r+b") as control:
            self.map = mmap.mmap(control.fileno(), CONTROL.size)
        self.environment = {"LD_PRELOAD": str(library), "LLAVERO_BETWEEN_CONTROL": str(path),
                            "LLAVERO_BETWEEN_FOLDER": str(data)}
        if record:
            self.environment["LLAVERO_BETWEEN_RECORD"] = str(record)

    def _get(self, at):
        return struct.unpack_from("=q", self.map, 8 * at)[0]

    def _set(self, at, value):
        struct.pack_into("=q", self.map, 8 * at, value)

    def clock(self, seconds):
        """The time of day is off by so many seconds."""
        self._set(CLOCK, seconds * 1000000)

    def room(self, n):
        """Files may grow by `n` bytes more; None: by any number."""
        self._set(ROOM, -1 if n is None else n)

    def kill_at(self, what, n):
        """The n-th passage from here on of what `what` says ends the process."""
        self._set(COUNTDOWN, n)
        self._set(COUNTS, what)

    def calm(self):
        self._set(COUNTS, 0)
        self._set(COUNTDOWN, 0)


def library_of(binary):
    """Beside the binary, which `make crash` puts it; of another variant when a sanitizer has to be first."""
    return pathlib.Path(binary).resolve().parent / "crash" / "between.so"


def read_record(path):
    with open(path, "rb") as record:
        content = record.read()
    entries, at = [], 0
    while at < len(content):
        what, sort, _, fd, offset, n = ENTRY.unpack_from(content, at)
        at += ENTRY.size
        entries.append(Entry(what.decode(), sort, fd, offset, content[at:at + n]))
        at += n
    return entries


def exists(binary):
    return os.path.exists(library_of(binary))
