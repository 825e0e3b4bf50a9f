"""What a quiet day of a learned room leaves in the recorder.

The clock is frozen and moved forward, so that timers run as usual. The recorder is Home Assistant's
own. The helpers listen to the same updates of the same source.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from unittest.mock import patch

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory, StepTickTimeFactory, TickingDateTimeFactory
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.db_schema import States, StatesMeta
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, event
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from sqlalchemy import func, select

from custom_components.air_baseline.const import DOMAIN
from custom_components.air_baseline.core.pollutant import Pollutant
from tests.home import usual

from .cost_home import KINDS, a_home, a_home_assistant, last_noon, report, source
from .cost_peers import PEERS, peers
from .figures import Figure

ROWS = 60.0
EVERY: Final = timedelta(seconds=10)
SLOT: Final = timedelta(minutes=5)
DAY: Final = timedelta(days=1)

type Clock = FrozenDateTimeFactory | StepTickTimeFactory | TickingDateTimeFactory


async def day() -> list[Figure]:
    """Measure a day of one room with two channels, from noon to noon."""
    with (
        freeze_time(last_noon()) as clock,
        patch.object(dt_util, "utcnow", _now),  # Home Assistant's are bound to the real clock.
        patch.object(event, "time_tracker_utcnow", _now),
    ):
        heard = {name: source(0, Pollutant.PM25) for name in PEERS}
        async with a_home_assistant(1, peers(heard)) as hass:
            await hass.config_entries.async_add(a_home(1))
            await hass.async_block_till_done()
            before = await _rows(hass)
            await _live(hass, clock)
            rows = await _rows(hass) - before
            ours = {
                known.entity_id
                for known in er.async_get(hass).entities.values()
                if known.platform == DOMAIN
            }
    return list(_figures(rows, ours))


def _now() -> datetime:
    return datetime.now(UTC)


async def _live(hass: HomeAssistant, clock: Clock) -> None:
    """Let a day pass."""
    end = clock() + DAY
    while clock() < end:
        for _ in range(SLOT // EVERY):
            clock.tick(EVERY)
            at = clock().timestamp()
            for pollutant in KINDS:
                report(
                    hass, 0, pollutant, usual(at, pollutant) + at // EVERY.total_seconds() % 2, at
                )
        async_fire_time_changed(hass)
        await hass.async_block_till_done()


def _figures(rows: Counter[str], ours: Collection[str]) -> Iterator[Figure]:
    of_a_channel = sum(rows[entity_id] for entity_id in ours) / len(KINDS)
    yield Figure("recorder, rows of a channel's quiet day", [of_a_channel], "rows", ROWS)
    for name in PEERS:
        yield Figure(f"  the same, {name} helper", [rows[f"sensor.{name}"]], "rows")
    yield Figure("  the source itself", [rows[source(0, Pollutant.PM25)]], "rows")


async def _rows(hass: HomeAssistant) -> Counter[str]:
    """Return how many states the recorder holds of each entity."""
    recorder = get_instance(hass)
    await recorder.async_block_till_done()

    def count() -> Counter[str]:
        query = (
            select(StatesMeta.entity_id, func.count())
            .join(States, States.metadata_id == StatesMeta.metadata_id)
            .group_by(StatesMeta.entity_id)
        )
        with recorder.get_session() as session:
            return Counter({str(entity_id): number for entity_id, number in session.execute(query)})

    return await recorder.async_add_executor_job(count)
