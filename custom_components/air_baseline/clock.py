"""One clock: runs all that is due when a slot has ended, one phase after the other.

It knows no room. It is below the coordinator, whose runtime data holds it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER
from .core.day import hour_start

SLOT_MINUTES = range(0, 60, 5)
TICK_SECOND = 2  # Just after a slot has ended, so that its bin is closed.


class Phase(StrEnum):
    """The phases of a round, in this order; statistics only in the first round of an hour."""

    SURROUNDINGS = "surroundings"  # Before the rooms, which use them.
    ROOMS = "rooms"
    OTHER_ROOMS = "other rooms"
    REPAIRS = "repairs"  # Once for all that the rooms had to say.
    STATISTICS = "statistics"
    CARDS = "cards"


@dataclass(frozen=True, slots=True)
class Round:
    """The time up to which a round advances, and one time in each hour that began since the last.

    All in POSIX seconds. There is more than one hour if the previous round took that long.
    """

    at: float
    hours: tuple[float, ...]


type PhaseListener = Callable[[Round], Coroutine[Any, Any, None] | None]


class Clock:
    """Run a round after each slot; one that is due while another runs follows it."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Prepare; nothing runs before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._listeners: dict[Phase, list[PhaseListener]] = {phase: [] for phase in Phase}
        self._logged: dict[Phase, tuple[type[Exception], str]] = {}
        self._hour = 0.0
        self._due = False
        self._hours: list[float] = []
        self._running = False
        self._round: asyncio.Task[None] | None = None
        self._unsubscribe: CALLBACK_TYPE | None = None

    @property
    def running(self) -> bool:
        """Tell whether a round runs now."""
        return self._running

    @callback
    def async_on(self, phase: Phase, listener: PhaseListener) -> CALLBACK_TYPE:
        """Call or await a listener in a phase of each round; return what ends that."""
        self._listeners[phase].append(listener)
        return lambda: self._listeners[phase].remove(listener)

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Start with the end of the present slot; return what ends it."""
        self._hour = hour_start(dt_util.utcnow().timestamp())
        self._unsubscribe = async_track_utc_time_change(
            self._hass, self._async_slot_ended, minute=SLOT_MINUTES, second=TICK_SECOND
        )
        return self.async_stop

    @callback
    def async_stop(self) -> None:
        """Stop for good, and cancel a running round; a second call does nothing."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._round is not None:
            self._round.cancel()

    @callback
    def _async_slot_ended(self, now: datetime) -> None:
        at = now.timestamp()
        if hour_start(at) != self._hour:
            self._hour = hour_start(at)
            self._hours.append(at)
        self._due = True
        if not self._running:
            self._round = self._entry.async_create_background_task(
                self._hass, self._async_run(at), f"{DOMAIN} round"
            )

    async def _async_run(self, at: float) -> None:
        """Run a round; if more came due meanwhile, run one more for all of them."""
        self._running = True
        try:
            while self._due:
                hours, self._hours, self._due = tuple(self._hours), [], False
                await self._async_run_round(Round(at, hours))
                at = dt_util.utcnow().timestamp()
        finally:
            self._running = False

    async def _async_run_round(self, round_: Round) -> None:
        for phase in Phase:
            if phase is Phase.STATISTICS and not round_.hours:
                continue
            for listener in tuple(self._listeners[phase]):
                await self._async_call(phase, listener, round_)
                await asyncio.sleep(0)  # Other tasks can run: there may be many cards.

    async def _async_call(self, phase: Phase, listener: PhaseListener, round_: Round) -> None:
        """Call one listener; the same failure is reported in the log once."""
        try:
            if (rest := listener(round_)) is not None:
                await rest
        except Exception as error:  # noqa: BLE001 - the other phases go on
            failure = type(error), str(error)
            if failure != self._logged.get(phase):
                self._logged[phase] = failure
                LOGGER.exception("The phase %s of a round failed; the others go on", phase.value)
