"""One clock: runs all that is due when a slot has ended, one phase after the other.

Before that, and with each reading, it looks whether the time can be right (`core.known_time`).
While it cannot, no round runs. It knows no room. It is below the coordinator, whose runtime data
holds it.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER
from .core.day import SLOT_S, hour_start
from .core.known_time import (
    CORRECTION_S,
    LEAP_S,
    KnownTime,
    Leap,
    Look,
    Verdict,
    look,
    set_back,
)

TICK_SECOND = 2  # Just after a slot has ended, so that its bin is closed.
WRONG_S = 30.0  # Seconds between looks at a clock that is wrong, by judgement: it may be set soon.
# Seconds that one listener may take, by judgement: a day's close of hundreds of rooms takes some.
# One that hangs must not stop the clock for all rooms.
PATIENCE_S = 15 * 60.0


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
type StepListener = Callable[[Look, Look | None], None]


class Clock:
    """Run a round after each slot; one that is due while another runs follows it."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Prepare; nothing runs before `async_start`."""
        self.known = KnownTime()
        self.wrong: Look | None = None  # Why the time cannot be right, None if it can.
        self._seen = self.known.latest
        self._step_listeners: list[StepListener] = []
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
    def async_on_step(self, listener: StepListener) -> CALLBACK_TYPE:
        """Call a listener when the clock leaps, goes wrong, or is right again.

        It gets what is found, and what was wrong before, if anything. Return what ends that.
        """
        self._step_listeners.append(listener)
        return lambda: self._step_listeners.remove(listener)

    @callback
    def async_look(self) -> float:
        """Look at the clock, tell the listeners if it was moved, and return the POSIX time."""
        now = dt_util.utcnow().timestamp()
        if self.wrong is None and -CORRECTION_S <= now - self._seen <= LEAP_S:
            self._seen = max(now, self._seen)  # As nearly always.
        else:
            self._async_take(look(replace(self.known, latest=self._seen), now))
        return now

    @callback
    def async_know(self, known: KnownTime) -> Look:
        """Take what is known of the time from before, and look at the clock for the first time."""
        found = look(known, dt_util.utcnow().timestamp())
        self._async_take(found)
        return found

    async def async_wait_until_right(self) -> None:
        """Return once the time can be right."""
        if self.wrong is not None:
            right = asyncio.Event()
            unsubscribe = self.async_on_step(lambda found, before: right.set())  # noqa: ARG005
            try:
                while self.wrong is not None:
                    right.clear()
                    await right.wait()
            finally:
                unsubscribe()

    @callback
    def async_trust(self) -> None:
        """Take the time as right, as a person says: it was ahead before."""
        if self.wrong is not None:
            now = dt_util.utcnow().timestamp()
            self._async_take(set_back(self.known, now, Leap(now, now)))

    @property
    def slack_s(self) -> float:
        """Return by how many seconds the clock can be ahead."""
        return self.known.slack_s

    @property
    def at(self) -> float:
        """Return the POSIX time; while the clock is behind, the latest that is known."""
        return self.wrong.known.latest if self.wrong else dt_util.utcnow().timestamp()

    @callback
    def _async_take(self, found: Look) -> None:
        before, self.known, self._seen = self.wrong, found.known, found.known.latest
        self.wrong = found if found.verdict is Verdict.BEHIND else None
        moved = found.verdict in (Verdict.LEAPED, Verdict.SET_BACK)
        if moved or (before is None) is not (self.wrong is None):
            for listener in tuple(self._step_listeners):
                listener(found, before)

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Start with the end of the present slot; return what ends it."""
        self._hour = hour_start(dt_util.utcnow().timestamp())
        self._async_wait()
        return self.async_stop

    @callback
    def _async_wait(self) -> None:
        """Wait for the end of the present slot, by a timer that goes on however time is set.

        Home Assistant's timer for a pattern of the clock waits for a year if the clock is set
        back by a year.
        """
        now = dt_util.utcnow().timestamp()
        wait_s = SLOT_S - (now - TICK_SECOND) % SLOT_S
        if self.wrong:
            wait_s = min(wait_s, WRONG_S)
        elif wait_s < 1.0:
            wait_s += SLOT_S  # The timer was a moment early.
        self._unsubscribe = async_call_later(self._hass, wait_s, self._async_waited)

    @callback
    def async_stop(self) -> None:
        """Stop for good, and cancel a running round; a second call does nothing."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._round is not None:
            self._round.cancel()

    @callback
    def _async_waited(self, _: datetime) -> None:
        at = self.async_look()
        if self.wrong is None:
            self._async_take(look(replace(self.known, latest=self._seen), at))  # Leaps get old.
        self._async_wait()
        if self.wrong is None:
            self._async_slot_ended(at)

    @callback
    def _async_slot_ended(self, at: float) -> None:
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
        """Call one listener, but not for ever; the same failure is reported in the log once."""
        try:
            if (rest := listener(round_)) is not None:
                async with asyncio.timeout(PATIENCE_S):
                    await rest
        except Exception as error:  # noqa: BLE001 - the other phases go on
            failure = type(error), str(error)
            if failure != self._logged.get(phase):
                self._logged[phase] = failure
                LOGGER.exception("The phase %s of a round failed; the others go on", phase.value)
