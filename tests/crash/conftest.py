import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "http"), str(HERE.parent / "failover")]

import between  # noqa: E402
from llavero_http import BINARY, IS_SANITIZED  # noqa: E402
from test_process import needs_failpoints  # noqa: E402, F401

# A sanitizer has to be loaded first, and so does what stands between.
needs_between = pytest.mark.skipif(IS_SANITIZED or not between.exists(BINARY),
                                   reason="without sanitizers only, after make crash VARIANT=...")
