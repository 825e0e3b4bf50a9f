"""Stops a function that runs in a thread, so that a test can do something at that moment."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from types import ModuleType
from typing import Any
from unittest.mock import patch

LONGEST_S = 20.0  # Seconds, by judgement: a test that never opens a gate fails then.


class Gate:
    """A gate that a thread waits at until it is opened; then it stays open."""

    def __init__(self) -> None:
        self._reached, self._opened = Event(), Event()

    async def reached(self) -> None:
        """Wait until a thread waits at the gate."""
        loop = asyncio.get_running_loop()
        assert await loop.run_in_executor(None, self._reached.wait, LONGEST_S), "nobody came"

    def open(self) -> None:
        self._opened.set()

    def pass_through(self) -> None:
        """Wait at the gate, in a thread."""
        self._reached.set()
        assert self._opened.wait(LONGEST_S), "nobody opened"


@contextmanager
def gate_before(
    module: ModuleType, name: str, wanted: Callable[..., bool] = lambda *_, **__: True
) -> Iterator[Gate]:
    """Put a gate before a function of a module, for those calls that are wanted."""
    gate, function = Gate(), getattr(module, name)

    def wait(*given: Any, **named: Any) -> object:
        if wanted(*given, **named):
            gate.pass_through()
        return function(*given, **named)

    with patch.object(module, name, wait):
        try:
            yield gate
        finally:
            gate.open()
