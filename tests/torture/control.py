"""The driver's side of the interposer (interpose.h), and what can be seen of a process from outside."""

import ctypes
import mmap
import os
import re
import subprocess
import time

KINDS = ("memory", "disk", "space", "handles", "socket", "interrupt", "sql")
SQLITE = {"IOERR": 10, "FULL": 13, "BUSY": 5, "NOMEM": 7}
FRAMES, CALL_NAME = 30, 32


class Fields(ctypes.Structure):
    _fields_ = [("armed", ctypes.c_uint32), ("kind", ctypes.c_uint32), ("code", ctypes.c_uint32),
                ("for_ever", ctypes.c_uint32), ("at", ctypes.c_uint64), ("calls", ctypes.c_uint64 * len(KINDS)),
                ("failed", ctypes.c_uint64), ("blocks", ctypes.c_int64), ("call", ctypes.c_char * CALL_NAME),
                ("frames", ctypes.c_uint64 * FRAMES)]


class Control:
    def __init__(self, path):
        self.path = str(path)
        with open(path, "w+b") as f:
            f.truncate(ctypes.sizeof(Fields))
            self.map = mmap.mmap(f.fileno(), ctypes.sizeof(Fields))
        self.fields = Fields.from_buffer(self.map)

    def arm(self, kind, at=0, for_ever=False, code=0):
        """From now on calls count, and of `kind` the one at `at` fails; 0: none."""
        f = self.fields
        f.kind, f.at, f.for_ever, f.code = KINDS.index(kind), at, for_ever, code
        ctypes.memset(f.calls, 0, ctypes.sizeof(f.calls))
        f.failed, f.call = 0, b""
        ctypes.memset(f.frames, 0, ctypes.sizeof(f.frames))
        f.armed = 1

    def disarm(self):
        self.fields.armed = 0

    @property
    def calls(self):
        return dict(zip(KINDS, self.fields.calls))

    @property
    def failed(self):
        return self.fields.failed

    @property
    def blocks(self):
        return self.fields.blocks


class Process:
    """What a process holds, and where an address of it is in the sources."""

    def __init__(self, pid):
        self.pid = pid
        with open(f"/proc/{pid}/maps", encoding="utf-8") as f:
            self.maps = [(int(a, 16), int(b, 16), int(offset, 16), path) for a, b, offset, path in re.findall(
                r"^(\w+)-(\w+) \S+ (\w+) \S+ \d+ +(/.*)$", f.read(), re.M)]

    def handles(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def resident_kib(self):
        with open(f"/proc/{self.pid}/status", encoding="utf-8") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])

    def settles_at(self, handles, seconds=2):
        """Whether it holds no more than that many descriptors, once what is closing has closed."""
        until = time.monotonic() + seconds
        while self.handles() > handles:
            if time.monotonic() > until:
                return False
            time.sleep(0.001)
        return True

    def place(self, address):
        for begin, end, offset, path in self.maps:
            if begin <= address < end:
                said = subprocess.run(["addr2line", "-fse", path, hex(address - begin + offset - 1)],
                                      capture_output=True, text=True, check=False).stdout.split()
                if said and said[0] != "??":
                    return f"{said[0]} ({said[1].split('/')[-1]})" if "??" not in said[1] else \
                        f"{said[0]} ({os.path.basename(path)})"
                return os.path.basename(path)
        return hex(address)

    def stack(self, control):
        """Who made the call that failed, innermost first; those of one library once."""
        found = []
        for address in control.fields.frames:
            if address:
                place = self.place(address)
                if not found or found[-1] != place:
                    found.append(place)
        return [control.fields.call.decode()] + found
