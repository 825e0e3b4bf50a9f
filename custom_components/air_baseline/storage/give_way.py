"""How a thread that is busy for long leaves Python to the event loop now and then."""

from time import sleep
from typing import Final

# Seconds, by judgement, that such a thread sleeps before each channel. A busy thread gives up
# Python only every 5 ms, and the event loop needs it dozens of times for each room. Measured: a
# day's close took 300 ms during a save without this, 10 ms with it.
YIELD_S: Final = 1e-4


def give_way() -> None:
    """Let the event loop run; for threads only."""
    sleep(YIELD_S)
