"""A real Home Assistant in a process of its own, which a test may kill.

Importing Home Assistant takes longer than starting it: one process imports it once, and each
process that is to be killed is forked from that one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
import os
from pathlib import Path
import sys

from homeassistant.__main__ import main

OUTPUT = "output.log"  # In the folder of the configuration.

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["homeassistant.bootstrap", "homeassistant.runner", __name__])


@contextmanager
def running(folder: Path) -> Iterator[BaseProcess]:
    """Run Home Assistant on a folder, and kill it at the end."""
    process = _CONTEXT.Process(target=_live, args=(folder,))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _live(folder: Path) -> None:
    """Run as the `hass` that is started from a shell."""
    output = os.open(folder / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(output, stream.fileno())
    # Another test may have had the integration loaded where processes are forked; what is tried
    # here is the one in the folder.
    for name in [name for name in sys.modules if name.split(".")[0] == "custom_components"]:
        del sys.modules[name]
    sys.argv = ["hass", "--skip-pip", "-c", str(folder)]
    sys.exit(main())
