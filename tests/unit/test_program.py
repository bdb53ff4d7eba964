"""What the program is made of: which functions of others it calls, as its own table of symbols says."""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("LLAVERO_BIN", str(ROOT / "build" / "llavero"))


def called():
    done = subprocess.run(["nm", "-D", "--undefined-only", BINARY], capture_output=True, text=True,
                          check=True, timeout=60)
    return set(re.findall(r" U (\w+)", done.stdout))


def test_the_table_is_read():
    assert {"getrandom", "sqlite3_step", "MHD_start_daemon"} <= called()


def test_A186_no_text_is_matched_by_a_regular_expression():
    assert not called() & {"regcomp", "regexec", "pcre2_match_8", "g_regex_match", "fnmatch"}


def test_A197_no_xml_is_read():
    assert not {name for name in called() if name.startswith(("xml", "XML_"))}


def test_A214_no_other_program_is_run():
    # P49
    assert not called() & {"system", "popen", "execve", "execv", "execvp", "execl", "execlp", "posix_spawn",
                           "posix_spawnp"}


def test_A230_no_process_is_copied_and_signals_wait_their_turn():
    """The server blocks signals and takes them with sigwait: no code of ours runs between two lines of other code."""
    names = called()
    assert "sigwait" in names and not names & {"fork", "vfork", "sigsetjmp", "siglongjmp", "sigqueue"}


def test_A231_the_language_of_the_machine_is_never_set():
    """Without setlocale all is read and written as in the locale C, whatever LANG says."""
    assert not called() & {"setlocale", "newlocale", "uselocale", "wcstombs", "mbstowcs"}


def test_functions_that_cannot_know_where_to_stop_P47():
    assert not called() & {"gets", "strcpy", "strcat", "sprintf", "vsprintf", "scanf", "sscanf", "strtok",
                           "alloca", "mktemp", "tmpnam", "rand", "srand", "random"}
