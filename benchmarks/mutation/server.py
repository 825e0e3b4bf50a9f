"""Runs pytest again and again without importing Home Assistant again: one fork for each run.

An order is a line of JSON: the folder to run in, pytest's arguments, and the file that takes the
output. The answer is a line with the exit status (negative for a signal) and the processor time.
Nothing of the integration or of its tests is imported before the fork.
"""

from contextlib import suppress
import gc
from importlib import import_module
from importlib.metadata import entry_points
import json
import os
import resource
import sys
from typing import Any, Final

import pytest

COMMON: Final = (
    "hypothesis",
    "numpy",
    *(
        f"homeassistant.components.{name}"
        for name in (
            "automation",
            "diagnostics",
            "frontend",
            "recorder",
            "recorder.history",
            "repairs",
            "system_health",
            "websocket_api",
        )
    ),
)
MEMORY: Final = 8 * 2**30  # Bytes of addresses: a loop without an end must not fill the machine.
RUN_S: Final = 1200  # Seconds of processor time for one run, by judgement: no tests take as long.


def serve() -> None:
    """Carry out the orders of standard input, one after another."""
    plugins = [plugin.module for plugin in entry_points(group="pytest11")]
    for name in (*plugins, *COMMON):
        with suppress(ImportError):  # Then the tests import it, or do without.
            import_module(name)
    gc.freeze()  # The forks need not look through all of that.
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            _run(order)
        _, status, used = os.wait4(child, 0)
        answer = {
            "status": os.waitstatus_to_exitcode(status),
            "cpu_s": used.ru_utime + used.ru_stime,
        }
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _run(order: dict[str, Any]) -> None:
    """Run pytest in the forked process, and end it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (RUN_S, RUN_S))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(order["folder"])
    sys.path.insert(0, order["folder"])
    status = 1
    try:
        status = int(pytest.main(order["arguments"]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
